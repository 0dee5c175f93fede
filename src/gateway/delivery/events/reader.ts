// One reader of the events and how far it is. It takes them from where they are kept when its connection has room, so
// nothing waits in memory for it; what was not kept until then is counted and told.

import type { ServerResponse } from 'node:http';
import { nowUs } from '../../../base/clock.ts';
import type { EventView } from '../../../link/kept-events.ts';
import type { KeptEvent } from '../../../link/processors.ts';
import { droppedBlock, HEARTBEAT_BLOCK, openingBlock } from './block.ts';

/** So long a reader that was cut off waits before it comes again. */
const RETRY_MS = 2000;

export interface EventReaderOptions {
  readonly response: ServerResponse;
  readonly events: EventView;
  readonly matches: (event: KeptEvent) => boolean;
  /** The event as a block. */
  readonly blockOf: (event: KeptEvent) => string;
  /** Events up to this one are not given. */
  readonly cursor: number;
}

export class EventReader {
  readonly #options: EventReaderOptions;
  #cursor: number;
  /** How many it should still get. */
  #due: number;
  /** Since when its connection has had no room; null while it has. */
  #blockedUs: number | null = null;

  constructor(options: EventReaderOptions) {
    this.#options = options;
    this.#cursor = options.cursor;
    this.#due = this.#waiting().length;
  }

  begin(): void {
    this.#write(openingBlock(this.#cursor, RETRY_MS));
    this.#pump();
  }

  /** New ones are kept. */
  hear(events: readonly KeptEvent[]): void {
    this.#due += events.filter((event) => event.id > this.#cursor && this.#options.matches(event)).length;
    this.#pump();
  }

  /** Sends a sign of life. False: the reader has taken nothing for so long that it is not there. */
  beat(unreachableMs: number): boolean {
    if (this.#blockedUs === null) this.#write(HEARTBEAT_BLOCK);
    return this.#blockedUs === null || nowUs() - this.#blockedUs < unreachableMs * 1000;
  }

  #waiting(): KeptEvent[] {
    return this.#options.events.after(this.#cursor).filter(this.#options.matches);
  }

  #pump(): void {
    if (this.#blockedUs !== null) return;
    const waiting = this.#waiting();
    const lost = this.#due - waiting.length;
    this.#due = waiting.length;
    if (lost > 0 && !this.#write(droppedBlock(lost))) return;
    for (const event of waiting) {
      this.#cursor = event.id;
      this.#due -= 1;
      if (!this.#write(this.#options.blockOf(event))) return;
    }
    this.#cursor = Math.max(this.#cursor, this.#options.events.newestId);
  }

  /** False: there is no room for more until the connection has drained. */
  #write(text: string): boolean {
    const { response } = this.#options;
    if (response.destroyed || response.writableEnded) return false;
    if (response.write(text)) return true;
    this.#blockedUs = nowUs();
    response.once('drain', () => {
      this.#blockedUs = null;
      this.#pump();
    });
    return false;
  }
}
