// A server that the page can be tried against: the built page, the camera list from a table that a test may change at
// any moment, and an endless multipart response of a few pictures for each camera that is live.

import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { withBase } from '../../src/gateway/base-path.ts';
import type { Camera } from '../../src/gateway/api/contract.ts';

const DIST = join(import.meta.dirname, '../../web/dist');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
const FRAME_MS = 100;
/** As strict as the real server's: the page must work under it. */
const POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self'";

export interface FakeServerOptions {
  /** The pictures that every camera shows in turn. */
  readonly pictures: readonly Buffer[];
  readonly port?: number;
  readonly token?: string;
}

export class FakeServer {
  cameras: Camera[] = [];
  /** Ids of cameras that are called live but give no new picture. */
  readonly still = new Set<string>();
  /** Paths that were asked for, in order. */
  readonly asked: string[] = [];
  readonly #options: FakeServerOptions;
  readonly #server: Server;
  readonly #streams = new Set<ServerResponse>();

  constructor(options: FakeServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
  }

  /** Starts to listen on loopback; resolves to the page's origin. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(this.#options.port ?? 0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** As if killed: every connection is cut. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Endless responses that are open now. */
  get openStreams(): number {
    return this.#streams.size;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake');
    this.asked.push(url.pathname);
    const media = /^\/cameras\/([^/]+)\/(stream\.mjpeg|snapshot\.jpg)$/.exec(url.pathname);
    const guarded = media !== null || url.pathname.startsWith('/api/');
    if (guarded && !this.#allowed(request)) problem(response, 401);
    else if (url.pathname === '/api/cameras') json(response, { cameras: this.#list() });
    else if (media !== null) this.#media(media[1]!, media[2]!, response);
    else await page(url.pathname, response);
  }

  #list(): readonly Camera[] {
    for (const { id, status } of this.cameras) {
      if (status.state === 'live' && !this.still.has(id)) status.frames.in += 30;
    }
    return this.cameras;
  }

  #allowed(request: IncomingMessage): boolean {
    const { token } = this.#options;
    return token === undefined || request.headers.authorization === `Bearer ${token}`;
  }

  #media(id: string, kind: string, response: ServerResponse): void {
    const camera = this.cameras.find((it) => it.id === id);
    if (camera === undefined) problem(response, 404);
    else if (camera.status.state !== 'live') problem(response, 503);
    else if (kind === 'stream.mjpeg') this.#stream(response);
    else {
      response.writeHead(200, { 'content-type': 'image/jpeg', 'cache-control': 'no-store' });
      response.end(this.#options.pictures[0]);
    }
  }

  #stream(response: ServerResponse): void {
    response.useChunkedEncodingByDefault = false;
    response.writeHead(200, {
      'content-type': 'multipart/x-mixed-replace; boundary=frame',
      'cache-control': 'no-store',
    });
    response.write('--frame\r\n');
    let sent = 0;
    const send = (): void => {
      const picture = this.#options.pictures[sent % this.#options.pictures.length]!;
      sent += 1;
      response.write(`Content-Type: image/jpeg\r\nContent-Length: ${picture.length}\r\n\r\n`);
      response.write(picture);
      response.write('\r\n--frame\r\n');
    };
    send();
    const timer = setInterval(send, FRAME_MS);
    this.#streams.add(response);
    response.on('close', () => {
      clearInterval(timer);
      this.#streams.delete(response);
    });
  }
}

async function page(path: string, response: ServerResponse): Promise<void> {
  const name = extname(path) === '' ? 'index.html' : path.slice(1);
  const file = await readFile(join(DIST, name));
  const body = name === 'index.html' ? withBase(file.toString(), '/') : file;
  response.writeHead(200, {
    'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
    'content-security-policy': POLICY,
  });
  response.end(body);
}

function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function problem(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify({ status }));
}

/** A live camera with what differs from one. */
export function fakeCamera(id: string, changes: Partial<Camera['status']> = {}): Camera {
  return {
    id,
    uid: `uid-of-${id}`,
    revision: '1',
    config: {
      name: id,
      source: 'rtsp://192.168.1.20/stream1',
      username: null,
      password: false,
      always: false,
      enabled: changes.state !== 'disabled',
      tlsVerify: true,
    },
    streams: ['main'],
    processors: [],
    status: {
      state: 'live',
      since: new Date().toISOString(),
      reason: null,
      captureTime: { clock: 'rtcp', uncertaintyMs: 4.2 },
      tracks: [{ id: 0, kind: 'video', codec: 'h264', width: 1280, height: 720, fps: 30 }],
      width: 1280,
      height: 720,
      fps: 29.97,
      bitrate: 4_000_000,
      sessions: 1,
      viewers: 1,
      restarts: 0,
      quirks: {},
      frames: { in: 0, decoded: 0, encoded: 0, dropped: 0 },
      ...changes,
    },
  };
}
