// What everything here that calls into FFmpeg on a pool thread has: one call at a time, and an end that waits for it,
// because memory must not be freed under a thread that still works on it.

export class CallUnderWay {
  #call: Promise<unknown> = Promise.resolve();
  #isOver = false;

  /** The end has begun. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Notes `call` as the one under way and gives it back. The one before it must have settled. */
  note<T>(call: Promise<T>): Promise<T> {
    this.#call = call;
    return call;
  }

  /** Waits for the call under way, whatever comes of it, then frees. Ending twice is harmless. */
  async end(free: () => void | Promise<void>): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await this.#call.catch(() => undefined);
    await free();
  }
}
