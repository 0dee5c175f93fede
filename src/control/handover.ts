// Which worker gets which connection. Each goes to one in turn and is kept until that one has taken it: when it dies
// before, another gets it. While none can take it, it waits; it is never refused because a worker is being replaced.

import { nowUs } from '../base/clock.ts';

/** What is known of a connection here. */
export interface Held {
  /** Lets go of this process's copy of it. */
  destroy(): unknown;
}

/** A worker, as far as it takes connections. */
export interface Taker<C extends Held> {
  /** Sends it; what becomes of it is said by `took` or `leave`. */
  give(id: number, connection: C): void;
}

/** What a worker says of connections. */
export interface Seat {
  /** It took the connection and answers it from now on. */
  took(id: number): void;
  /** Nothing more will be heard of it: what it has not taken goes to others. Leaving twice is harmless. */
  leave(): void;
}

export interface HandoverLimits {
  /** Connections that may wait for a worker. Default 10,000; those beyond are closed. */
  readonly waiting: number;
  /** How long one waits before it is closed, milliseconds. Default 20 s: so long may a worker take to start. */
  readonly waitMs: number;
  /** Connections on their way to one worker. Default 32. */
  readonly underWay: number;
  /** A worker that has not taken one for so long gets no more until it has, milliseconds. Default 1 s. */
  readonly lateMs: number;
}

const LIMITS: HandoverLimits = { waiting: 10_000, waitMs: 20_000, underWay: 32, lateMs: 1000 };

interface Given<C> {
  readonly connection: C;
  readonly sinceUs: number;
}

interface Place<C extends Held> {
  readonly taker: Taker<C>;
  /** Given and not taken, oldest first. */
  readonly given: Map<number, Given<C>>;
}

export class Handover<C extends Held> {
  readonly #limits: HandoverLimits;
  /** In turn: who got the last connection stands at the end. */
  readonly #places: Place<C>[] = [];
  #waiting: Given<C>[] = [];
  #timer: NodeJS.Timeout | null = null;
  #lastId = 0;
  #closed = false;

  constructor(limits: Partial<HandoverLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** Connections that no worker has taken yet. */
  get pending(): number {
    return this.#places.reduce((sum, { given }) => sum + given.size, this.#waiting.length);
  }

  /** Hands a new connection to a worker, or lets it wait for one. */
  offer(connection: C): void {
    if (this.#closed || this.#waiting.length >= this.#limits.waiting) {
      connection.destroy();
      return;
    }
    this.#waiting.push({ connection, sinceUs: nowUs() });
    this.#serve();
  }

  /** A worker serves from now on. */
  join(taker: Taker<C>): Seat {
    const place: Place<C> = { taker, given: new Map() };
    this.#places.unshift(place);
    this.#serve();
    return {
      took: (id) => this.#took(place, id),
      leave: () => this.#leave(place),
    };
  }

  /** Takes no more: who waits is closed. What workers were given stays theirs until they take it or leave. */
  close(): void {
    this.#closed = true;
    for (const { connection } of this.#waiting.splice(0)) connection.destroy();
    this.#planExpiry();
  }

  #took(place: Place<C>, id: number): void {
    const taken = place.given.get(id);
    if (taken === undefined) return;
    const lost: C[] = [];
    for (const [earlier, { connection }] of place.given) {
      place.given.delete(earlier);
      if (earlier === id) break;
      // They are taken in the order in which they were given: this one never arrived.
      lost.push(connection);
    }
    taken.connection.destroy();
    this.#giveBack(lost);
  }

  #leave(place: Place<C>): void {
    const at = this.#places.indexOf(place);
    if (at < 0) return;
    this.#places.splice(at, 1);
    const left = [...place.given.values()].map(({ connection }) => connection);
    place.given.clear();
    this.#giveBack(left);
  }

  /** They wait again, before all who came later. */
  #giveBack(connections: readonly C[]): void {
    if (this.#closed) {
      for (const connection of connections) connection.destroy();
      return;
    }
    const sinceUs = nowUs();
    this.#waiting.unshift(...connections.map((connection) => ({ connection, sinceUs })));
    this.#serve();
  }

  #serve(): void {
    while (this.#waiting.length > 0) {
      const place = this.#next();
      if (place === null) break;
      const { connection } = this.#waiting.shift()!;
      const id = ++this.#lastId;
      place.given.set(id, { connection, sinceUs: nowUs() });
      place.taker.give(id, connection);
    }
    this.#planExpiry();
  }

  /** Whose turn it is among those that keep up; null when none does. */
  #next(): Place<C> | null {
    const at = this.#places.findIndex((place) => this.#keepsUp(place));
    if (at < 0) return null;
    const [place] = this.#places.splice(at, 1);
    this.#places.push(place!);
    return place!;
  }

  #keepsUp({ given }: Place<C>): boolean {
    const oldest = given.values().next().value;
    if (oldest === undefined) return true;
    return given.size < this.#limits.underWay && nowUs() - oldest.sinceUs < this.#limits.lateMs * 1000;
  }

  /** One timer, for whoever waits longest. */
  #planExpiry(): void {
    if (this.#waiting.length === 0) {
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#timer = null;
      return;
    }
    if (this.#timer !== null) return;
    const oldestUs = Math.min(...this.#waiting.map(({ sinceUs }) => sinceUs));
    const restMs = this.#limits.waitMs - (nowUs() - oldestUs) / 1000;
    this.#timer = setTimeout(() => this.#expire(), Math.max(1, restMs));
  }

  #expire(): void {
    this.#timer = null;
    const atUs = nowUs();
    const isOver = ({ sinceUs }: Given<C>): boolean => atUs - sinceUs >= this.#limits.waitMs * 1000;
    for (const { connection } of this.#waiting.filter(isOver)) connection.destroy();
    this.#waiting = this.#waiting.filter((given) => !isOver(given));
    this.#planExpiry();
  }
}
