// One side of the comparison during a run: starts its server as its lifetime asks, measures window after window of it,
// knows when it has seen enough, and leaves nothing running. run.ts gives it its turns.

import { setTimeout as sleep } from 'node:timers/promises';
import { SightlineError } from '../base/errors.ts';
import type { CameraSessions } from './measure/camera-sessions.ts';
import { canReadProcesses, isAlive } from './measure/process-tree.ts';
import { ServerCost } from './measure/server-cost.ts';
import { stopAfterStep, stopAfterWindow, takesAftermath } from './plan.ts';
import type { Stop, Turn } from './plan.ts';
import type { BenchOptions, CameraUnderTest, LoadClient, ServerUnderTest } from './types.ts';
import type { Side, SideReport, WindowResult } from './types.ts';

/** How long a camera may take to be closed before viewers come to it. Our own server's grace period is ten. */
const IDLE_LIMIT_S = 15;
const AFTERMATH_LIMIT_S = 15;
/** Of a side that is known to capture while nobody watches: whether it really does. */
const ALWAYS_LIMIT_S = 5;
/** Watching by so many, so long at most, shows whether both ends count alike. */
const AGREEMENT = { viewers: 16, seconds: 3, limitMs: 30_000 };

/** What all sides of a run share. */
export interface Ground {
  readonly camera: CameraUnderTest;
  readonly options: BenchOptions;
  readonly sessions: CameraSessions | null;
  readonly signal: AbortSignal;
  load(): LoadClient;
  /** Another load client for one that failed. */
  renewLoad(): Promise<void>;
  /** Tells the reader of the figures something, once. */
  note(text: string): void;
}

interface Running {
  readonly server: ServerUnderTest;
  readonly cost: ServerCost | null;
  /** CPU of the server when nobody watches. */
  readonly idleCores: number;
}

export class SideRun {
  readonly side: Side;
  readonly #ground: Ground;
  readonly #steps: { readonly viewers: number; readonly windows: WindowResult[] }[] = [];
  #running: Running | null = null;
  #stopped: SideReport['stopped'] = null;
  #sessionsAllowed: number | null = null;
  #agreement: SideReport['agreement'] = null;
  #alwaysOpen = false;

  constructor(side: Side, ground: Ground) {
    this.side = side;
    this.#ground = ground;
  }

  /** More viewers are worth a try. */
  get climbing(): boolean {
    return this.#stopped === null;
  }

  /** Measures one window. A side that fails stops climbing, with the reason; rejects only when the run was ended. */
  async measure(turn: Turn): Promise<void> {
    const stop = await this.#tryWindow(turn);
    if (stop === null) return;
    this.#stopped = { viewers: turn.viewers, reason: stop.reason, text: stop.text };
    this.#sessionsAllowed = stop.sessionsAllowed;
    if (stop.reason !== 'failed') await this.compareCounts();
    await this.close();
  }

  /** Waits until its camera is closed, so that the next viewer finds it so. */
  async untilIdle(): Promise<void> {
    if (this.#running === null || this.#alwaysOpen) return;
    const { cost, idleCores } = this.#running;
    const known = this.side.lifetime === 'window';
    if (!known && (cost === null || (await cost.idle(idleCores, IDLE_LIMIT_S, this.#ground.signal)))) return;
    this.#alwaysOpen = true;
    this.#ground.note(
      `${this.side.name} keeps its camera open while nobody watches: its cold times are of an open one.`,
    );
  }

  /** Compares what both ends counted, after a stop that lets every response end with a whole part. */
  async compareCounts(): Promise<void> {
    const viewers = this.#quietStep();
    if (this.side.kind === 'peer' || viewers === null) return;
    const { signal, options } = this.#ground;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(AGREEMENT.limitMs)]);
    try {
      await this.close();
      const { server } = await this.#start(false);
      const load = this.#ground.load();
      await unlessAborted(load.open({ url: server.url, viewers, visits: false }), limit);
      await sleep(Math.min(AGREEMENT.seconds, options.seconds) * 1000, undefined, { signal: limit });
      const [sent, received] = await unlessAborted(Promise.all([server.finish(), load.ended()]), limit);
      this.#agreement = sent === null ? null : { client: received, server: sent };
    } catch (error) {
      signal.throwIfAborted();
      const why = SightlineError.from(error).message;
      this.#ground.note(`${this.side.name}: what both ends counted could not be compared: ${why}`);
      await this.#ground.renewLoad();
    }
  }

  /** Ends its server. */
  async close(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    await running?.server.stop();
  }

  report(): SideReport {
    const { viewers, windows } = this.#ground.options;
    const missing = viewers.find((count) => this.#windowsOf(count) < windows);
    const asked = { viewers: missing ?? 0, reason: 'asked', text: 'The run was ended before it was through.' } as const;
    return {
      name: this.side.name,
      kind: this.side.kind,
      words: this.side.words,
      steps: this.#steps,
      stopped: this.#stopped ?? (missing === undefined ? null : asked),
      sessionsAllowed: this.#sessionsAllowed,
      agreement: this.#agreement,
    };
  }

  async #tryWindow(turn: Turn): Promise<Stop | null> {
    const { signal, camera, options } = this.#ground;
    try {
      const result = await this.#window(turn);
      const windows = this.#keep(turn.viewers, result);
      const stop = stopAfterWindow(this.side, result);
      return stop ?? (windows.length === options.windows ? stopAfterStep(camera, windows) : null);
    } catch (error) {
      signal.throwIfAborted();
      await this.#ground.renewLoad();
      const text = this.#hasDied() ? deathOf(turn) : SightlineError.from(error).message;
      return { reason: 'failed', text, sessionsAllowed: null };
    }
  }

  async #window(turn: Turn): Promise<WindowResult> {
    const { signal, options, camera } = this.#ground;
    const wantsAfter = takesAftermath(turn, this.side, options);
    const { server, cost, idleCores } = this.#running ?? (await this.#start(wantsAfter));
    await this.untilIdle();
    const load = this.#ground.load();
    await unlessAborted(load.open({ url: server.url, viewers: turn.viewers }), signal);
    await sleep(options.warmupSeconds * 1000, undefined, { signal });
    const mark = cost?.mark();
    const seen = await unlessAborted(load.window(options.seconds * 1000), signal);
    const spent = mark === undefined ? null : (cost?.since(mark, seen) ?? null);
    if (this.#hasDied()) throw new SightlineError('internal', deathOf(turn));
    const probe = await unlessAborted(load.probe(camera), signal);
    await unlessAborted(load.leave(), signal);
    const limitS = this.#alwaysOpen ? ALWAYS_LIMIT_S : AFTERMATH_LIMIT_S;
    const after = wantsAfter ? ((await cost?.aftermath(idleCores, limitS, signal)) ?? null) : null;
    if (this.side.lifetime === 'window') await this.close();
    return { load: seen, probe, cost: spent, after };
  }

  async #start(wantsAfter: boolean): Promise<Running> {
    const { sessions, signal } = this.#ground;
    const server = await this.side.start(signal);
    this.#running = { server, cost: null, idleCores: 0 };
    signal.throwIfAborted();
    if (server.pids.length === 0 || !canReadProcesses()) return this.#running;
    const cost = new ServerCost(server.pids, sessions);
    this.#running = { server, cost, idleCores: 0 };
    if (!wantsAfter && this.side.lifetime === 'window') return this.#running;
    // What a program does just after its start is not what it does when nobody watches.
    const idleCores = Math.min(await cost.cores(signal), await cost.cores(signal));
    this.#running = { server, cost, idleCores };
    return this.#running;
  }

  #keep(viewers: number, result: WindowResult): readonly WindowResult[] {
    const last = this.#steps.at(-1);
    if (last?.viewers === viewers) {
      last.windows.push(result);
      return last.windows;
    }
    const windows = [result];
    this.#steps.push({ viewers, windows });
    return windows;
  }

  #windowsOf(viewers: number): number {
    return this.#steps.find((step) => step.viewers === viewers)?.windows.length ?? 0;
  }

  /** The most viewers, few enough for a count of every part, that all got pictures; null: there is no such step. */
  #quietStep(): number | null {
    const quiet = this.#steps.filter(({ viewers, windows }) => {
      return viewers <= AGREEMENT.viewers && windows.every(({ load }) => load.served === viewers);
    });
    return quiet.at(-1)?.viewers ?? null;
  }

  #hasDied(): boolean {
    return this.#running?.server.pids.some((pid) => !isAlive(pid)) ?? false;
  }
}

function deathOf({ viewers }: Turn): string {
  return `Its process ended while ${viewers === 1 ? 'one viewer' : `${viewers} viewers`} watched.`;
}

/** What `work` gives, unless `signal` aborts first; then its reason is thrown, and nobody waits for the work any more. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
