// Bounds how fast secrets can be guessed: a few wrong tries per address and minute, and not many more from all addresses
// together. Its memory is bounded by the latter.

import { nowUs } from './clock.ts';
import { householdOf } from './network-address.ts';

const WINDOW_US = 60_000_000;

export interface AttemptLimits {
  /** Wrong tries a minute from one address (IPv6: one /64). Default 5. */
  readonly perAddress?: number;
  /** Wrong tries a minute from all addresses together. Default 100. */
  readonly total?: number;
  /** The clock, microseconds, for tests. */
  readonly now?: () => number;
}

export class AttemptLimit {
  readonly #perAddress: number;
  readonly #total: number;
  readonly #now: () => number;
  #failures: { readonly from: string; readonly atUs: number }[] = [];

  constructor({ perAddress = 5, total = 100, now = nowUs }: AttemptLimits = {}) {
    this.#perAddress = perAddress;
    this.#total = total;
    this.#now = now;
  }

  /** True when nobody at this address may try now. */
  isReached(address: string): boolean {
    const sinceUs = this.#now() - WINDOW_US;
    this.#failures = this.#failures.filter(({ atUs }) => atUs > sinceUs);
    if (this.#failures.length >= this.#total) return true;
    const from = householdOf(address);
    return this.#failures.filter((failure) => failure.from === from).length >= this.#perAddress;
  }

  /** Counts a wrong try. */
  failed(address: string): void {
    if (this.#failures.length < this.#total) this.#failures.push({ from: householdOf(address), atUs: this.#now() });
  }
}
