// How fast discovery may send: every datagram and every connection takes its packets from here first, so that a network
// of cheap cameras and switches does not feel that somebody looks. What the kernel sends for us is counted too.

import { setTimeout as sleep } from 'node:timers/promises';
import { nowUs } from '../base/clock.ts';

/** Packets a second of one run, all ways together: what is promised is under 200 in any second, and they do not go evenly. */
export const USUAL_RATE = 172;
/** So many may go at once after a pause. */
const BURST = 4;

export interface Packets {
  /** How many are sent at once, and soon after as answers come. A connection that asks one thing is 6. Default 1. */
  readonly now?: number;
  /** When the kernel will send one more, unasked: ARP repeats an unanswered question after 1 s and 2 s. */
  readonly laterMs?: readonly number[];
}

/** Hands out the slots of a calendar, each as long as one packet may take. */
export class PacketBudget {
  readonly #slotUs: number;
  /** Those that are taken, from now on. */
  readonly #taken = new Set<number>();
  #firstFree = 0;
  #granted = 0;

  constructor(perSecond: number = USUAL_RATE) {
    this.#slotUs = 1e6 / perSecond;
  }

  /** So many were granted. */
  get granted(): number {
    return this.#granted;
  }

  /**
   * Resolves when the packets may go: turns are given in the order of asking. What it resolves with gives those that were
   * to come later back, once it is known that they will not. Rejects with the reason of the signal.
   */
  async take(signal: AbortSignal, { now = 1, laterMs = [] }: Packets = {}): Promise<() => void> {
    signal.throwIfAborted();
    const nowSlot = Math.floor(nowUs() / this.#slotUs);
    this.#forget(nowSlot - BURST);
    const first = this.#reserve(this.#firstFree);
    for (let more = 1; more < now; more++) this.#reserve(first);
    const later = laterMs.map((ms) => this.#reserve(first + Math.floor((ms * 1000) / this.#slotUs)));
    const waitMs = ((first - nowSlot) * this.#slotUs) / 1000;
    if (waitMs > 0) {
      await sleep(waitMs, undefined, { signal }).catch((error: unknown) => {
        signal.throwIfAborted();
        throw error;
      });
    }
    return () => this.#giveBack(later);
  }

  #giveBack(slots: readonly number[]): void {
    for (const slot of slots) {
      if (!this.#taken.delete(slot)) continue;
      this.#granted--;
      this.#firstFree = Math.min(this.#firstFree, slot);
    }
  }

  /** The first free slot from here on. */
  #reserve(from: number): number {
    let slot = from;
    while (this.#taken.has(slot)) slot++;
    this.#taken.add(slot);
    this.#granted++;
    return slot;
  }

  /** Lets go of what has passed, and moves on to the first slot that is still free. */
  #forget(before: number): void {
    if (before > this.#firstFree) {
      for (const slot of this.#taken) if (slot < before) this.#taken.delete(slot);
      this.#firstFree = before;
    }
    while (this.#taken.has(this.#firstFree)) this.#firstFree++;
  }
}
