// A search for cameras as it fills: server-sent events, each the whole search as it is then, so that a reader who lost
// some has lost nothing. The answer ends with the search.

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ControlPort } from '../../link/control-port.ts';
import type { OpenStreams } from '../access/open-streams.ts';
import { presentDiscovery } from '../api/present-discovery.ts';

const EVENT_STREAM = 'text/event-stream';
/** Many answers at once are one message. */
const GAP_MS = 200;

export interface DiscoveryStreamOptions {
  readonly view: ControlPort;
  readonly streams: OpenStreams;
  readonly heartbeatMs: number;
}

export class DiscoveryStream {
  readonly #options: DiscoveryStreamOptions;
  readonly #live = new Map<Follower, FastifyReply['raw']>();
  readonly #unlisten: () => void;
  readonly #timer: NodeJS.Timeout;
  #stopped = false;

  constructor(options: DiscoveryStreamOptions) {
    this.#options = options;
    this.#unlisten = options.view.onChange(() => this.#tell());
    this.#timer = setInterval(() => this.#beat(), options.heartbeatMs);
  }

  /** GET: an answer that ends with the search; without one, after a single message. */
  stream(request: FastifyRequest, reply: FastifyReply): void {
    const { view, streams } = this.#options;
    reply.hijack();
    const { raw } = reply;
    raw.shouldKeepAlive = false;
    raw.writeHead(200, { 'Content-Type': EVENT_STREAM, 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
    const follower = new Follower(raw, view);
    this.#live.set(follower, raw);
    const forget = streams.add({ caller: request.caller, permission: 'configure', end: () => void raw.end() });
    raw.once('close', () => {
      follower.close();
      this.#live.delete(follower);
      forget();
    });
    follower.tell();
    if (this.#stopped) raw.end();
  }

  /** HEAD of it. */
  head(reply: FastifyReply): void {
    void reply.headers({ 'content-type': EVENT_STREAM, 'cache-control': 'no-store' }).send();
  }

  /** Ends every answer. */
  stop(): void {
    this.#stopped = true;
    this.#unlisten();
    clearInterval(this.#timer);
    for (const raw of this.#live.values()) raw.end();
  }

  #tell(): void {
    for (const follower of [...this.#live.keys()]) follower.tell();
  }

  #beat(): void {
    // An answer that has ended is still here until its reader has taken the last of it.
    for (const raw of this.#live.values()) if (!raw.writableEnded && !raw.writableNeedDrain) raw.write(':\n\n');
  }
}

/** One reader: gets the newest when its connection has room. */
class Follower {
  readonly #raw: FastifyReply['raw'];
  readonly #view: ControlPort;
  #told: unknown = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(raw: FastifyReply['raw'], view: ControlPort) {
    this.#raw = raw;
    this.#view = view;
    raw.on('drain', () => this.tell());
  }

  tell(): void {
    const info = this.#view.search();
    if (info === this.#told || this.#timer !== null || this.#raw.writableNeedDrain || this.#raw.writableEnded) return;
    this.#told = info;
    this.#raw.write(`data: ${JSON.stringify(presentDiscovery(info, this.#view))}\n\n`);
    if (info.state !== 'running') {
      this.#raw.end();
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.tell();
    }, GAP_MS);
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}
