// Sends the newest state of something over a lane, one at a time: while the last one is not acknowledged nothing more
// is sent, so a slow receiver gets fewer of them and the sender's memory does not grow.

import { nowUs } from '../base/clock.ts';

export interface NewestOptions {
  /** Sends what is so now; resolves when the other side has it. A rejection ends the sending: the lane is gone. */
  readonly send: () => Promise<unknown>;
  /** At least so long between two that nobody waits for, milliseconds. Default 0: at most one a tick. */
  readonly gapMs?: number;
}

export class Newest {
  readonly #send: () => Promise<unknown>;
  readonly #gapUs: number;
  #due = false;
  #underWay = false;
  #sentUs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;
  /** Those who wait for the next one that is sent to be acknowledged. */
  #waiting: (() => void)[] = [];

  constructor({ send, gapMs = 0 }: NewestOptions) {
    this.#send = send;
    this.#gapUs = gapMs * 1000;
  }

  /** Says that something changed; several changes of one tick are sent together. */
  push(): void {
    if (this.#closed) return;
    this.#due = true;
    this.#plan();
  }

  /** Sends what is so now as soon as may be; resolves when the other side has it, or never will. */
  settle(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#waiting.push(() => resolve(undefined));
    this.#due = true;
    if (!this.#underWay) this.#go();
    return promise;
  }

  /** Sends nothing more; who waits waits no longer. Closing twice is harmless. */
  close(): void {
    this.#closed = true;
    this.#cancel();
    for (const done of this.#waiting.splice(0)) done();
  }

  #plan(): void {
    if (this.#underWay || this.#timer !== null) return;
    const restUs = this.#sentUs + this.#gapUs - nowUs();
    this.#timer = setTimeout(() => this.#go(), Math.max(0, restUs / 1000));
  }

  #go(): void {
    this.#cancel();
    this.#due = false;
    this.#underWay = true;
    this.#sentUs = nowUs();
    const waited = this.#waiting.splice(0);
    const over = (): void => waited.forEach((done) => done());
    this.#send().then(
      () => {
        this.#underWay = false;
        over();
        if (this.#closed || !this.#due) return;
        if (this.#waiting.length > 0) this.#go();
        else this.#plan();
      },
      () => {
        over();
        this.close();
      },
    );
  }

  #cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
