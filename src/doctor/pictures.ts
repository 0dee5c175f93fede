// The camera's decoded pictures, looked at beside the other steps: begun, waited for until their session stands, and
// ended when enough was seen. Whatever comes, what was opened is closed when this is disposed of.

import { SightlineError } from '../base/errors.ts';
import { watchPictures } from './picture.ts';
import type { PictureFacts } from './picture.ts';
import type { DoctorRequest } from './types.ts';

export class Pictures implements AsyncDisposable {
  readonly #facts: Promise<PictureFacts>;
  readonly #settled = Promise.withResolvers<undefined>();
  readonly #enough = Promise.withResolvers<undefined>();
  readonly #stop = new AbortController();

  /** `lateMs`: so long the first picture is waited for after `end`. */
  constructor(request: DoctorRequest, lateMs: number) {
    const signal = AbortSignal.any([request.signal, this.#stop.signal]);
    this.#facts = this.#look(request, signal, lateMs);
    void this.#facts.then(
      () => this.#settle(),
      () => this.#settle(),
    );
  }

  /** Resolves when the camera is open for them, or will not open for now; at the latest after `limitMs`. */
  async settled(limitMs: number): Promise<void> {
    const timer = setTimeout(() => this.#settle(), limitMs);
    await this.#settled.promise;
    clearTimeout(timer);
  }

  /** Resolves when the looking is over, by itself or by `end`. */
  async over(): Promise<void> {
    await Promise.allSettled([this.#facts]);
  }

  /** No more pictures are needed. Rejects only with the reason of the request's signal. */
  end(): Promise<PictureFacts> {
    this.#enough.resolve(undefined);
    return this.#facts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled([this.#facts]);
  }

  #settle(): void {
    this.#settled.resolve(undefined);
  }

  /** What cannot be opened is a problem of the facts. */
  async #look(request: DoctorRequest, signal: AbortSignal, lateMs: number): Promise<PictureFacts> {
    try {
      await using view = await request.openPictures();
      const wish = { signal, enough: this.#enough.promise, lateMs, onSettled: () => this.#settle() };
      return await watchPictures(view, wish);
    } catch (error) {
      signal.throwIfAborted();
      return { picture: null, count: 0, problem: SightlineError.from(error).toProblem(), decoding: null };
    }
  }
}
