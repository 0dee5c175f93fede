// The pause between two sessions with a camera: as long as the backoff says, unless a new reader comes meanwhile.

/** A new reader brings the next try forward to this. */
const HURRIED_MS = 500;

export interface WaitOptions {
  /** Ends the pause. */
  readonly signal: AbortSignal;
  /** False: a new reader changes nothing, as where the camera refused us. */
  readonly mayHurry: boolean;
}

export class RetryPause {
  #hurry: (() => void) | null = null;

  /** Somebody is there who waits for a picture. */
  hurry(): void {
    this.#hurry?.();
  }

  async wait(delayMs: number, { signal, mayHurry }: WaitOptions): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const wake = () => resolve(undefined);
    let timer = setTimeout(wake, delayMs);
    signal.addEventListener('abort', wake, { once: true });
    if (mayHurry && delayMs > HURRIED_MS) {
      this.#hurry = () => {
        this.#hurry = null;
        clearTimeout(timer);
        timer = setTimeout(wake, HURRIED_MS);
      };
    }
    await promise;
    this.#hurry = null;
    clearTimeout(timer);
    signal.removeEventListener('abort', wake);
  }
}
