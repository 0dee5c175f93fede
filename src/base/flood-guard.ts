// Notices a sender that sends faster than any camera does, before reading it takes a whole core. Stands where bytes of
// a camera are read; whoever asks it ends the connection.

const WINDOW_US = 1_000_000;

/** Adds up what came within a second. */
export class FloodGuard {
  readonly #limit: number;
  #sinceUs = 0;
  #sum = 0;

  /** `limit`: the most that may come in a second, in whatever unit `isFlood` counts. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts `amount`; true when there was too much of it in this second. */
  isFlood(amount: number, nowUs: number): boolean {
    if (nowUs - this.#sinceUs >= WINDOW_US) {
      this.#sinceUs = nowUs;
      this.#sum = 0;
    }
    this.#sum += amount;
    return this.#sum > this.#limit;
  }
}
