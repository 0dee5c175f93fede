// Asks the server's time over the tiles' socket: several times at the beginning, then now and again. The same answers
// show that the socket lives: one that stays silent after a question is dead, whatever the browser thinks of it.

import type { TileMessage } from '../../../src/gateway/api/contract-tiles.ts';
import type { ServerClock } from './clock.ts';

const BURST = 5;
const RESYNC_MS = 10_000;
const BEAT_MS = 1000;
const SILENT_MS = 2000;
/** A beat that comes later than this was held up: the page or its computer slept, which says nothing of the socket. */
const LATE_MS = 2 * BEAT_MS;

interface PulseParts {
  readonly clock: ServerClock;
  readonly ask: (id: number) => void;
  readonly dead: () => void;
}

export class Pulse {
  readonly #parts: PulseParts;
  readonly #asked = new Map<number, number>();
  #nextId = 0;
  #left = 0;
  #heardMs = 0;
  #questionMs: number | null = null;
  #beatMs = 0;
  #syncedMs = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(parts: PulseParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#beatMs = this.#heardMs = performance.now();
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
    this.#burst();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#asked.clear();
    this.#questionMs = null;
  }

  /** Anything came from the server. */
  heard(): void {
    this.#heardMs = performance.now();
    this.#questionMs = null;
  }

  answer({ id, receivedUs, sentUs, wallOffsetUs }: Extract<TileMessage, { type: 'clock' }>): void {
    const askedMs = this.#asked.get(id);
    if (askedMs === undefined) return;
    this.#asked.delete(id);
    this.#parts.clock.add({ askedMs, answeredMs: performance.now(), receivedUs, sentUs, wallOffsetUs });
    this.#left -= 1;
    if (this.#left > 0) this.#ask();
  }

  /** Asks now: the socket is dead unless it answers soon. */
  check(): void {
    this.#burst();
  }

  #beat(): void {
    const nowMs = performance.now();
    const late = nowMs - this.#beatMs > LATE_MS;
    this.#beatMs = nowMs;
    if (late) {
      this.#questionMs = null;
      this.#burst();
    } else if (this.#questionMs !== null && nowMs - this.#questionMs > SILENT_MS) {
      this.#parts.dead();
    } else if (nowMs - this.#syncedMs > RESYNC_MS) {
      this.#burst();
    } else if (nowMs - this.#heardMs > BEAT_MS && this.#questionMs === null) {
      this.#ask();
    }
  }

  #burst(): void {
    this.#syncedMs = performance.now();
    this.#left = BURST;
    this.#ask();
  }

  #ask(): void {
    const nowMs = performance.now();
    this.#questionMs ??= nowMs;
    this.#asked.set(this.#nextId, nowMs);
    this.#parts.ask(this.#nextId);
    this.#nextId += 1;
  }
}
