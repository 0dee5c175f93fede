// Viewers in processes of their own, as the bench holds them. The first of them is the probe, in one process; all others
// only count, in another, whose CPU is what the load client costs.

import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { SightlineError } from '../../base/errors.ts';
import { ControlLane } from '../../link/control-lane.ts';
import { percentile } from '../statistics.ts';
import type { CameraUnderTest, LoadClient, LoadWindow, ProbeWindow } from '../types.ts';
import { firstTimes } from './first-times.ts';
import { probed } from './probed.ts';
import type { LoadMainMethods, LoadMethods, SeenWindow, ViewerTimes } from './protocol.ts';
import { targetOf } from './target.ts';

const ENTRY = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? 'main.ts' : 'main.js', import.meta.url));
const START_MS = 20_000;
const STOP_MS = 2000;
/** With one viewer alone, what a second one would wait is seen by short visits. */
const VISITS = 5;

type Lane = ControlLane<LoadMethods, LoadMainMethods>;

interface LoadProcess {
  readonly child: ChildProcess;
  readonly lane: Lane;
}

export class Load implements LoadClient {
  readonly #probe: LoadProcess;
  readonly #crowd: LoadProcess;
  #cold: readonly ViewerTimes[] = [];
  #hot: readonly ViewerTimes[] = [];
  #viewers = 0;

  private constructor(probe: LoadProcess, crowd: LoadProcess) {
    this.#probe = probe;
    this.#crowd = crowd;
  }

  /** Starts both processes. */
  static async start(): Promise<Load> {
    const started = await Promise.allSettled([start('probe'), start('viewers')]);
    const [probe, crowd] = started.map((each) => (each.status === 'fulfilled' ? each.value : null));
    if (probe && crowd) return new Load(probe, crowd);
    for (const each of [probe, crowd]) if (each) await stop(each);
    throw SightlineError.from(started.find((each) => each.status === 'rejected')?.reason);
  }

  async open({ url, viewers, visits = true }: Parameters<LoadClient['open']>[0]): Promise<void> {
    targetOf(url);
    this.#viewers = viewers;
    this.#cold = (await this.#probe.lane.ask('open', { url, viewers: 1 })).times;
    const { lane } = this.#crowd;
    const hasPicture = this.#cold.some(({ pictureUs }) => pictureUs !== null);
    this.#hot = [];
    if (viewers > 1) this.#hot = (await lane.ask('open', { url, viewers: viewers - 1 })).times;
    else if (visits && hasPicture) this.#hot = (await lane.ask('visit', { url, times: VISITS })).times;
  }

  async window(ms: number): Promise<LoadWindow> {
    const [one, many] = await Promise.all([
      this.#probe.lane.ask('window', { ms }),
      this.#crowd.lane.ask('window', { ms }),
    ]);
    const fps = [...one.fps, ...many.fps];
    return {
      viewers: this.#viewers,
      served: one.served + many.served,
      refused: counted([one, many]),
      broken: one.broken + many.broken,
      seconds: Math.max(one.seconds, many.seconds),
      parts: one.parts + many.parts,
      bytes: one.bytes + many.bytes,
      leastFps: fps.length === 0 ? 0 : Math.min(...fps),
      medianFps: fps.length === 0 ? 0 : percentile(fps, 0.5),
      cold: firstTimes(this.#cold),
      hot: firstTimes(this.#hot),
      clientCores: many.cores,
    };
  }

  async probe(camera: CameraUnderTest): Promise<ProbeWindow | null> {
    const { pictures } = await this.#probe.lane.ask('probe', null);
    return probed(pictures, camera);
  }

  async leave(): Promise<void> {
    await Promise.all([this.#probe.lane.ask('leave', null), this.#crowd.lane.ask('leave', null)]);
  }

  async ended(): Promise<number> {
    const ends = await Promise.all([this.#probe.lane.ask('ended', null), this.#crowd.lane.ask('ended', null)]);
    return ends.reduce((sum, { parts }) => sum + parts, 0);
  }

  /** Ends both processes, wherever they stand. Closing twice is harmless. */
  async close(): Promise<void> {
    await Promise.all([stop(this.#probe), stop(this.#crowd)]);
  }
}

/** The same answers together. */
function counted(windows: readonly SeenWindow[]): LoadWindow['refused'] {
  const answers = Map.groupBy(
    windows.flatMap(({ refusals }) => refusals),
    ({ status, problem }) => `${status} ${problem?.code ?? ''} ${problem?.text ?? ''}`,
  );
  return Array.from(answers.values(), (same) => ({ ...same[0]!, count: same.length }));
}

async function start(role: 'probe' | 'viewers'): Promise<LoadProcess> {
  const child = fork(ENTRY, [`sightline bench ${role}`, role], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
    execArgv: ['--max-semi-space-size=4'],
  });
  const ready = Promise.withResolvers<null>();
  ready.promise.catch(() => undefined);
  const lane: Lane = new ControlLane<LoadMethods, LoadMainMethods>(child, { ready: () => (ready.resolve(null), null) });
  const failed = (why: string): void => {
    ready.reject(new SightlineError('internal', `The ${role} of the bench ${why}.`));
  };
  lane.onEnd = () => failed('ended before they were ready');
  const timer = setTimeout(() => failed('did not start in time'), START_MS);
  try {
    await ready.promise;
    return { child, lane };
  } catch (error) {
    await stop({ child, lane });
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function stop({ child, lane }: LoadProcess): Promise<void> {
  lane.end();
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  const kill = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  if (child.connected) child.disconnect();
  else child.kill('SIGKILL');
  await gone;
  clearTimeout(kill);
}
