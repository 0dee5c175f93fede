// Frames as a program gets them: pixels in memory that is leased and used again. Memory that was given back is moved to
// another buffer (no copy), so that a view which somebody kept is empty instead of changing under their hands.

import { nowUs, wallUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import type { CaptureTime, PixelFormat } from '../codec/processors/contract.ts';
import type { Stamp } from '../media/types.ts';
import type { CameraFrame } from './contract.ts';

/** Buffers of one size that wait for use. */
const MAX_IDLE = 4;

/** Memory for pixels, of one camera. */
export class PixelPool {
  #idle: ArrayBuffer[] = [];
  #bytes = 0;

  take(bytes: number): Uint8Array<ArrayBuffer> {
    if (bytes !== this.#bytes) this.#idle = [];
    this.#bytes = bytes;
    return new Uint8Array(this.#idle.pop() ?? new ArrayBuffer(bytes));
  }

  /** Nobody has it after this: who kept a view finds it empty. */
  give({ buffer }: Uint8Array<ArrayBuffer>): void {
    // The program may have transferred it to a worker of its own.
    if (buffer.detached) return;
    const fresh = buffer.transfer();
    if (fresh.byteLength === this.#bytes && this.#idle.length < MAX_IDLE) this.#idle.push(fresh);
  }
}

export interface LeaseFacts {
  readonly width: number;
  readonly height: number;
  readonly format: PixelFormat;
  readonly sequence: number;
  readonly stamp: Stamp;
  readonly positionUs: number | null;
}

export class LeasedFrame implements CameraFrame {
  readonly width: number;
  readonly height: number;
  readonly format: PixelFormat;
  readonly sequence: number;
  readonly capturedAt: CaptureTime;
  readonly positionUs: number | null;
  readonly #pool: PixelPool;
  readonly #capturedUs: number;
  #data: Uint8Array<ArrayBuffer> | null;

  constructor(data: Uint8Array<ArrayBuffer>, pool: PixelPool, facts: LeaseFacts) {
    const { stamp } = facts;
    this.#data = data;
    this.#pool = pool;
    this.#capturedUs = stamp.capturedAtUs;
    this.width = facts.width;
    this.height = facts.height;
    this.format = facts.format;
    this.sequence = facts.sequence;
    this.positionUs = facts.positionUs;
    this.capturedAt = {
      unixUs: wallUs(stamp.capturedAtUs),
      clock: stamp.clock,
      uncertaintyUs: stamp.uncertaintyUs ?? null,
    };
  }

  get data(): Uint8Array {
    if (this.#data !== null) return this.#data;
    throw new SightlineError('usage', `Frame ${this.sequence} was used after it had been given back.`, {
      hint: 'Use it inside the block of `using frame`; to keep its pixels longer, copy them there: frame.data.slice().',
    });
  }

  ageMs(): number {
    return (nowUs() - this.#capturedUs) / 1000;
  }

  [Symbol.dispose](): void {
    if (this.#data === null) return;
    this.#pool.give(this.#data);
    this.#data = null;
  }
}
