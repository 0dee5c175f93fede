// What processors found, as it happens: server-sent events for any number of readers, each where it is; the newest as a
// list; and the pictures that they were found in.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { nowUs, wallUs } from '../../base/clock.ts';
import { SightlineError } from '../../base/errors.ts';
import type { ControlPort } from '../../link/control-port.ts';
import type { KeptEvent } from '../../link/processors.ts';
import type { MediaPort } from '../../link/types.ts';
import type { OpenStreams } from '../access/open-streams.ts';
import type { EventFilter, EventList, EventListQuery, EventStreamQuery } from '../api/contract-events.ts';
import { presentEvent } from '../api/present-event.ts';
import { EVENT_STREAM, eventBlock } from './events/block.ts';
import { fetchPicture, notKept } from './events/picture.ts';
import { EventReader } from './events/reader.ts';
import { findCamera } from './shared/target.ts';
import { stillHeaders } from './shared/still.ts';

/** So long may the rest of an answer take whose reader may not read any more. */
const LAST_WORDS_MS = 500;
/** Clocks of the processes differ by less. */
const CLOCKS_APART_US = 1e6;

export interface EventsOptions {
  readonly view: ControlPort;
  readonly media: MediaPort;
  readonly streams: OpenStreams;
  /** With a slash at both ends. */
  readonly base: string;
  /** How long a request for a picture waits. */
  readonly deadlineMs: number;
  /** A reader that took no byte for so long is closed. */
  readonly unreachableMs: number;
  readonly heartbeatMs: number;
}

export class Events {
  readonly #options: EventsOptions;
  readonly #live = new Map<EventReader, FastifyReply['raw']>();
  /** One text for all readers; anew when its picture is gone. */
  readonly #blocks = new WeakMap<KeptEvent, { readonly hasPicture: boolean; readonly text: string }>();
  readonly #stopped = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #unlisten: () => void;

  constructor(options: EventsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#beat(), options.heartbeatMs);
    this.#unlisten = options.view.events.listen((events) => {
      for (const reader of [...this.#live.keys()]) reader.hear(events);
    });
  }

  /** GET: an answer that does not end by itself. */
  stream(request: FastifyRequest, reply: FastifyReply, query: EventStreamQuery): void {
    const { events } = this.#options.view;
    const matches = this.#filter(query);
    const cursor = this.#cursor(lastEventId(request, query), query.recent, matches);
    reply.hijack();
    const { raw } = reply;
    raw.shouldKeepAlive = false;
    raw.writeHead(200, { 'Content-Type': EVENT_STREAM, 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
    const reader = new EventReader({
      response: raw,
      events,
      matches,
      cursor,
      blockOf: (event) => this.#blockOf(event),
    });
    this.#live.set(reader, raw);
    const forget = this.#options.streams.add({
      caller: request.caller,
      permission: 'view',
      end: () => {
        const cut = setTimeout(() => raw.destroy(), LAST_WORDS_MS);
        raw.once('close', () => clearTimeout(cut));
        raw.end();
      },
    });
    raw.once('close', () => {
      this.#live.delete(reader);
      forget();
    });
    reader.begin();
    if (this.#stopped.signal.aborted) raw.end();
  }

  /** HEAD of the endless answer. */
  head(reply: FastifyReply, query: EventStreamQuery): void {
    this.#filter(query);
    void reply.headers({ 'content-type': EVENT_STREAM, 'cache-control': 'no-store' }).send();
  }

  /** The newest first. */
  list(query: EventListQuery): EventList {
    const found = this.#options.view.events.newest(query.limit, this.#filter(query));
    return { events: found.map((event) => this.#present(event)).reverse() };
  }

  async picture(reply: FastifyReply, id: number): Promise<void> {
    const { media, deadlineMs } = this.#options;
    const jpeg = await fetchPicture(this.#pictured(id), { media, deadlineMs, stopped: this.#stopped.signal });
    await reply.headers(stillHeaders(jpeg)).send(jpeg.bytes);
  }

  /** HEAD of a picture: asks nobody for it. */
  headPicture(reply: FastifyReply, id: number): void {
    this.#pictured(id);
    void reply.headers({ 'content-type': 'image/jpeg', 'cache-control': 'no-store' }).send();
  }

  /** Ends every answer. */
  stop(): void {
    clearInterval(this.#timer);
    this.#unlisten();
    this.#stopped.abort();
    for (const raw of this.#live.values()) raw.end();
  }

  #pictured(id: number): KeptEvent {
    const { events } = this.#options.view;
    const event = events.find(id);
    if (event === undefined) {
      const hint = 'Only the newest events are kept, see /api/events/recent.';
      throw new SightlineError('not-found', `There is no event ${id}, or not any more.`, { hint });
    }
    if (!events.hasPicture(event)) throw notKept();
    return event;
  }

  /** Where a reader begins: after the one that it had last, or so many matching ones back. */
  #cursor(last: number | null, recent: number, matches: (event: KeptEvent) => boolean): number {
    const { events } = this.#options.view;
    // A worker may be a moment behind another one. What is not made yet is the id of a clock that was set back since.
    const isPast = last !== null && last <= Math.max(events.newestId, wallUs(nowUs()) + CLOCKS_APART_US);
    if (isPast) return last;
    const first = recent > 0 ? events.newest(recent, matches)[0] : undefined;
    return first === undefined ? events.newestId : first.id - 1;
  }

  /** Cameras go on under their uid when they are renamed. Throws `not-found`. */
  #filter({ camera, type, processor }: EventFilter): (event: KeptEvent) => boolean {
    const uids = camera && new Set(camera.map((id) => findCamera(this.#options.view, id).uid));
    const types = type && new Set(type);
    const processors = processor && new Set(processor);
    return (event) =>
      (uids?.has(event.uid) ?? true) && (types?.has(event.type) ?? true) && (processors?.has(event.processor) ?? true);
  }

  #blockOf(event: KeptEvent): string {
    const hasPicture = this.#options.view.events.hasPicture(event);
    let block = this.#blocks.get(event);
    if (block?.hasPicture !== hasPicture) {
      block = { hasPicture, text: eventBlock(event.id, this.#present(event)) };
      this.#blocks.set(event, block);
    }
    return block.text;
  }

  #present(event: KeptEvent): EventList['events'][number] {
    return presentEvent(event, this.#options.view.events.hasPicture(event), this.#options.base);
  }

  #beat(): void {
    for (const [reader, raw] of [...this.#live]) if (!reader.beat(this.#options.unreachableMs)) raw.destroy();
  }
}

/** A browser that connects again says by header what it got last; the first time it can by the address only. */
function lastEventId({ headers }: FastifyRequest, query: EventStreamQuery): number | null {
  const { 'last-event-id': header } = headers;
  const said = typeof header === 'string' && /^\d{1,16}$/.test(header) ? Number(header) : null;
  return said ?? query.lastEventId ?? null;
}
