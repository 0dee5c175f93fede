// Decoding times for streams that carry presentation times only (RTP): what a muxer needs when pictures are sent in
// another order than they are shown (B frames). Nothing is held back: each unit gets its time when it comes.

/** H.264 and HEVC allow no picture to be overtaken by more than this many (ISO 14496-10, A.3.1: max_num_reorder_frames). */
export const MAX_REORDER = 16;
/** Distance of the times that stand before the first unit of a stream known to reorder, microseconds. */
const LEAD_US = 10_000;

/**
 * With pictures overtaken by at most `depth` others, the decoding time of a unit is the (depth + 1)-th largest
 * presentation time so far. The depth is learnt: 0, so dts = pts, until a unit comes late.
 */
export class DtsDeriver {
  /** The largest presentation times so far, falling. */
  readonly #largest: number[] = [];
  #depth: number;
  #lastUs = -Infinity;

  /** `depth`: as the stream's parameters say it, so that even the first group needs no repair. */
  constructor(depth = 0) {
    this.#depth = Math.min(depth, MAX_REORDER);
  }

  get depth(): number {
    return this.#depth;
  }

  /** The largest presentation time so far. */
  get newestUs(): number {
    return this.#largest[0] ?? -Infinity;
  }

  /** How many of the units so far are shown after `ptsUs`: more than MAX_REORDER is no reordering. */
  overtakenBy(ptsUs: number): number {
    let count = 0;
    while (count < this.#largest.length && this.#largest[count]! > ptsUs) count++;
    return count;
  }

  /** The decoding time of the next unit: rises strictly; above `ptsUs` only when the unit came later than the depth known so far. */
  next(ptsUs: number): number {
    const rank = this.overtakenBy(ptsUs);
    const first = this.#largest.length === 0;
    this.#depth = Math.max(this.#depth, Math.min(rank, MAX_REORDER));
    this.#largest.splice(rank, 0, ptsUs);
    if (this.#largest.length > MAX_REORDER + 1) this.#largest.pop();
    this.#lastUs = first ? ptsUs - this.#depth * LEAD_US : Math.max(this.#lastUs + 1, this.#candidate());
    return this.#lastUs;
  }

  /** Takes over a decoding time that the source gave. */
  take(dtsUs: number, ptsUs: number): number {
    const rank = this.overtakenBy(ptsUs);
    this.#largest.splice(rank, 0, ptsUs);
    if (this.#largest.length > MAX_REORDER + 1) this.#largest.pop();
    this.#lastUs = Math.max(this.#lastUs + 1, dtsUs);
    return this.#lastUs;
  }

  #candidate(): number {
    return this.#largest[this.#depth] ?? -Infinity;
  }
}
