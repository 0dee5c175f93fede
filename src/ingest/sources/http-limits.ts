// How long each step of an HTTP camera may take, and one limit as a promise and timer.

import type { SightlineError } from '../../base/errors.ts';
import { Limit } from '../../base/limit.ts';

export interface HttpLimits {
  /** Name lookup, TCP and TLS, milliseconds. */
  readonly connectMs: number;
  /** From the request to the end of the answer's headers. */
  readonly headersMs: number;
  /** From the first answer to the first whole picture. */
  readonly firstPictureMs: number;
  /** From one whole picture to the next. */
  readonly silenceMs: number;
  /** A polled picture that does not change is sent on again after this. */
  readonly repeatMs: number;
}

export const HTTP_LIMITS: HttpLimits = {
  connectMs: 5000,
  headersMs: 5000,
  firstPictureMs: 8000,
  silenceMs: 5000,
  repeatMs: 2000,
};

/** Calls `expired` with an error once, unless stopped; `next` replaces the step that is waited for. */
export class StepTimer {
  readonly #expired: (error: SightlineError) => void;
  #limit: Limit | null = null;

  constructor(expired: (error: SightlineError) => void) {
    this.#expired = expired;
  }

  /** Waits for a step: `late` is what did not happen when the limit has passed. */
  next(limitMs: number, late: () => SightlineError): void {
    this.stop();
    this.#limit = new Limit(limitMs, () => this.#expired(late()));
  }

  /** Begins the running step's limit anew. */
  refresh(): void {
    this.#limit?.refresh();
  }

  stop(): void {
    this.#limit?.stop();
    this.#limit = null;
  }
}
