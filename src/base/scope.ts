// A lifetime: a stack of things to close and a signal that says it is over. What opens several things opens each into
// a scope, so that a failure half way, or a stop, closes exactly what was opened, in reverse.

export type Closer = () => void | Promise<void>;

/** Closes in reverse what was added to it; `signal` aborts first. Closing twice is harmless. */
export class Scope implements AsyncDisposable {
  readonly #controller = new AbortController();
  readonly #closers: Closer[] = [];
  #unlink: (() => void) | null = null;
  #closing: Promise<void> | null = null;

  /** `parent`: its abort closes this scope too; a failure of that closing goes to `onError`. */
  constructor(parent?: AbortSignal, onError: (error: unknown) => void = () => undefined) {
    if (parent === undefined) return;
    const stop = (): void => void this.close().catch(onError);
    if (parent.aborted) stop();
    else {
      parent.addEventListener('abort', stop, { once: true });
      this.#unlink = (): void => parent.removeEventListener('abort', stop);
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get closed(): boolean {
    return this.#closing !== null;
  }

  /** Adds something to close. When the scope is closed already it is closed now, and what that throws is thrown here. */
  async add(closer: Closer): Promise<void> {
    if (this.#closing === null) this.#closers.push(closer);
    else await closer();
  }

  /** Aborts the signal, then runs every closer, last added first, one after the other; throws the first failure at the end. */
  close(): Promise<void> {
    if (this.#closing !== null) return this.#closing;
    const { promise, resolve } = Promise.withResolvers<Promise<void>>();
    this.#closing = promise.then((run) => run);
    resolve(this.#run());
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run(): Promise<void> {
    this.#unlink?.();
    this.#controller.abort();
    const failures: unknown[] = [];
    for (let closer = this.#closers.pop(); closer !== undefined; closer = this.#closers.pop()) {
      try {
        await closer();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
