// The record of pushes that the camera program keeps in a file: for each frame's running number the microsecond at which
// it was handed out (u64, little-endian, on the monotonic clock). Pictures show their number within the loop only.

import { closeSync, openSync, readSync } from 'node:fs';

/** The file has so many entries, then begins again. */
const ENTRIES = 1_000_000;
const ENTRY_BYTES = 8;
/**
 * A camera that is opened anew goes on at its next keyframe, so entries are empty, and those of the same place in the
 * loop several times when it is opened as often as the loop is long; so many in a row are the end.
 */
const EMPTY_IN_A_ROW = 100;

export class PushRecord {
  readonly #file: number;
  readonly #loopFrames: number;
  readonly #entry = Buffer.alloc(ENTRY_BYTES);
  #closed = false;

  constructor(path: string, loopFrames: number) {
    this.#file = openSync(path, 'r');
    this.#loopFrames = loopFrames;
  }

  /** When the frame with this number in its strip was pushed last before `beforeUs`; null when it was not. */
  pushedUs(stripNumber: number, beforeUs: number): number | null {
    if (stripNumber >= this.#loopFrames) return null;
    let newest: number | null = null;
    let empty = 0;
    for (let number = stripNumber; number < ENTRIES && empty < EMPTY_IN_A_ROW; number += this.#loopFrames) {
      const pushedUs = this.#read(number);
      empty = pushedUs === 0 ? empty + 1 : 0;
      if (pushedUs > beforeUs) break;
      if (pushedUs !== 0) newest = pushedUs;
    }
    return newest;
  }

  close(): void {
    if (!this.#closed) closeSync(this.#file);
    this.#closed = true;
  }

  #read(number: number): number {
    readSync(this.#file, this.#entry, 0, ENTRY_BYTES, number * ENTRY_BYTES);
    return Number(this.#entry.readBigUInt64LE());
  }
}
