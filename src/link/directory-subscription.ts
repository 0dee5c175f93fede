// One subscription of a directory's consumer, over as many producers as it takes: placed where the directory says,
// moved when that changes, retried with backoff when the producer goes.

import { Backoff } from '../base/backoff.ts';
import { nowUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import type { Problem } from '../base/errors.ts';
import type { PushedPicture } from '../media/types.ts';
import type { LinkClient } from './client.ts';
import { endpointKey } from './connections.ts';
import type { Connections, Lease } from './connections.ts';
import type { Endpoint, SubscribeRequest, Subscription, SubscriptionHandlers } from './types.ts';

/** Those that go on with another producer, and are told that they have none meanwhile. */
const OUTLIVES: ReadonlySet<SubscribeRequest['kind']> = new Set(['packets', 'jpegs', 'push'] as const);

/** Where a request is served: null while its producer is being replaced; a problem when it cannot be had. */
export type Place = { readonly endpoint: Endpoint | null } | { readonly problem: Problem };

export interface DirectorySubscriptionOptions {
  readonly connections: Connections;
  readonly locate: () => Place;
  readonly onDone: () => void;
}

/** One try at one producer. What comes of an older try is ignored. */
interface Attempt {
  readonly key: string;
  readonly lease: Lease;
  inner: Subscription | null;
}

export class DirectorySubscription implements Subscription {
  readonly #request: SubscribeRequest;
  readonly #handlers: SubscriptionHandlers;
  readonly #options: DirectorySubscriptionOptions;
  readonly #backoff = new Backoff();
  #attempt: Attempt | null = null;
  #retry: NodeJS.Timeout | null = null;
  /** The endpoint whose retry is being waited for: another one is tried at once. */
  #retryKey = '';
  #saidAway = false;
  #begun = false;
  #done = false;

  constructor(request: SubscribeRequest, handlers: SubscriptionHandlers, options: DirectorySubscriptionOptions) {
    this.#request = request;
    this.#handlers = handlers;
    this.#options = options;
  }

  put(picture: PushedPicture): boolean {
    return this.#attempt?.inner?.put?.(picture) ?? false;
  }

  close(): void {
    if (this.#done) return;
    this.#done = true;
    this.#leave();
    this.#clearRetry();
    this.#options.onDone();
  }

  /** Looks again where the stream is, and goes there. */
  reconsider(): void {
    if (this.#done) return;
    const place = this.#options.locate();
    if ('problem' in place) {
      this.#finishSoon(place.problem);
      return;
    }
    if (place.endpoint === null) {
      this.#clearRetry();
      if (this.#attempt === null) return;
      this.#leave();
      this.#sayAway(movedProblem());
      return;
    }
    const key = endpointKey(place.endpoint);
    if (this.#attempt?.key === key || (this.#retry !== null && this.#retryKey === key)) return;
    this.#clearRetry();
    // What was sent there and not answered is lost: its sender hears that before it hears of the next one.
    if (this.#request.kind === 'push' && this.#attempt !== null) this.#sayAway(movedProblem());
    this.#leave();
    this.#go(key, place.endpoint);
  }

  #go(key: string, endpoint: Endpoint): void {
    const lease = this.#options.connections.acquire(endpoint);
    const attempt: Attempt = { key, lease, inner: null };
    this.#attempt = attempt;
    if (lease.client !== null && !lease.client.closed) {
      this.#open(attempt, lease.client);
      return;
    }
    lease.dialled.then(
      (client) => this.#open(attempt, client),
      (error: unknown) => this.#ended(attempt, SightlineError.from(error, 'link-closed').toProblem()),
    );
  }

  #open(attempt: Attempt, client: LinkClient): void {
    if (this.#attempt !== attempt) return;
    const handlers = this.#handlers;
    attempt.inner = client.subscribe(this.#request, {
      tracks: (epoch, tracks, liveSequence) => {
        this.#arrived();
        handlers.tracks?.(epoch, tracks, liveSequence);
      },
      packet: (packet) => handlers.packet?.(packet),
      jpeg: (jpeg) => {
        if (this.#saidAway || !this.#begun) this.#arrived();
        handlers.jpeg?.(jpeg);
      },
      gap: (dropped) => handlers.gap?.(dropped),
      state: (state) => handlers.state?.(state),
      taken: (sequence) => {
        this.#arrived();
        handlers.taken?.(sequence);
      },
      end: (problem) => this.#ended(attempt, problem),
    });
  }

  /** The producer delivers: a later failure is a first one again. */
  #arrived(): void {
    this.#begun = true;
    this.#saidAway = false;
    this.#backoff.reset();
  }

  #ended(attempt: Attempt, problem: Problem | null): void {
    if (this.#attempt !== attempt) return;
    this.#leave();
    if (problem === null || !this.#mayRetry(problem)) {
      this.#finish(problem);
      return;
    }
    this.#sayAway(problem);
    if (this.#done) return;
    this.#retryKey = attempt.key;
    this.#retry = setTimeout(
      () => {
        this.#retry = null;
        this.reconsider();
      },
      this.#backoff.nextMs({ watched: true }),
    );
    this.reconsider();
  }

  #mayRetry(problem: Problem): boolean {
    if (this.#request.kind === 'slate') return false;
    return problem.code === 'link-closed' || problem.code === 'stream-moved';
  }

  #sayAway(reason: Problem): void {
    if (this.#saidAway || !OUTLIVES.has(this.#request.kind)) return;
    this.#saidAway = true;
    this.#begun = false;
    this.#handlers.state?.({ state: 'opening', sinceUs: nowUs(), reason });
  }

  /** The consumer has its Subscription in hand before it hears of an end. */
  #finishSoon(problem: Problem): void {
    this.#leave();
    this.#clearRetry();
    this.#options.onDone();
    queueMicrotask(() => this.#finish(problem));
  }

  #finish(problem: Problem | null): void {
    if (this.#done) return;
    this.close();
    this.#handlers.end(problem);
  }

  #leave(): void {
    const attempt = this.#attempt;
    if (attempt === null) return;
    this.#attempt = null;
    attempt.inner?.close();
    attempt.lease.release();
  }

  #clearRetry(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
  }
}

function movedProblem(): Problem {
  return new SightlineError('link-closed', 'The part of the server that served this is being replaced.').toProblem();
}
