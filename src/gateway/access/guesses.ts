// Secrets sent with requests must not be found by trying. After a few wrong ones an address is not listened to for a
// minute, whatever it sends, so that a right guess looks like a wrong one. Who sent a right one from there before (a
// viewer behind the same NAT, a program that asks again and again) goes on.

import { AttemptLimit, type AttemptLimits } from '../../base/attempt-limit.ts';
import { SightlineError } from '../../base/errors.ts';

/** More than at the login: a program tries again by itself, a person who mistyped would not so soon. */
const PER_ADDRESS = 10;
const MAX_KNOWN = 1000;

export class Guesses {
  readonly #limit: AttemptLimit;
  /** Address and digest of credentials that were right; the oldest go. */
  readonly #known = new Set<string>();

  constructor(limits: AttemptLimits = {}) {
    this.#limit = new AttemptLimit({ perAddress: PER_ADDRESS, ...limits });
  }

  /** True when a right credential from this address counts. */
  accepts(address: string, digest: string): boolean {
    const known = `${address} ${digest}`;
    if (this.#known.has(known)) return true;
    if (this.#limit.isReached(address)) return false;
    this.#known.add(known);
    if (this.#known.size > MAX_KNOWN) this.#known.delete(this.#known.values().next().value!);
    return true;
  }

  /** Counts a wrong credential. Gives the error to answer with: `unauthorized`, or `too-many-attempts` from now on. */
  refuse(address: string): SightlineError {
    if (this.#limit.isReached(address)) {
      return new SightlineError('too-many-attempts', 'Too many wrong tries to get in came from this address.');
    }
    this.#limit.failed(address);
    return new SightlineError('unauthorized', 'What was sent to get in is not right.');
  }
}
