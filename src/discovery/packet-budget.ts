// How fast discovery may send: whatever sends asks here first how many packets it may, and says when they have gone, so
// that no second of a run has 200, wherever it begins and however late our own timers are. A network of cheap cameras and
// switches shall not feel that somebody looks. What the kernel sends for us is counted too.

import { nowUs } from '../base/clock.ts';
import { PacketWindows } from './packet-windows.ts';
import type { Span } from './packet-windows.ts';

/** In any second. Under 200 are promised: the rest is left for what nobody foresees, as a packet that is lost and repeated. */
export const USUAL_MOST = 196;
/** So many may go at once after a pause, or when our timers were late. */
const BURST = 12;
/** Between two looks whether there is room again. */
const LOOK_MS = 5;

/** What the budget knows of time. */
export interface BudgetClock {
  nowUs(): number;
  /** Calls once after about so many milliseconds. */
  after(ms: number, call: () => void): void;
}

const REAL: BudgetClock = { nowUs, after: (ms, call) => void setTimeout(call, ms) };

/** Milliseconds from now. */
export type Interval = readonly [fromMs: number, untilMs: number];

interface Waiting {
  readonly count: number;
  readonly signal: AbortSignal;
  readonly resolve: (allowance: Allowance) => void;
  readonly gaveUp: () => void;
}

/** What an allowance does with its packets. */
interface Book {
  plan(span: Span): void;
  unplan(span: Span): void;
  giveBack(count: number): void;
  now(): number;
}

/** Packets that may be sent. They count for every second until somebody says what became of them: always `end` it. */
export class Allowance {
  readonly #book: Book;
  readonly #fromUs: number;
  #left: number;
  #planned: Span[] = [];

  constructor(book: Book, fromUs: number, count: number) {
    this.#book = book;
    this.#fromUs = fromUs;
    this.#left = count;
  }

  /** So many went between the permission and now. More than were allowed are counted all the same. */
  sent(count = 1): void {
    this.#book.plan({ fromUs: this.#fromUs, untilUs: this.#book.now(), count });
    this.#giveBack(Math.min(count, this.#left));
  }

  /** So many will go by themselves, within that interval. */
  later(count: number, [fromMs, untilMs]: Interval): void {
    const atUs = this.#book.now();
    const span = { fromUs: atUs + fromMs * 1000, untilUs: atUs + untilMs * 1000, count };
    this.#planned.push(span);
    this.#book.plan(span);
    this.#giveBack(Math.min(count, this.#left));
  }

  /** Hands so many of those that are left over to an allowance of their own. */
  split(count: number): Allowance {
    const moved = Math.min(count, this.#left);
    this.#left -= moved;
    return new Allowance(this.#book, this.#fromUs, moved);
  }

  /** Nothing more is sent but what was said to go later. */
  end(): void {
    this.#giveBack(this.#left);
  }

  /** Nothing more is sent, not even later, as far as that has not begun. */
  cancel(): void {
    this.end();
    const atUs = this.#book.now();
    for (const span of this.#planned) if (span.fromUs > atUs) this.#book.unplan(span);
    this.#planned = [];
  }

  #giveBack(count: number): void {
    this.#left -= count;
    this.#book.giveBack(count);
  }
}

/** One for all that looks at the same time. */
export class PacketBudget {
  readonly #most: number;
  readonly #clock: BudgetClock;
  readonly #windows = new PacketWindows();
  readonly #queue: Waiting[] = [];
  /** Allowed, and nobody has said what became of them: they may go in any second. */
  #open = 0;
  /** When the next one may go by the even pace. */
  #nextUs = -Infinity;
  #granted = 0;
  #looks = false;

  /** `most`: packets in any second. */
  constructor(most: number = USUAL_MOST, clock: BudgetClock = REAL) {
    this.#most = most;
    this.#clock = clock;
  }

  /** So many were granted and not given back. */
  get granted(): number {
    return this.#granted;
  }

  /** So many are allowed of which nobody has said what became of them. */
  get open(): number {
    return this.#open;
  }

  /**
   * Resolves when so many packets may go at once or soon after, as answers come: turns are given in the order of asking.
   * Rejects with the reason of the signal. Throws a RangeError for more than ever may go.
   */
  async take(signal: AbortSignal, count = 1): Promise<Allowance> {
    signal.throwIfAborted();
    if (count > this.#most) throw new RangeError(`${count} packets are more than go in a second`);
    const { promise, resolve, reject } = Promise.withResolvers<Allowance>();
    const gaveUp = (): void => {
      this.#queue.splice(this.#queue.indexOf(waiting), 1);
      reject(signal.reason);
    };
    const waiting = { count, signal, resolve, gaveUp };
    signal.addEventListener('abort', gaveUp, { once: true });
    this.#queue.push(waiting);
    this.#look();
    return await promise;
  }

  /** Lets go whose turn it is, and comes back while somebody waits. */
  #look(): void {
    for (let [first] = this.#queue; first !== undefined; [first] = this.#queue) {
      const waitMs = this.#waitMs(first.count);
      if (waitMs > 0) {
        this.#lookIn(waitMs);
        return;
      }
      this.#queue.shift();
      first.signal.removeEventListener('abort', first.gaveUp);
      first.resolve(this.#allow(first.count));
    }
  }

  #lookIn(ms: number): void {
    if (this.#looks) return;
    this.#looks = true;
    this.#clock.after(ms, () => {
      this.#looks = false;
      this.#look();
    });
  }

  /** 0: so many may go now. */
  #waitMs(count: number): number {
    const atUs = this.#clock.nowUs();
    const earlyUs = this.#nextUs - BURST * this.#eachUs - atUs;
    if (earlyUs > 0) return Math.min(LOOK_MS, earlyUs / 1000);
    this.#windows.advance(atUs);
    return this.#windows.most() + this.#open + count > this.#most ? LOOK_MS : 0;
  }

  #allow(count: number): Allowance {
    const atUs = this.#clock.nowUs();
    this.#open += count;
    this.#granted += count;
    this.#nextUs = Math.max(this.#nextUs, atUs) + count * this.#eachUs;
    return new Allowance(this.#book, atUs, count);
  }

  get #eachUs(): number {
    return 1e6 / this.#most;
  }

  readonly #book: Book = {
    plan: (span) => {
      this.#windows.advance(this.#clock.nowUs());
      this.#windows.add(span);
      this.#count(span.count);
    },
    unplan: (span) => {
      this.#windows.advance(this.#clock.nowUs());
      this.#windows.remove(span);
      this.#count(-span.count);
    },
    giveBack: (count) => {
      this.#open -= count;
      this.#count(-count);
      if (count > 0) this.#look();
    },
    now: () => this.#clock.nowUs(),
  };

  #count(count: number): void {
    this.#granted += count;
    this.#nextUs += count * this.#eachUs;
  }
}
