// The newest events of all cameras, in the order in which control got them: control keeps them, and each gateway worker
// has the same ones from it. Who reads them remembers how far it is, so that a slow reader costs no memory.

import { KEPT_PICTURES } from './processors.ts';
import type { KeptEvent } from './processors.ts';

const MAX_KEPT = 1000;
const MAX_BYTES = 2 * 1024 * 1024;

/** Events as those see them who only read. */
export interface EventView {
  /** Id of the newest; 0 without any. */
  readonly newestId: number;
  /** Those that are kept and came after this one, the oldest first. */
  after(id: number): readonly KeptEvent[];
  /** The newest that match, the oldest first. */
  newest(limit: number, matches?: (event: KeptEvent) => boolean): readonly KeptEvent[];
  find(id: number): KeptEvent | undefined;
  /** False when the picture that it was found in cannot be there any more. */
  hasPicture(event: KeptEvent): boolean;
  /** Called with new ones when they are kept already; returns what ends it. */
  listen(listener: (events: readonly KeptEvent[]) => void): () => void;
}

export class KeptEvents implements EventView {
  #kept: KeptEvent[] = [];
  readonly #sizes = new WeakMap<KeptEvent, number>();
  #bytes = 0;
  #newestId = 0;
  /** The newest pictures with events, by the camera's uid. */
  readonly #pictured = new Map<string, Set<number>>();
  readonly #listeners = new Set<(events: readonly KeptEvent[]) => void>();

  get newestId(): number {
    return this.#newestId;
  }

  /** Ids rise from one to the next. */
  add(events: readonly KeptEvent[]): void {
    if (events.length === 0) return;
    for (const event of events) this.#keep(event);
    let out = 0;
    while (this.#kept.length - out > MAX_KEPT || this.#bytes > MAX_BYTES)
      this.#bytes -= this.#sizeOf(this.#kept[out++]);
    this.#kept.splice(0, out);
    for (const listener of [...this.#listeners]) listener(events);
  }

  /** Forgets the events of cameras that are no more. */
  retain(uids: ReadonlySet<string>): void {
    for (const uid of this.#pictured.keys()) if (!uids.has(uid)) this.#pictured.delete(uid);
    this.#kept = this.#kept.filter(({ uid }) => uids.has(uid));
    this.#bytes = this.#kept.reduce((sum, event) => sum + this.#sizeOf(event), 0);
  }

  after(id: number): readonly KeptEvent[] {
    return this.#kept.slice(this.#place(id + 1));
  }

  newest(limit: number, matches: (event: KeptEvent) => boolean = () => true): readonly KeptEvent[] {
    const found: KeptEvent[] = [];
    for (let at = this.#kept.length - 1; at >= 0 && found.length < limit; at--) {
      const event = this.#kept[at]!;
      if (matches(event)) found.push(event);
    }
    return found.reverse();
  }

  find(id: number): KeptEvent | undefined {
    const event = this.#kept[this.#place(id)];
    return event?.id === id ? event : undefined;
  }

  hasPicture({ uid, sequence }: KeptEvent): boolean {
    return this.#pictured.get(uid)?.has(sequence) === true;
  }

  listen(listener: (events: readonly KeptEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #keep(event: KeptEvent): void {
    this.#kept.push(event);
    this.#sizes.set(event, JSON.stringify(event).length);
    this.#bytes += this.#sizeOf(event);
    this.#newestId = event.id;
    const pictured = this.#pictured.get(event.uid) ?? new Set();
    this.#pictured.set(event.uid, pictured.add(event.sequence));
    for (const oldest of pictured) {
      if (pictured.size <= KEPT_PICTURES) break;
      pictured.delete(oldest);
    }
  }

  #sizeOf(event: KeptEvent | undefined): number {
    return (event && this.#sizes.get(event)) ?? 0;
  }

  /** Index of the first event whose id is not below `id`. */
  #place(id: number): number {
    let low = 0;
    let high = this.#kept.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#kept[middle]!.id < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
