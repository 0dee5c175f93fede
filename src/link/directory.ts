// A consumer's view of where streams are. It dials the right producer for each subscription, waits while a producer is
// being replaced, and subscribes anew by itself when one dies or hands a stream on, so that viewers stay.

import { SightlineError } from '../base/errors.ts';
import { LinkClient } from './client.ts';
import { Connections, endpointKey } from './connections.ts';
import type { Dial } from './connections.ts';
import { DirectorySubscription } from './directory-subscription.ts';
import type { Place } from './directory-subscription.ts';
import type {
  DirectoryEntry,
  Endpoint,
  MediaPort,
  SubscribeRequest,
  Subscription,
  SubscriptionHandlers,
} from './types.ts';

const IDLE_MS = 10_000;
/** The processes hear of a new camera one after the other: who asks for one that is not known yet waits for so long. */
const PATIENCE_MS = 2000;

export interface DirectoryOptions {
  /** Who this consumer is, for the producers' eyes. */
  readonly role: string;
  /** How a producer is reached; a LinkClient over a socket unless a test says otherwise. */
  readonly dial?: Dial;
  /** How long a link without subscriptions stays open, milliseconds. Default 10 s. */
  readonly idleMs?: number;
  /** How long a subscription waits for a camera that has never been heard of, milliseconds. Default 2 s. */
  readonly patienceMs?: number;
}

/** Whether a subscription may still wait for its camera to be heard of. */
interface Patience {
  left: boolean;
}

export class Directory implements MediaPort {
  readonly #connections: Connections;
  readonly #live = new Set<DirectorySubscription>();
  readonly #listeners = new Set<() => void>();
  readonly #patienceMs: number;
  #entries = new Map<string, DirectoryEntry>();
  /** Before the first update nothing is known, so nothing is unknown. */
  #known = false;
  #closed = false;

  constructor(options: DirectoryOptions) {
    this.#patienceMs = options.patienceMs ?? PATIENCE_MS;
    const dial = options.dial ?? ((to) => LinkClient.dial(to));
    this.#connections = new Connections({ role: options.role, dial, idleMs: options.idleMs ?? IDLE_MS });
  }

  /** Takes the whole list, as control pushes it. Live subscriptions move if they must. */
  update(entries: readonly DirectoryEntry[]): void {
    if (this.#closed) return;
    this.#known = true;
    this.#entries = new Map(entries.map((entry) => [entry.uid, entry]));
    for (const subscription of [...this.#live]) subscription.reconsider();
    this.#connections.prune(this.#endpoints());
    for (const listener of [...this.#listeners]) listener();
  }

  entry(uid: string): DirectoryEntry | undefined {
    return this.#entries.get(uid);
  }

  /** Called after each update; returns what stops it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * `packets`, `jpegs` and `push` outlive their producer: it comes back with `tracks` of a new epoch (`push`: with `taken`),
   * and `state` says `opening` meanwhile. `snapshot` is asked again until answered or closed; `slate` fails with `link-closed`. All but slates end
   * with `not-found` as soon as their camera is gone.
   */
  subscribe(request: SubscribeRequest, handlers: SubscriptionHandlers): Subscription {
    const patience: Patience = { left: true };
    const subscription = new DirectorySubscription(request, handlers, {
      connections: this.#connections,
      locate: () => this.#locate(request, patience),
      onDone: () => {
        clearTimeout(timer);
        this.#live.delete(subscription);
      },
    });
    const timer = setTimeout(() => {
      patience.left = false;
      subscription.reconsider();
    }, this.#patienceMs);
    this.#live.add(subscription);
    subscription.reconsider();
    if (!patience.left) clearTimeout(timer);
    return subscription;
  }

  /** Ends every subscription with `stopping` and closes every link, also those being dialled. */
  close(): Promise<void> {
    this.#closed = true;
    for (const subscription of [...this.#live]) subscription.reconsider();
    this.#connections.close();
    this.#listeners.clear();
    return Promise.resolve();
  }

  #locate(request: SubscribeRequest, patience: Patience): Place {
    if (this.#closed) return { problem: new SightlineError('stopping', 'The server is stopping.').toProblem() };
    if (request.kind === 'slate') return { endpoint: this.#anyCodec() };
    const entry = this.#entries.get(request.key.slice(0, request.key.indexOf('/')));
    if (entry === undefined) {
      if (!this.#known || patience.left) return { endpoint: null };
      return { problem: new SightlineError('not-found', 'There is no such camera.').toProblem() };
    }
    patience.left = false;
    const fromOrigin = isFromOrigin(request, entry);
    // What cannot be decoded can still be had as the camera sends it.
    const isHad = fromOrigin && entry.problem?.code === 'quarantined';
    if (entry.problem !== null && !isHad) return { problem: entry.problem };
    return { endpoint: fromOrigin ? entry.origin : entry.codec };
  }

  #anyCodec(): Endpoint | null {
    for (const entry of this.#entries.values()) if (entry.codec !== null) return entry.codec;
    return null;
  }

  #endpoints(): Set<string> {
    const keys = new Set<string>();
    for (const { origin, codec } of this.#entries.values()) {
      if (origin !== null) keys.add(endpointKey(origin));
      if (codec !== null) keys.add(endpointKey(codec));
    }
    return keys;
  }
}

/**
 * Who serves it: of a camera's own stream packets the origin, pictures as the camera has them too when it sends JPEG; all
 * else codec, and everything of streams that processors make.
 */
function isFromOrigin(request: Exclude<SubscribeRequest, { kind: 'slate' }>, entry: DirectoryEntry): boolean {
  if (!request.key.endsWith('/main') || request.kind === 'kept') return false;
  if (request.kind === 'packets' || request.kind === 'push') return true;
  if (request.kind === 'jpegs' && request.pixels !== undefined) return false;
  return entry.passthrough && request.width === null && request.quality === null;
}
