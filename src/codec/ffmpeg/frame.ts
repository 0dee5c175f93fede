// One decoded picture between decoder and encoders: a counted lease on a native AVFrame. The AVFrame goes back to its
// pool when the last reference is let go, so that a running camera allocates no new one per picture.

import { Frame as AvFrame } from 'node-av/lib';
import type { Stamp } from '../../media/types.ts';

/** Idle AVFrames that a pool keeps: one being decoded into, one kept by the hub, one for each of a few encoders. */
const MAX_IDLE = 8;

/** Where an AVFrame goes when nobody holds it any more. */
export interface FrameHome {
  give(native: AvFrame): void;
}

/** Where a decoder takes its AVFrames from. One pool a decoder. */
export class FramePool implements FrameHome {
  readonly #idle: AvFrame[] = [];
  #leased = 0;
  #closed = false;

  /** AVFrames that somebody holds now. */
  get leased(): number {
    return this.#leased;
  }

  take(): AvFrame {
    this.#leased++;
    const idle = this.#idle.pop();
    if (idle) return idle;
    const fresh = new AvFrame();
    fresh.alloc();
    return fresh;
  }

  give(native: AvFrame): void {
    this.#leased--;
    native.unref();
    if (this.#closed || this.#idle.length >= MAX_IDLE) native.free();
    else this.#idle.push(native);
  }

  /** Frees what is idle; frames still leased are freed when they come back. */
  close(): void {
    this.#closed = true;
    for (const native of this.#idle.splice(0)) native.free();
  }
}

/** What is known of a picture besides its pixels. */
export interface FrameInfo {
  readonly epoch: number;
  /** Of the packet it was decoded from. */
  readonly sequence: number;
  readonly stamp: Stamp;
  /** Of recorded material: its place, microseconds from the first picture. */
  readonly positionUs?: number;
}

/** One decoded picture. Born with one reference; whoever keeps it past the call retains and later releases it. */
export class Frame implements Disposable {
  readonly epoch: number;
  readonly sequence: number;
  readonly stamp: Stamp;
  /** Null for what is not recorded. */
  readonly positionUs: number | null;
  readonly width: number;
  readonly height: number;
  readonly #native: AvFrame;
  readonly #home: FrameHome;
  #references = 1;

  constructor(native: AvFrame, home: FrameHome, info: FrameInfo) {
    this.#native = native;
    this.#home = home;
    this.epoch = info.epoch;
    this.sequence = info.sequence;
    this.stamp = info.stamp;
    this.positionUs = info.positionUs ?? null;
    this.width = native.width;
    this.height = native.height;
  }

  /** The AVFrame, for this folder only. Read, never written: others read it at the same moment. */
  get native(): AvFrame {
    if (this.#references === 0) throw new Error('a frame was used after its last reference was released');
    return this.#native;
  }

  retain(): void {
    if (this.#references === 0) throw new Error('a frame was retained after its last reference was released');
    this.#references++;
  }

  release(): void {
    if (this.#references === 0) throw new Error('a frame was released more often than retained');
    if (--this.#references === 0) this.#home.give(this.#native);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
