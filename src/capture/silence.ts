// How long a session has given nothing, looked at from a timer of this process.

import { nowUs } from '../base/clock.ts';

/** Looked for so rarely, this process itself stood still. */
const BLOCKED_US = 1_000_000;

/** Of one session, which begins now. */
export class Silence {
  readonly #startedUs = nowUs();
  #lookedUs = this.#startedUs;
  #lastUnitUs = 0;

  /** A unit came. */
  note(atUs: number): void {
    this.#lastUnitUs = atUs;
  }

  /** Something has come. */
  get isBroken(): boolean {
    return this.#lastUnitUs > 0;
  }

  /** The last unit, or the beginning of the session. */
  get sinceUs(): number {
    return Math.max(this.#lastUnitUs, this.#startedUs);
  }

  /** Its length; 0 after a stall of our own, for this runs before what has arrived meanwhile is read. */
  look(): number {
    const now = nowUs();
    const wasBlocked = now - this.#lookedUs > BLOCKED_US;
    this.#lookedUs = now;
    return wasBlocked ? 0 : now - this.sinceUs;
  }
}
