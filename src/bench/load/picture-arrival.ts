// When the last byte of a picture came, also where its end is known only from what comes behind it: without a declared
// length that is the next part's delimiter, an interval later.

import { nowUs } from '../../base/clock.ts';

export class PictureArrival {
  /** Bytes before each piece, and when it came. */
  readonly #pieces: { readonly before: number; readonly atUs: number }[] = [];
  #bytes = 0;

  begin(): void {
    this.#pieces.length = 0;
    this.#bytes = 0;
  }

  add(bytes: number): void {
    if (bytes === 0) return;
    this.#pieces.push({ before: this.#bytes, atUs: nowUs() });
    this.#bytes += bytes;
  }

  /** When the first `length` bytes since `begin` were there. */
  ofFirst(length: number): number {
    return this.#pieces.findLast(({ before }) => before < length)?.atUs ?? nowUs();
  }
}
