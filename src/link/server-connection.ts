// One consumer's connection at a producer: checks its hello, turns its subscriptions into feeds, and pulls from them,
// turn by turn, only while the socket takes it. What does not fit stays in the feed, which drops by its own rules.

import { createHash, timingSafeEqual } from 'node:crypto';
import { SightlineError } from '../base/errors.ts';
import type { Problem } from '../base/errors.ts';
import type { Channel } from './channel.ts';
import { fromJson, pictureFromWire, toWire } from './messages.ts';
import type { Hello } from './messages.ts';
import type { Feed, Provide, SubscribeRequest } from './types.ts';
import { emptyHead, KIND, LINK_VERSION, MAX_BODY_BYTES, MAX_PUSHED_BYTES, resetHead } from './wire.ts';
import type { Head } from './wire.ts';

/** Feeds are pulled only while less than this waits in the socket's queue. */
const QUEUE_LIMIT_BYTES = 256 * 1024;
/** One subscription sends so much before the next has its turn. */
const TURN_BYTES = 128 * 1024;
/** Longest body from a consumer before its hello, and of a subscription; pictures that it sends may be longer. */
const MAX_HELLO_BYTES = 4 * 1024;
const MAX_REQUEST_BYTES = 64 * 1024;
const HELLO_TIMEOUT_MS = 5_000;
const NO_BODY = Buffer.alloc(0);

/** One subscription. It stands in the queue of turns while its feed may have something. */
interface Outlet {
  readonly id: number;
  readonly feed: Feed;
  queued: boolean;
  ended: boolean;
}

export interface ConnectionOptions {
  readonly token: string;
  readonly provide: Provide;
  readonly onClose: () => void;
}

export class ServerConnection {
  readonly #channel: Channel;
  readonly #options: ConnectionOptions;
  readonly #outlets = new Map<number, Outlet>();
  readonly #turns: Outlet[] = [];
  readonly #head = emptyHead();
  #pumping = false;
  #greeted = false;
  readonly #helloTimer: NodeJS.Timeout;

  constructor(channel: Channel, options: ConnectionOptions) {
    this.#channel = channel;
    this.#options = options;
    channel.maxBodyBytes = MAX_HELLO_BYTES;
    channel.onMessage = (head, body) => this.#receive(head, body);
    channel.onFree = () => this.#pump();
    channel.onClose = () => this.#closed();
    this.#helloTimer = setTimeout(() => this.#refuse('said no hello in time'), HELLO_TIMEOUT_MS);
  }

  close(): void {
    this.#channel.close();
  }

  #receive(head: Head, body: Buffer): void {
    if (!this.#greeted) this.#greet(head, body);
    else if (head.kind === KIND.picture) this.#outlets.get(head.subscription)?.feed.put?.(pictureFromWire(head, body));
    else if (head.kind === KIND.subscribe) this.#subscribe(head.subscription, body);
    else if (head.kind === KIND.unsubscribe) this.#remove(head.subscription);
    else throw new SightlineError('link-closed', `A consumer must not send a message of kind ${head.kind}.`);
  }

  #greet(head: Head, body: Buffer): void {
    if (head.kind !== KIND.hello) {
      this.#refuse('said no hello');
      return;
    }
    const hello = fromJson(body) as Partial<Hello> | null;
    if (hello?.v !== LINK_VERSION) {
      this.#refuse(`speaks version ${String(hello?.v)} of the link, not ${LINK_VERSION}`);
    } else if (!sameText(hello.token, this.#options.token)) {
      this.#refuse('has the wrong token');
    } else {
      clearTimeout(this.#helloTimer);
      this.#greeted = true;
      this.#channel.maxBodyBytes = MAX_PUSHED_BYTES;
      this.#channel.send(resetHead(this.#head, KIND.welcome, 0), NO_BODY);
    }
  }

  #refuse(reason: string): void {
    clearTimeout(this.#helloTimer);
    this.#sendEnd(0, new SightlineError('link-closed', `The consumer ${reason}.`).toProblem());
    this.#channel.end();
  }

  #subscribe(id: number, body: Buffer): void {
    let feed: Feed;
    try {
      if (body.length > MAX_REQUEST_BYTES) throw new SightlineError('internal', 'A subscription is too long.');
      if (this.#outlets.has(id)) throw new SightlineError('internal', `Subscription ${id} exists already.`);
      feed = this.#options.provide(fromJson(body) as SubscribeRequest);
    } catch (error) {
      this.#sendEnd(id, SightlineError.from(error).toProblem());
      return;
    }
    const outlet: Outlet = { id, feed, queued: false, ended: false };
    this.#outlets.set(id, outlet);
    feed.onReady = () => this.#ready(outlet);
    this.#ready(outlet);
  }

  #ready(outlet: Outlet): void {
    this.#enqueue(outlet);
    this.#pump();
  }

  #enqueue(outlet: Outlet): void {
    if (outlet.queued || outlet.ended) return;
    outlet.queued = true;
    this.#turns.push(outlet);
  }

  #pump(): void {
    if (this.#pumping || this.#turns.length === 0 || this.#channel.queuedBytes >= QUEUE_LIMIT_BYTES) return;
    this.#pumping = true;
    this.#channel.cork();
    while (this.#channel.queuedBytes < QUEUE_LIMIT_BYTES) {
      const outlet = this.#turns.shift();
      if (outlet === undefined) break;
      outlet.queued = false;
      if (this.#takeTurn(outlet)) this.#enqueue(outlet);
    }
    this.#channel.uncork();
    this.#pumping = false;
  }

  /** Sends of one feed until its turn is over or the socket is full. True when it may have more. */
  #takeTurn(outlet: Outlet): boolean {
    let left = TURN_BYTES;
    while (!outlet.ended && left > 0 && this.#channel.queuedBytes < QUEUE_LIMIT_BYTES) {
      const message = outlet.feed.take();
      if (message === undefined) return false;
      const body = toWire(this.#head, outlet.id, message);
      if (body.length > MAX_BODY_BYTES) {
        this.#sendEnd(
          outlet.id,
          new SightlineError('internal', `A picture of ${body.length} bytes is too large.`).toProblem(),
        );
        this.#remove(outlet.id);
        return false;
      }
      this.#channel.send(this.#head, body);
      left -= body.length;
      if (message.kind === 'end') this.#remove(outlet.id);
    }
    return !outlet.ended;
  }

  #remove(id: number): void {
    const outlet = this.#outlets.get(id);
    if (outlet === undefined) return;
    this.#outlets.delete(id);
    this.#stop(outlet);
  }

  #stop(outlet: Outlet): void {
    outlet.ended = true;
    outlet.feed.onReady = null;
    outlet.feed.close();
  }

  #sendEnd(id: number, problem: Problem): void {
    const body = toWire(this.#head, id, { kind: 'end', problem });
    this.#channel.send(this.#head, body);
  }

  #closed(): void {
    clearTimeout(this.#helloTimer);
    const outlets = [...this.#outlets.values()];
    this.#outlets.clear();
    this.#turns.length = 0;
    for (const outlet of outlets) this.#stop(outlet);
    this.#options.onClose();
  }
}

/** Compares in constant time. */
function sameText(given: unknown, wanted: string): boolean {
  if (typeof given !== 'string') return false;
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
