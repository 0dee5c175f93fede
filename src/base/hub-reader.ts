// One reader of a hub: a bounded queue that drops whole groups, or all but the newest item, never blocks and never
// grows past its bound. The hub offers items; the consumer takes them when it can.

import { SightlineError } from './errors.ts';
import type { HubTraits, Reader, ReaderCounters, ReaderOptions } from './hub-types.ts';

const DEFAULT_MAX_BYTES = 8 * 1024 * 1024;
const DEFAULT_MAX_AGE_MS = 10_000;
/** Taken slots at the front of the queue are cut off when there are this many. */
const COMPACT_AT = 64;

/** What the hub computes once for all readers of an item. */
export interface Offer<T> {
  item: T;
  bytes: number;
  startsGroup: boolean;
  atUs: number;
}

export class HubReader<T> implements Reader<T> {
  onReady: (() => void) | null = null;
  onEnd: ((error: unknown) => void) | null = null;
  readonly counters: { -readonly [K in keyof ReaderCounters]: ReaderCounters[K] } = {
    taken: 0,
    dropped: 0,
    takenBytes: 0,
  };
  readonly #traits: HubTraits<T>;
  readonly #policy: ReaderOptions['policy'];
  readonly #maxBytes: number;
  readonly #maxAgeUs: number;
  readonly #detach: (reader: HubReader<T>) => void;
  #items: (T | undefined)[] = [];
  #timesUs: number[] = [];
  #head = 0;
  #bytes = 0;
  #gap = 0;
  #needsStart: boolean;
  #closed = false;

  constructor(traits: HubTraits<T>, options: ReaderOptions, detach: (reader: HubReader<T>) => void) {
    this.#traits = traits;
    this.#policy = options.policy;
    this.#maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
    this.#maxAgeUs = (options.maxAgeMs ?? DEFAULT_MAX_AGE_MS) * 1000;
    this.#detach = detach;
    this.#needsStart = options.policy !== 'latest';
  }

  get waiting(): number {
    return this.#items.length - this.#head;
  }

  get waitingBytes(): number {
    return this.#bytes;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Queues an item, or drops it or what waits. Returns true when it was queued. */
  offer(offer: Offer<T>): boolean {
    if (this.#closed) return false;
    if (this.#policy === 'latest') this.#drop(this.waiting);
    else if (this.#needsStart && !offer.startsGroup) return this.#skip();
    else if (this.#isOver(offer) && !this.#makeRoom(offer)) return false;
    this.#needsStart = false;
    this.#traits.retain?.(offer.item);
    this.#items.push(offer.item);
    this.#timesUs.push(offer.atUs);
    this.#bytes += offer.bytes;
    return true;
  }

  take(): T | undefined {
    if (this.#head === this.#items.length) return undefined;
    const item = this.#shift();
    this.counters.taken++;
    this.counters.takenBytes += this.#traits.bytes(item);
    return item;
  }

  takeGap(): number {
    const gap = this.#gap;
    this.#gap = 0;
    return gap;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#clear();
    this.#detach(this);
  }

  /** The hub's own ending: like `close`, and `onEnd` is told. */
  end(error: unknown): void {
    if (this.#closed) return;
    this.close();
    this.onEnd?.(error);
  }

  #isOver(offer: Offer<T>): boolean {
    if (this.waiting === 0) return false;
    return this.#bytes + offer.bytes > this.#maxBytes || offer.atUs - this.#timesUs[this.#head]! > this.#maxAgeUs;
  }

  /** Past the bound: back to the newest waiting group start that fits, else to the next one to come. */
  #makeRoom(offer: Offer<T>): boolean {
    if (this.#policy === 'lossless') {
      this.end(new SightlineError('too-slow', 'A reader that must not lose anything fell too far behind.'));
      return false;
    }
    if (offer.startsGroup) {
      this.#drop(this.waiting);
      return true;
    }
    this.#drop(this.#untilNewestStart());
    if (this.waiting > 0 && !this.#isOver(offer)) return true;
    this.#drop(this.waiting);
    this.#needsStart = true;
    return this.#skip();
  }

  /** How many waiting items stand before the newest group start; all when none but the first is one. */
  #untilNewestStart(): number {
    for (let at = this.#items.length - 1; at > this.#head; at--) {
      if (this.#traits.startsGroup(this.#items[at]!)) return at - this.#head;
    }
    return this.waiting;
  }

  /** Before its first item a reader has no gap: it has not begun. */
  #skip(): boolean {
    if (this.counters.taken === 0 && this.counters.dropped === 0) return false;
    this.#gap++;
    this.counters.dropped++;
    return false;
  }

  #drop(count: number): void {
    for (let left = count; left > 0; left--) {
      this.#letGo();
      this.#gap++;
      this.counters.dropped++;
    }
  }

  #shift(): T {
    const item = this.#items[this.#head]!;
    this.#items[this.#head] = undefined;
    this.#head++;
    this.#bytes -= this.#traits.bytes(item);
    if (this.#head === this.#items.length) {
      this.#items.length = 0;
      this.#timesUs.length = 0;
      this.#head = 0;
    } else if (this.#head === COMPACT_AT) {
      this.#items.splice(0, COMPACT_AT);
      this.#timesUs.splice(0, COMPACT_AT);
      this.#head = 0;
    }
    return item;
  }

  #clear(): void {
    while (this.#head < this.#items.length) this.#letGo();
  }

  /** Lets go of the oldest waiting item. */
  #letGo(): void {
    const item = this.#shift();
    this.#traits.release?.(item);
  }
}
