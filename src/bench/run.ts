// A whole run of `sightline bench`: the sides take turns window by window, with more and more viewers, until each has
// done all or stops climbing. Whatever ends the run, everything it started is ended, and what was measured is reported.

import { nowUs, wallIso } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import { machine } from './machine.ts';
import { CameraSessions } from './measure/camera-sessions.ts';
import { canReadProcesses } from './measure/process-tree.ts';
import { secondsLeft, turns } from './plan.ts';
import type { Turn } from './plan.ts';
import { SideRun } from './side-run.ts';
import type { AbsentSide, BenchOptions, BenchReport, CameraUnderTest, LoadClient, Progress } from './types.ts';
import type { Side } from './types.ts';

export interface BenchRequest {
  readonly camera: CameraUnderTest;
  readonly sides: readonly Side[];
  readonly absent: readonly AbsentSide[];
  readonly options: BenchOptions;
  readonly startLoad: () => Promise<LoadClient>;
  readonly onProgress: (progress: Progress) => void;
  /** Ends the run early; the report then says so. */
  readonly signal: AbortSignal;
}

/** Measures all sides. The camera stays the caller's to stop. */
export async function runBench(request: BenchRequest): Promise<BenchReport> {
  const startedUs = nowUs();
  const { camera, options, absent, signal } = request;
  const notes = new Set(notesBefore(request));
  const run = new Run(request, (text) => notes.add(text));
  try {
    await run.go();
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await run.close();
  }
  return {
    format: 1,
    at: wallIso(startedUs),
    tookSeconds: (nowUs() - startedUs) / 1e6,
    machine: machine(),
    camera: {
      display: camera.display,
      kind: camera.kind,
      codec: camera.codec,
      width: camera.width,
      height: camera.height,
      fps: camera.fps,
      hasStrip: camera.capturedAtUs !== null,
    },
    options,
    sides: run.sides.map((side) => side.report()),
    absent,
    notes: [...notes],
  };
}

class Run {
  sides: readonly SideRun[] = [];
  readonly #request: BenchRequest;
  readonly #note: (text: string) => void;
  readonly #startedUs = nowUs();
  #load: LoadClient | null = null;

  constructor(request: BenchRequest, note: (text: string) => void) {
    this.#request = request;
    this.#note = note;
  }

  async go(): Promise<void> {
    const { camera, sides, options, signal } = this.#request;
    const sessions = await countable(camera, this.#note);
    const ground = {
      ...{ camera, options, sessions, signal, note: this.#note },
      load: () => this.#load!,
      renewLoad: () => this.#renewLoad(),
    };
    this.sides = sides.map((side) => new SideRun(side, ground));
    await this.#renewLoad();
    for (const [index, turn] of [...turns(sides.length, options)].entries()) await this.#turn(index, turn);
    for (const side of this.sides.filter(({ climbing }) => climbing)) {
      this.#tell(`${side.side.name}: comparing what both ends counted`, 0);
      await side.compareCounts();
      await side.close();
    }
  }

  async close(): Promise<void> {
    const load = this.#load;
    this.#load = null;
    const ends = await Promise.allSettled([load?.close(), ...this.sides.map((side) => side.close())]);
    for (const end of ends) {
      if (end.status === 'rejected') this.#note(`At its end: ${SightlineError.from(end.reason).message}`);
    }
  }

  async #turn(index: number, turn: Turn): Promise<void> {
    const { options, camera, signal } = this.#request;
    signal.throwIfAborted();
    const side = this.sides[turn.side]!;
    if (!side.climbing) return;
    const left = secondsLeft(
      index,
      this.sides.map(({ climbing }) => climbing),
      options,
    );
    const window = options.windows === 1 ? '' : `, window ${turn.window + 1} of ${options.windows}`;
    this.#tell(`${side.side.name}, ${turn.viewers} ${turn.viewers === 1 ? 'viewer' : 'viewers'}${window}`, left);
    // Sessions that another side has not given back yet would look like a limit of the camera.
    if (side.side.perViewer && camera.kind === 'given') {
      for (const other of this.sides) await other.untilIdle();
    }
    await side.measure(turn);
  }

  #tell(text: string, leftS: number): void {
    const goneS = (nowUs() - this.#startedUs) / 1e6;
    const left = leftS === 0 ? '' : `; at most ${inWords(leftS)} left`;
    this.#request.onProgress({ done: goneS / (goneS + leftS), text: `${text}${left}` });
  }

  async #renewLoad(): Promise<void> {
    await this.#load?.close();
    this.#load = await this.#request.startLoad();
  }
}

async function countable(camera: CameraUnderTest, note: (text: string) => void): Promise<CameraSessions | null> {
  if (camera.endpoint === null || !canReadProcesses()) return null;
  try {
    return await CameraSessions.of(camera.endpoint);
  } catch (error) {
    note(`Sessions are not counted: ${(error as Error).message}`);
    return null;
  }
}

function notesBefore({ camera, sides }: BenchRequest): string[] {
  const notes: string[] = [];
  if (!canReadProcesses()) notes.push('This system has no /proc: CPU, memory, threads and sessions were not measured.');
  else if (camera.endpoint === null)
    notes.push('Sessions with this camera are not counted: it has no network address.');
  if (sides.some(({ kind }) => kind === 'peer')) {
    notes.push('Peers serve the camera, size and quality that they were told: costs compare where these are the same.');
  }
  return notes;
}

function inWords(seconds: number): string {
  return seconds < 90 ? `${Math.max(10, Math.round(seconds / 10) * 10)} s` : `${Math.round(seconds / 60)} min`;
}
