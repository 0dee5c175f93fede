// What the probe viewer keeps of its window: the bytes of each picture and when its last byte came. Bounded; decoded only
// when the window is over.

import { PictureArrival } from './picture-arrival.ts';
import type { PartSink } from './part-counter.ts';

/** A picture, or all pictures of a window: more is not kept. */
const MAX_PICTURE_BYTES = 16_000_000;
const MAX_KEPT_BYTES = 64_000_000;
const FIRST_BYTES = 65_536;

interface KeptPicture {
  readonly bytes: Buffer;
  readonly arrivedUs: number;
}

export class PictureKeeper implements PartSink {
  readonly #arrival = new PictureArrival();
  #scratch = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #used = 0;
  #kept: KeptPicture[] = [];
  #keptBytes = 0;
  #isOn = false;

  /** Forgets what is kept and keeps what becomes whole from now on. */
  begin(): void {
    this.#kept = [];
    this.#keptBytes = 0;
    this.#isOn = true;
  }

  stop(): void {
    this.#isOn = false;
  }

  /** Gives what was kept away. */
  take(): readonly KeptPicture[] {
    const kept = this.#kept;
    this.#kept = [];
    return kept;
  }

  head(): void {
    this.#used = 0;
    this.#arrival.begin();
  }

  body(chunk: Uint8Array, from: number, to: number): void {
    this.#arrival.add(to - from);
    const end = this.#used + to - from;
    if (end <= MAX_PICTURE_BYTES) {
      while (end > this.#scratch.length) this.#grow();
      this.#scratch.set(chunk.subarray(from, to), this.#used);
    }
    this.#used = end;
  }

  /** A picture that is not kept ends the keeping: what follows would look like a loss. */
  whole(length: number): void {
    this.#isOn &&= this.#used <= MAX_PICTURE_BYTES && this.#keptBytes + length <= MAX_KEPT_BYTES;
    if (!this.#isOn) return;
    const bytes = Buffer.allocUnsafeSlow(length);
    this.#scratch.copy(bytes, 0, 0, length);
    this.#kept.push({ bytes, arrivedUs: this.#arrival.ofFirst(length) });
    this.#keptBytes += length;
  }

  #grow(): void {
    const larger = Buffer.allocUnsafeSlow(this.#scratch.length * 2);
    this.#scratch.copy(larger, 0, 0, this.#used);
    this.#scratch = larger;
  }
}
