// How long a processor takes for a frame: percentiles over its last few hundred.

const KEPT = 300;

export class Timing {
  readonly #samples: number[] = [];
  #next = 0;

  /** `tookUs`: microseconds. */
  add(tookUs: number): void {
    this.#samples[this.#next] = tookUs / 1000;
    this.#next = (this.#next + 1) % KEPT;
  }

  /** Milliseconds below which this share of the frames stayed; null before the first. */
  percentile(share: number): number | null {
    if (this.#samples.length === 0) return null;
    const sorted = [...this.#samples].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  }
}
