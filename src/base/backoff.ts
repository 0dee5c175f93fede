// How long to wait before a camera or a link is tried again: at once the first time, then longer and longer, sooner
// while somebody watches, and never all at the same moment.

export interface BackoffSituation {
  /** Somebody is waiting for pictures. */
  readonly watched: boolean;
  /** User and password were refused: more tries may lock the account. */
  readonly refused?: boolean;
}

const FIRST_MS = 500;
const WATCHED_LIMIT_MS = 2_000;
const UNWATCHED_LIMIT_MS = 30_000;

/** Counts failures in a row and says how long to wait before the next try. */
export class Backoff {
  readonly #random: () => number;
  #failures = 0;

  /** `random` gives numbers in [0, 1), for tests. */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  get failures(): number {
    return this.#failures;
  }

  /** Counts a failure; milliseconds until the next try: 0, then about 500, 1000, 2000, ... up to 2 s or 30 s, minus up to a quarter. */
  nextMs(situation: BackoffSituation): number {
    const failure = this.#failures++;
    if (failure === 0 && situation.refused !== true) return 0;
    const limitMs = situation.watched && situation.refused !== true ? WATCHED_LIMIT_MS : UNWATCHED_LIMIT_MS;
    const doublings = Math.min(Math.max(0, failure - 1), 10);
    const ms = Math.min(limitMs, FIRST_MS * 2 ** doublings);
    return Math.round(ms * (1 - this.#random() / 4));
  }

  /** Forgets the failures: after something worked for a while. */
  reset(): void {
    this.#failures = 0;
  }
}
