// Searches for cameras: one at a time, started through the API, shown by every gateway while it fills, forgotten after a
// while. How one looks is handed in by the composition root.

import { nowUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import { NO_SEARCH } from '../link/found.ts';
import type { FoundCamera, SearchInfo, SearchWish } from '../link/found.ts';

/** Results name everything on somebody's network: they are not kept for longer than it takes to choose. */
const KEPT_MS = 10 * 60_000;
/** One that does not end by itself is ended after so long, and so much more for each address that is looked at. */
const LIMIT_MS = 60_000;
const LIMIT_PER_ADDRESS_MS = 100;

export interface SearchRequest {
  readonly wish: SearchWish;
  readonly signal: AbortSignal;
  /** All that was found until now, each time something is new. */
  readonly onFound: (cameras: readonly FoundCamera[]) => void;
}

/** One that has begun. */
export interface Searching {
  /** What is looked through: `192.168.1.0/24`. */
  readonly networks: readonly string[];
  /** Rejects with the reason of the signal. */
  readonly ended: Promise<void>;
}

/** Begins to look. Throws `request-invalid` for a network that cannot be meant; what is found comes later. */
export type Search = (request: SearchRequest) => Searching;

export class Searches {
  readonly #search: Search | null;
  readonly #changed: () => void;
  #info: SearchInfo = NO_SEARCH;
  #stop: AbortController | null = null;
  #ended: Promise<void> = Promise.resolve();
  #expiry: NodeJS.Timeout | null = null;

  constructor(search: Search | null, changed: () => void) {
    this.#search = search;
    this.#changed = changed;
  }

  get info(): SearchInfo {
    return this.#info;
  }

  /** Begins one and shows it. Throws `search-running` while there is one, and what is wrong with the wish. */
  start(wish: SearchWish): SearchInfo {
    const search = this.#search;
    if (search === null) throw new SightlineError('internal', 'This process looks for no cameras.');
    if (this.#stop !== null) throw new SightlineError('search-running', 'Cameras are being looked for already.');
    const before = wish.address === null ? [] : this.#info.cameras.filter(({ address }) => address !== wish.address);
    const stop = new AbortController();
    const { networks, ended } = search({
      wish,
      signal: stop.signal,
      onFound: (cameras) => {
        if (this.#stop === stop) this.#show({ ...this.#info, cameras: [...before, ...cameras] });
      },
    });
    if (this.#expiry !== null) clearTimeout(this.#expiry);
    this.#stop = stop;
    this.#show({ ...NO_SEARCH, state: 'running', startedUs: nowUs(), networks, cameras: before });
    this.#ended = this.#untilEnded(ended, stop, limitMs(networks));
    return this.#info;
  }

  /** Ends the one that runs and forgets what was found. */
  async end(): Promise<void> {
    this.#stop?.abort(new SightlineError('stopping', 'The search was ended.', { hint: '' }));
    await this.#ended;
    this.#forget();
  }

  async #untilEnded(ended: Promise<void>, stop: AbortController, withinMs: number): Promise<void> {
    const late = setTimeout(() => {
      stop.abort(new SightlineError('internal', `The search did not end within ${Math.round(withinMs / 1000)} s.`));
    }, withinMs);
    let problem: SearchInfo['problem'] = null;
    try {
      await ended;
    } catch (error) {
      problem = SightlineError.from(error).toProblem();
    }
    clearTimeout(late);
    this.#stop = null;
    const endedUs = nowUs();
    this.#expiry = setTimeout(() => this.#forget(), KEPT_MS);
    this.#show({ ...this.#info, state: 'ended', endedUs, expiresUs: endedUs + KEPT_MS * 1000, problem });
  }

  #forget(): void {
    if (this.#expiry !== null) clearTimeout(this.#expiry);
    this.#expiry = null;
    if (this.#stop === null && this.#info.state !== 'none') this.#show(NO_SEARCH);
  }

  #show(info: SearchInfo): void {
    this.#info = info;
    this.#changed();
  }
}

/** Of networks as `192.168.1.0/24`. */
function limitMs(networks: readonly string[]): number {
  const addresses = networks.map((cidr) => 2 ** (32 - Number(cidr.split('/')[1])));
  return addresses.reduce((sum, count) => sum + count * LIMIT_PER_ADDRESS_MS, LIMIT_MS);
}
