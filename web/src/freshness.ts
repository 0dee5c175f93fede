// Finds cameras that are called live but give no new picture: sooner than the server's own 5 s, so that nothing old
// looks live. A camera is frozen after 3 s or three of its usual intervals, whichever is longer.

import type { Camera } from './api.ts';

const FROZEN_AFTER_MS = 3000;
const INTERVALS = 3;
/** A page that was hidden did not look: a longer gap is its own, not the camera's. */
const LONGEST_INTERVAL_MS = 30_000;

interface Trace {
  frames: number;
  changedMs: number;
  /** The usual time between two pictures: by the frame rate, else the last gap seen. */
  intervalMs: number;
}

export class FreshnessWatch {
  #traces = new Map<string, Trace>();

  /** Takes one answer of the API; gives the frozen cameras and for how long, by uid. */
  look(cameras: readonly Camera[], nowMs: number): ReadonlyMap<string, number> {
    const traces = new Map<string, Trace>();
    const frozen = new Map<string, number>();
    for (const { uid, status } of cameras) {
      if (status.state !== 'live') continue;
      const trace = this.#advance(this.#traces.get(uid), status.frames.in, nowMs);
      if (status.fps > 0) trace.intervalMs = 1000 / status.fps;
      traces.set(uid, trace);
      const silentMs = nowMs - trace.changedMs;
      if (silentMs > Math.max(FROZEN_AFTER_MS, INTERVALS * trace.intervalMs)) frozen.set(uid, silentMs);
    }
    this.#traces = traces;
    return frozen;
  }

  #advance(before: Trace | undefined, frames: number, nowMs: number): Trace {
    if (before === undefined) return { frames, changedMs: nowMs, intervalMs: 0 };
    if (frames === before.frames) return { ...before };
    const gapMs = nowMs - before.changedMs;
    return { frames, changedMs: nowMs, intervalMs: Math.min(gapMs, LONGEST_INTERVAL_MS) };
  }
}
