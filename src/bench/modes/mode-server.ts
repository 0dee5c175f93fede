// The HTTP server of the naive and the threaded mode: `GET /camera` on loopback. What happens for a viewer is the
// mode's; here responses begin, are counted, and end behind a whole part.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SightlineError } from '../../base/errors.ts';
import { Viewer } from './viewer.ts';

/** A camera that gives no picture for so long is not open. */
const FIRST_PICTURE_MS = 10_000;
/** What the article's service answers when its camera is not open. */
const CAMERA_OFF = 400;

export interface Mode {
  /** Gives pictures to a viewer until `signal` aborts; rejects with the camera's cause when there are no more. */
  watch(viewer: Viewer, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export class ModeServer {
  readonly #mode: Mode;
  readonly #server: Server;
  readonly #watching = new Map<AbortController, Promise<void>>();
  #parts = 0;
  #finished = false;

  private constructor(mode: Mode) {
    this.#mode = mode;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(mode: Mode): Promise<ModeServer> {
    const started = new ModeServer(mode);
    started.#server.listen(0, '127.0.0.1', 4096);
    await once(started.#server, 'listening');
    return started;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends all responses, each behind a whole part; gives the parts that were sent since the start. */
  async finish(): Promise<number> {
    this.#finished = true;
    for (const watch of this.#watching.keys()) watch.abort();
    await Promise.all(this.#watching.values());
    return this.#parts;
  }

  async close(): Promise<void> {
    await this.finish();
    this.#server.close();
    this.#server.closeAllConnections();
    await this.#mode.close();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/camera') {
      response.writeHead(404, { Connection: 'close' }).end();
      return;
    }
    const { socket } = request;
    const viewer = new Viewer(response, socket, () => (this.#parts += 1));
    const watch = new AbortController();
    const closed = new Promise<void>((resolve) => {
      socket.on('error', () => socket.destroy());
      socket.once('close', resolve);
    });
    const watched = this.#watch(viewer, watch).then(() => closed);
    this.#watching.set(watch, watched);
    void closed.then(() => watch.abort());
    void watched.then(() => this.#watching.delete(watch));
    if (this.#finished) watch.abort();
  }

  /** Never rejects. */
  async #watch(viewer: Viewer, watch: AbortController): Promise<void> {
    const late = setTimeout(() => {
      if (!viewer.hasBegun) watch.abort(lateError());
    }, FIRST_PICTURE_MS);
    // At once, not when the capture has been closed.
    watch.signal.addEventListener('abort', () => end(viewer, watch.signal.reason), { once: true });
    try {
      await this.#mode.watch(viewer, watch.signal);
      end(viewer, new SightlineError('stopping', 'The server is being ended.'));
    } catch (error) {
      end(viewer, error);
    } finally {
      clearTimeout(late);
    }
  }
}

function end(viewer: Viewer, reason: unknown): void {
  const aborted = reason instanceof DOMException;
  const error = aborted ? new SightlineError('stopping', 'The server is being ended.') : SightlineError.from(reason);
  viewer.refuse(error, CAMERA_OFF);
  viewer.finish();
}

function lateError(): SightlineError {
  return new SightlineError('picture-timeout', `No picture came within ${FIRST_PICTURE_MS / 1000} s.`);
}
