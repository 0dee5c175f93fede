// What a tile measures of its own pictures: delay from capture to paint, its jitter, rate, drops and bytes, over the
// last second; and how long the newest picture has been the newest. Pure: all times come from outside.

import type { TileHead } from '../../../src/gateway/api/contract-tiles.ts';

export interface Delay {
  readonly ms: number;
  /** How wrong that can be; null: not known, as the camera's clock says nothing of it. */
  readonly uncertaintyMs: number | null;
  readonly clock: TileHead['clock'];
}

/** One second of a tile. */
export interface Second {
  /** The middle one; null when nothing was painted or no clock is known. */
  readonly delay: Delay | null;
  /** Mean difference between the delays of two pictures in a row. */
  readonly jitterMs: number | null;
  readonly fps: number;
  readonly bytes: number;
  /** Pictures that did not reach the screen since the tile was shown. */
  readonly dropped: number;
}

const FROZEN_AFTER_MS = 3000;
const FROZEN_AFTER_INTERVALS = 3;
const LONGEST_INTERVAL_MS = 30_000;
const SMOOTHING = 0.2;

export class Measures {
  #delays: number[] = [];
  #newest: Delay | null = null;
  #painted = 0;
  #bytes = 0;
  #dropped = 0;
  #sinceMs = 0;
  #capturedUs: number | null = null;
  #intervalMs = 0;

  /** A new showing: what came before says nothing of it. */
  reset(nowMs: number): void {
    this.#delays = [];
    this.#newest = null;
    this.#painted = this.#bytes = this.#dropped = this.#intervalMs = 0;
    this.#capturedUs = null;
    this.#sinceMs = nowMs;
  }

  arrived(bytes: number, skipped: number): void {
    this.#bytes += bytes;
    this.#dropped += skipped;
  }

  passedOver(): void {
    this.#dropped += 1;
  }

  painted(capturedUs: number): void {
    this.#painted += 1;
    if (this.#capturedUs !== null) this.#learnInterval((capturedUs - this.#capturedUs) / 1000);
    this.#capturedUs = capturedUs;
  }

  /** A delay, once the picture is on the screen; null without a clock. */
  presented(delay: Delay | null): void {
    this.#newest = delay;
    if (delay !== null) this.#delays.push(delay.ms);
  }

  /** Closes a second. */
  second(nowMs: number): Second {
    const seconds = Math.max(0.001, (nowMs - this.#sinceMs) / 1000);
    const delays = this.#delays;
    const result = {
      delay: this.#newest === null ? null : { ...this.#newest, ms: median(delays) ?? this.#newest.ms },
      jitterMs: jitter(delays),
      fps: this.#painted / seconds,
      bytes: this.#bytes / seconds,
      dropped: this.#dropped,
    };
    this.#delays = [];
    this.#painted = this.#bytes = 0;
    this.#sinceMs = nowMs;
    return result;
  }

  /** Age of the newest picture when that is too old for a live one, else null. `serverUs`: the server's time now. */
  frozenMs(serverUs: number): number | null {
    if (this.#capturedUs === null) return null;
    const ageMs = (serverUs - this.#capturedUs) / 1000;
    return ageMs > Math.max(FROZEN_AFTER_MS, FROZEN_AFTER_INTERVALS * this.#intervalMs) ? ageMs : null;
  }

  #learnInterval(gapMs: number): void {
    const gap = Math.min(LONGEST_INTERVAL_MS, Math.max(0, gapMs));
    this.#intervalMs = this.#intervalMs === 0 ? gap : this.#intervalMs + (gap - this.#intervalMs) * SMOOTHING;
  }
}

function median(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? null;
}

function jitter(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  let sum = 0;
  for (let at = 1; at < values.length; at += 1) sum += Math.abs(values[at]! - values[at - 1]!);
  return sum / (values.length - 1);
}
