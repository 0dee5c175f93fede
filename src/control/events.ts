// What processors found, as control takes it from codec: each event gets its id, its camera's id and its time on the
// wall, is kept for a while and counted. Gateways read what is kept.

import { FloodGuard } from '../base/flood-guard.ts';
import { nowUs, wallUs } from '../base/clock.ts';
import type { EventCount } from '../link/control-view.ts';
import { KeptEvents } from '../link/kept-events.ts';
import type { ProcessorEvent } from '../link/processors.ts';
import type { Books } from './log.ts';

/** One processor tells no more in a second; what one frame may hold (100) always gets through. */
const MAX_IN_A_SECOND = 100;
const MAX_BYTES = 16 * 1024;
/** More types of one processor are counted together. */
const MAX_TYPES = 32;

/** The camera that an event is of. */
interface EventCamera {
  readonly uid: string;
  readonly id: string;
}

/** What is known of one processor's events. */
interface Teller {
  readonly uid: string;
  readonly processor: string;
  readonly guard: FloodGuard;
  readonly counts: Map<string, number>;
  /** What was complained about already. */
  readonly said: Set<string>;
}

export class Events {
  readonly kept = new KeptEvents();
  readonly #books: Books;
  readonly #tellers = new Map<string, Teller>();
  #lastId = 0;

  constructor(books: Books) {
    this.#books = books;
  }

  /** Takes what was found at one camera, in order. */
  take(camera: EventCamera, events: readonly ProcessorEvent[]): void {
    const good = events.filter((event) => this.#isTaken(camera, event));
    this.kept.add(
      good.map(({ capturedAtUs, ...event }) => {
        return { ...event, id: this.#nextId(), camera: camera.id, capturedUnixUs: Math.round(wallUs(capturedAtUs)) };
      }),
    );
  }

  /** How many were taken, by camera, processor and type. */
  counts(): EventCount[] {
    return [...this.#tellers.values()].flatMap(({ uid, processor, counts }) =>
      Array.from(counts, ([type, count]) => ({ uid, processor, type, count })),
    );
  }

  /** Forgets cameras that are no more. */
  retain(uids: ReadonlySet<string>): void {
    for (const [key, { uid }] of this.#tellers) if (!uids.has(uid)) this.#tellers.delete(key);
    this.kept.retain(uids);
  }

  #isTaken(camera: EventCamera, event: ProcessorEvent): boolean {
    const teller = this.#teller(event);
    if (teller.guard.isFlood(1, nowUs())) {
      this.#say(camera, teller, `more than ${MAX_IN_A_SECOND} events in a second: the rest is dropped`);
      return false;
    }
    if (JSON.stringify(event).length > MAX_BYTES) {
      this.#say(camera, teller, `an event of more than ${MAX_BYTES / 1024} KB: such are dropped`);
      return false;
    }
    const { counts } = teller;
    const type = counts.has(event.type) || counts.size < MAX_TYPES ? event.type : 'other';
    counts.set(type, (counts.get(type) ?? 0) + 1);
    return true;
  }

  /** Once for each processor and complaint. */
  #say(camera: EventCamera, { processor, said }: Teller, what: string): void {
    if (said.has(what)) return;
    said.add(what);
    const { log, journal } = this.#books;
    log.warn({ camera: camera.id, processor }, `the processor gave ${what}`);
    journal.note({ level: 'warn', about: camera, text: `the processor ${processor} gave ${what}`, code: null });
  }

  #teller({ uid, processor }: ProcessorEvent): Teller {
    const key = `${uid}/${processor}`;
    let teller = this.#tellers.get(key);
    if (teller === undefined) {
      const guard = new FloodGuard(MAX_IN_A_SECOND);
      teller = { uid, processor, guard, counts: new Map(), said: new Set() };
      this.#tellers.set(key, teller);
    }
    return teller;
  }

  /** Unix time in microseconds, or the next number where that does not rise: two at once, or a clock that was set back. */
  #nextId(): number {
    this.#lastId = Math.max(this.#lastId + 1, Math.floor(wallUs(nowUs())));
    return this.#lastId;
  }
}
