// What holds a lossless camera back: it goes on only when every loop has asked for the next frame. Until then what comes
// stays in the file, or packed as the camera sent it, and nothing piles up decoded.

export class Room {
  readonly #loops = new Set<object>();
  readonly #asking = new Set<object>();
  #waiting: (() => void)[] = [];

  /** A loop comes. */
  enter(loop: object): void {
    this.#loops.add(loop);
  }

  /** A loop goes; harmless when it is gone. */
  leave(loop: object): void {
    this.#loops.delete(loop);
    this.#asking.delete(loop);
    this.#look();
  }

  /** A loop wants a frame. */
  ask(loop: object): void {
    if (this.#loops.has(loop)) this.#asking.add(loop);
    this.#look();
  }

  /** A loop got what it wanted. */
  served(loop: object): void {
    this.#asking.delete(loop);
  }

  /** Resolves when every loop there is asks for a frame, or `signal` aborts. */
  async free(signal: AbortSignal): Promise<void> {
    while (!this.#isFree && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const wake = (): void => resolve(undefined);
      this.#waiting.push(wake);
      signal.addEventListener('abort', wake, { once: true });
      await promise;
      signal.removeEventListener('abort', wake);
    }
  }

  get #isFree(): boolean {
    return this.#asking.size === this.#loops.size;
  }

  #look(): void {
    if (!this.#isFree) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
