// What a run does and when it has seen enough: options with their defaults, the order of the windows, when a side stops
// climbing, and how long the rest will take. Pure; run.ts follows it.

import type { ErrorCode } from '../base/errors.ts';
import { percentile } from './statistics.ts';
import type { BenchOptions, CameraUnderTest, LoadWindow, ModeName, Side, StopReason, WindowResult } from './types.ts';

export const MODES: readonly ModeName[] = ['naive', 'threaded', 'shared'];
const VIEWERS = [1, 4, 16, 64, 256, 1000];
const USUAL = { seconds: 10, warmupSeconds: 3, windows: 3 };
const QUICK = { seconds: 3, warmupSeconds: 1.5, windows: 1 };

/** Opening viewers, starting a server, decoding what the probe saw. */
const AROUND_WINDOW_S = 3;
/** Waiting after the viewers have left. */
const AFTERMATH_S = 10;

export interface OptionWishes {
  readonly quick?: boolean;
  readonly viewers?: readonly number[];
  readonly modes?: readonly ModeName[];
  readonly seconds?: number;
}

/** Wishes over defaults. The warm-up of windows that somebody wants shorter is shorter too. */
export function benchOptions({ quick = false, viewers, modes, seconds }: OptionWishes): BenchOptions {
  const usual = quick ? QUICK : USUAL;
  const length = seconds ?? usual.seconds;
  return {
    viewers: viewers ?? VIEWERS,
    modes: modes ?? MODES,
    seconds: length,
    warmupSeconds: Math.min(usual.warmupSeconds, length),
    windows: usual.windows,
    quick,
  };
}

/** One window of the run. */
export interface Turn {
  readonly viewers: number;
  readonly window: number;
  readonly side: number;
}

/** All windows: numbers of viewers rising, and for each the sides in turn, so that all see the same hours of a machine. */
export function* turns(sides: number, { viewers, windows }: BenchOptions): Generator<Turn> {
  for (const count of viewers) {
    for (let window = 0; window < windows; window++) {
      for (let side = 0; side < sides; side++) yield { viewers: count, window, side };
    }
  }
}

/** True where it is measured how long a server goes on when its viewers have left. */
export function takesAftermath(turn: Turn, side: Side, options: BenchOptions): boolean {
  if (!waitsAfter(turn, options)) return false;
  // Once is enough for who goes on for ever.
  return side.lifetime === 'run' || turn.viewers === options.viewers[0];
}

/** In the first window of a step; of a look that shall take two minutes, of the first step only. */
function waitsAfter({ viewers, window }: Turn, { viewers: all, quick }: BenchOptions): boolean {
  return window === 0 && (!quick || viewers === all[0]);
}

/** Seconds that the turns after this many will take at most: sides that climb on may stop before. */
export function secondsLeft(after: number, climbing: readonly boolean[], options: BenchOptions): number {
  const window = options.warmupSeconds + options.seconds + AROUND_WINDOW_S;
  return [...turns(climbing.length, options)]
    .slice(after)
    .filter(({ side }) => climbing[side])
    .reduce((sum, turn) => sum + window + (waitsAfter(turn, options) ? AFTERMATH_S : 0), 0);
}

export interface Stop {
  readonly reason: StopReason;
  readonly text: string;
  /** Sessions that the camera gave before it refused more. */
  readonly sessionsAllowed: number | null;
}

/** What a camera says when it gives no more sessions: 453, 503 and their like, a refused connection, a device in use. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set(['camera-busy', 'camera-refused', 'device-busy']);

/** Looks at one window: null when the side goes on. A camera that has refused is not asked again. */
export function stopAfterWindow(side: Side, { load }: WindowResult): Stop | null {
  const refusal = load.refused.find(({ problem }) => problem !== null && REFUSALS.has(problem.code));
  if (refusal !== undefined && side.perViewer && load.served > 0) {
    const text = `This camera allows ${load.served} ${load.served === 1 ? 'session' : 'sessions'}: ${refusal.problem?.text}`;
    return { reason: 'refused', text, sessionsAllowed: load.served };
  }
  const silent = load.served === 0 && (load.refused.length > 0 || load.broken > 0);
  return silent ? { reason: 'failed', text: whyNobody(load), sessionsAllowed: null } : null;
}

/** Looks at all windows of a step: null when the side may climb. */
export function stopAfterStep(camera: CameraUnderTest, windows: readonly WindowResult[]): Stop | null {
  const fps = percentile(
    windows.map(({ load }) => load.medianFps),
    0.5,
  );
  if (!(fps < camera.fps / 2)) return null;
  const text = `The viewer in the middle got ${round(fps)} of the camera's ${round(camera.fps)} pictures a second.`;
  return { reason: 'half-rate', text, sessionsAllowed: null };
}

function whyNobody({ refused, broken, viewers }: LoadWindow): string {
  const most = [...refused].sort((a, b) => b.count - a.count)[0];
  if (most === undefined) return `Nobody of ${viewers} got a picture: ${broken} connections ended before one came.`;
  const said = most.problem === null ? `the answer was status ${most.status}` : most.problem.text;
  return `Nobody of ${viewers} got a picture: ${said}`;
}

function round(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}
