// Fan-out of one stream of items (Packets, Frames or Jpegs) to many Readers, inside one process.
// States go `closed -> opening -> open -> lingering -> closing` and transitions are serial: there is never a second
// session of the source, whenever readers come and go.

import { nowUs } from './clock.ts';
import { SightlineError } from './errors.ts';
import { KeptGroup } from './hub-keep.ts';
import { HubReader } from './hub-reader.ts';
import type { Offer } from './hub-reader.ts';
import type { HubContract, HubOptions, HubState, Reader, ReaderOptions } from './hub-types.ts';

export type * from './hub-types.ts';

export class Hub<T> implements HubContract<T> {
  readonly #options: HubOptions<T>;
  readonly #kept: KeptGroup<T> | null;
  readonly #holds = new Set<object>();
  #readers: HubReader<T>[] = [];
  #count = 0;
  /** Depth of fan-outs under way: the list of readers is not compacted inside one. */
  #fanning = 0;
  #turn = 0;
  #state: HubState = 'closed';
  #session: AbortController | null = null;
  #grace: NodeJS.Timeout | null = null;
  /** Settles when the session under way has been closed. */
  #settled: Promise<void> = Promise.resolve();

  constructor(options: HubOptions<T>) {
    this.#options = options;
    this.#kept = options.keep === null ? null : new KeptGroup(options.traits, options.keep);
  }

  get name(): string {
    return this.#options.name;
  }

  get state(): HubState {
    return this.#state;
  }

  get readerCount(): number {
    return this.#count;
  }

  attach(options: ReaderOptions): Reader<T> {
    const reader = new HubReader(this.#options.traits, options, () => this.#detached());
    if (options.start === 'group') this.#handOver(reader, options);
    this.#readers.push(reader);
    this.#count++;
    this.#demandRose();
    return reader;
  }

  publish(item: T): void {
    if (this.#state === 'closed' || this.#state === 'closing') return;
    const { traits } = this.#options;
    const offer: Offer<T> = { item, bytes: traits.bytes(item), startsGroup: traits.startsGroup(item), atUs: nowUs() };
    this.#kept?.add(item, offer.startsGroup, offer.atUs);
    const readers = this.#readers;
    const { length } = readers;
    if (length === 0) return;
    this.#fanning++;
    const start = this.#turn++ % length;
    for (let n = 0, at = start; n < length; n++, at = at + 1 === length ? 0 : at + 1) {
      const reader = readers[at]!;
      if (reader.offer(offer)) reader.onReady?.();
    }
    this.#fanning--;
    this.#compact();
  }

  newest(): T | undefined {
    return this.#kept?.items.at(-1);
  }

  forget(): void {
    this.#kept?.clear();
  }

  hold(): () => void {
    const key = {};
    this.#holds.add(key);
    this.#demandRose();
    return () => {
      if (this.#holds.delete(key)) this.#demandFell();
    };
  }

  close(error: unknown = new SightlineError('stream-moved', `${this.name} was closed.`)): Promise<void> {
    this.#holds.clear();
    this.#stopSession();
    const settled = this.#settled;
    this.#endAll(error);
    return settled;
  }

  #handOver(reader: HubReader<T>, options: ReaderOptions): void {
    const items = this.#kept?.items ?? [];
    const { traits } = this.#options;
    const atUs = nowUs();
    for (let at = options.policy === 'latest' ? Math.max(0, items.length - 1) : 0; at < items.length; at++) {
      const item = items[at]!;
      reader.offer({ item, bytes: traits.bytes(item), startsGroup: traits.startsGroup(item), atUs });
    }
  }

  #endAll(error: unknown): void {
    const readers = this.#readers.slice();
    for (const reader of readers) reader.end(error);
  }

  #detached(): void {
    this.#count--;
    this.#compact();
    this.#demandFell();
  }

  /** Takes closed readers off the list: in place outside of fan-outs, so that a loop under way never skips one. */
  #compact(): void {
    if (this.#fanning > 0 || this.#count === this.#readers.length) return;
    this.#readers = this.#readers.filter((reader) => !reader.closed);
  }

  get #wanted(): boolean {
    return this.#count > 0 || this.#holds.size > 0;
  }

  #demandRose(): void {
    if (this.#grace !== null) clearTimeout(this.#grace);
    this.#grace = null;
    if (this.#state === 'closed') this.#startSession();
    else if (this.#state === 'lingering') this.#enter('open');
  }

  #demandFell(): void {
    if (this.#wanted || this.#grace !== null) return;
    if (this.#state !== 'open' && this.#state !== 'opening') return;
    if (this.#options.graceMs <= 0) {
      this.#stopSession();
      return;
    }
    this.#grace = setTimeout(() => {
      this.#grace = null;
      this.#stopSession();
    }, this.#options.graceMs);
    if (this.#state === 'open') this.#enter('lingering');
  }

  #startSession(): void {
    const session = new AbortController();
    this.#session = session;
    this.#enter('opening');
    this.#settled = this.#runSession(session);
  }

  #stopSession(): void {
    if (this.#grace !== null) clearTimeout(this.#grace);
    this.#grace = null;
    if (this.#session === null || this.#session.signal.aborted) return;
    this.forget();
    this.#enter('closing');
    this.#session.abort();
  }

  /** One session from its opening to its end. The only place that opens and closes the source. */
  async #runSession(session: AbortController): Promise<void> {
    let closeSource: () => Promise<void>;
    try {
      closeSource = await this.#options.open(session.signal);
    } catch (error) {
      this.#failed(session, error);
      return;
    }
    if (!session.signal.aborted) {
      this.#enter(this.#wanted ? 'open' : 'lingering');
      await aborted(session.signal);
    }
    try {
      await closeSource();
    } catch (error) {
      this.#options.onCloseError?.(error);
    }
    this.#sessionEnded();
  }

  #failed(session: AbortController, error: unknown): void {
    if (session.signal.aborted) {
      this.#sessionEnded();
      return;
    }
    if (this.#grace !== null) clearTimeout(this.#grace);
    this.#grace = null;
    this.forget();
    this.#session = null;
    this.#enter('closed');
    this.#endAll(error);
  }

  #sessionEnded(): void {
    this.#session = null;
    this.#enter('closed');
    if (this.#wanted && this.#state === 'closed') this.#startSession();
  }

  #enter(state: HubState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onState?.(state);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
