// A limit on waiting for the network. After a stall of our own event loop timers run before what has arrived meanwhile
// is read; a limit that passed does not count before that has been done.

export class Limit {
  readonly #timer: NodeJS.Timeout;
  #last: NodeJS.Immediate | null = null;

  /** Calls `expired` once after `limitMs`, unless it is stopped before. */
  constructor(limitMs: number, expired: () => void) {
    this.#timer = setTimeout(() => {
      this.#last = setImmediate(expired);
    }, limitMs);
  }

  /** Begins anew. */
  refresh(): void {
    this.#forget();
    this.#timer.refresh();
  }

  stop(): void {
    this.#forget();
    clearTimeout(this.#timer);
  }

  #forget(): void {
    if (this.#last !== null) clearImmediate(this.#last);
    this.#last = null;
  }
}
