// One `for await` loop over a camera's frames: the frame that waits for it, at most one, and the moment at which it may
// have it. Latest wins: after a loop's own work everything that came meanwhile is looked at first, so that a loop that
// blocks the event loop still gets the newest picture, and never works through a queue of old ones.

import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { nowUs } from '../base/clock.ts';
import type { Reader } from '../base/hub.ts';
import type { Frame } from '../codec/ffmpeg/frame.ts';
import { Due } from '../media/due.ts';
import type { LeasedFrame } from './lease.ts';
import type { PictureSize, Pictures } from './pictures.ts';
import type { PixelOut } from './pixel-out.ts';

/** A machine that cannot keep up with decoding gives what it has after so long, and after as long again as the loop was away. */
const CATCH_UP_MS = 100;
const MAX_AWAY_MS = 2000;
/** A frame that waited longer, because no newer one came, is not shown as live. */
const MAX_WAIT_US = 3_000_000;

export interface LoopOptions {
  readonly pictures: Pictures;
  readonly out: PixelOut;
  /** Null: all. */
  readonly fps: number | null;
  /** What all loops of the camera count together. */
  readonly counters: { delivered: number; skipped: number };
  /** Told each picture that comes, whether this loop wants it or not. */
  readonly onPicture: (picture: PictureSize) => void;
}

export class FrameLoop {
  readonly #options: LoopOptions;
  readonly #reader: Reader<Frame>;
  readonly #due: Due;
  readonly #unlisten: () => void;
  #held: { readonly frame: Frame; readonly sinceUs: number } | null = null;
  #failure: { readonly error: unknown } | null = null;
  #wake: () => void = () => undefined;
  /** When `next` gave its last frame. */
  #leftMs: number | null = null;
  #closed = false;

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#due = new Due(options.fps);
    const { hub, room } = options.pictures;
    room?.enter(this);
    this.#unlisten = options.pictures.listen(() => this.#look());
    this.#reader = hub.attach({ start: 'next', policy: 'latest' });
    this.#reader.onReady = () => this.#receive();
    this.#reader.onEnd = (error) => {
      this.#failure = { error };
      this.#wake();
    };
  }

  /** The next frame; null when there are no more. Calls must not overlap. Throws what went wrong for good. */
  async next(): Promise<LeasedFrame | null> {
    const { pictures, out, counters } = this.#options;
    const untilMs = performance.now() + CATCH_UP_MS + this.#awayMs();
    for (;;) {
      if (pictures.room === null) await this.#settle(untilMs);
      const frame = this.#take();
      if (frame !== null) {
        const leased = await out.lease(frame).catch((error: unknown) => this.#failed(error));
        if (leased !== null) counters.delivered++;
        this.#leftMs = performance.now();
        return leased;
      }
      if (this.#isOver()) return null;
      await this.#woken();
    }
  }

  /** Lets go of what waits: `next` gives null. Harmless when closed. */
  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#unlisten();
      this.#reader.close();
      this.#options.pictures.room?.leave(this);
      this.#drop();
      this.#wake();
    }
    await this.#options.out.close();
  }

  /** How long the loop has been at its own work. */
  #awayMs(): number {
    return this.#leftMs === null ? 0 : Math.min(performance.now() - this.#leftMs, MAX_AWAY_MS);
  }

  /** Lets everything come in that is on its way, so that the newest is the newest. */
  async #settle(untilMs: number): Promise<void> {
    await turn();
    const { catchingUp } = this.#options.pictures;
    const leftMs = untilMs - performance.now();
    if (catchingUp === null || leftMs <= 0) return;
    const giveUp = new AbortController();
    const limit = pause(leftMs, undefined, { signal: giveUp.signal }).catch(() => undefined);
    await Promise.race([catchingUp, limit]);
    giveUp.abort();
  }

  #take(): Frame | null {
    if (this.#held === null) return null;
    const { frame, sinceUs } = this.#held;
    const isStale = this.#options.pictures.room === null && nowUs() - sinceUs > MAX_WAIT_US;
    if (isStale) {
      this.#skip();
      return null;
    }
    this.#held = null;
    return frame;
  }

  /** True when nothing comes any more. Throws what it ended with. */
  #isOver(): boolean {
    if (this.#closed) return true;
    if (this.#failure !== null) throw this.#failure.error;
    const { end } = this.#options.pictures;
    if (end?.error) throw end.error;
    return end !== null;
  }

  /** A conversion that the closing cut off is none. */
  #failed(error: unknown): null {
    if (this.#closed) return null;
    throw error;
  }

  async #woken(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#wake = () => resolve(undefined);
    this.#options.pictures.room?.ask(this);
    if (this.#held === null) await promise;
  }

  #receive(): void {
    const frame = this.#reader.take();
    if (frame === undefined) return;
    this.#options.onPicture(frame);
    if (!this.#due.isDue(frame.positionUs ?? frame.stamp.capturedAtUs)) {
      frame.release();
      return;
    }
    this.#options.pictures.room?.served(this);
    this.#skip();
    this.#held = { frame, sinceUs: nowUs() };
    this.#wake();
  }

  /** The state or the end has changed: what waits from before a stall is not given as live. */
  #look(): void {
    const { room, state, end } = this.#options.pictures;
    if (room === null && end === null && state.state !== 'live') this.#skip();
    this.#wake();
  }

  #skip(): void {
    if (this.#held === null) return;
    this.#options.counters.skipped++;
    this.#drop();
  }

  #drop(): void {
    this.#held?.frame.release();
    this.#held = null;
  }
}
