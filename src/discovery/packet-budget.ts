// How fast discovery may send: every datagram and every connection takes one from here first, so that a network of cheap
// cameras and switches does not feel that somebody looks.

import { setTimeout as sleep } from 'node:timers/promises';
import { nowUs } from '../base/clock.ts';

/** Packets a second of one run, all ways together. */
export const USUAL_RATE = 180;
/** So many may go at once after a pause. */
const BURST = 8;

export class PacketBudget {
  readonly #intervalUs: number;
  #nextUs = 0;
  #taken = 0;

  constructor(perSecond: number = USUAL_RATE) {
    this.#intervalUs = 1e6 / perSecond;
  }

  /** So many were sent. */
  get taken(): number {
    return this.#taken;
  }

  /** Resolves when the next packet may go, in the order of asking. Rejects with the reason of the signal. */
  async take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#taken++;
    const now = nowUs();
    this.#nextUs = Math.max(this.#nextUs, now - BURST * this.#intervalUs) + this.#intervalUs;
    const waitMs = (this.#nextUs - now) / 1000;
    if (waitMs > 0) await sleep(waitMs, undefined, { signal });
  }
}
