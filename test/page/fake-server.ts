// A server that the page can be tried against: the built page, the camera list from a table that a test may change at
// any moment, tiles of a few pictures for each camera that is live, and snapshots.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import type { AddressInfo, Socket } from 'node:net';
import { withBase } from '../../src/gateway/base-path.ts';
import type { Camera } from '../../src/gateway/api/contract.ts';
import type { Session } from '../../src/gateway/api/contract-access.ts';
import { FakeApi, nobody, type ApiOwner } from './fake-api.ts';
import { FakeDiscovery } from './fake-discovery.ts';
import { FakeTiles, type TileSource } from './fake-tiles.ts';

const DIST = join(import.meta.dirname, '../../web/dist');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
/** As strict as the real server's: the page must work under it. */
const POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self'; base-uri 'self'";

export interface FakeServerOptions {
  /** The pictures that every camera shows in turn. */
  readonly pictures: readonly Buffer[];
  readonly port?: number;
  readonly token?: string;
  /** Path below which it is shown, '/cams/' for example; default '/'. */
  readonly basePath?: string;
  /** Added to the clock of the tiles; default 123 s. */
  readonly clockOffsetUs?: number;
  /** Between two pictures of a camera; default 100. */
  readonly intervalMs?: number;
  /** Of a picture when it is sent; default 40. */
  readonly ageMs?: number;
}

export class FakeServer implements TileSource, ApiOwner {
  /** Ids of cameras that are called live but give no new picture. */
  readonly still = new Set<string>();
  /** Paths that were asked for, in order. */
  readonly asked: string[] = [];
  /** Who the page is taken for. */
  session: Session = {
    principal: { id: 'key', kind: 'key' },
    grants: ['view', 'listen', 'control', 'configure'],
  };
  readonly token: string | null;
  readonly tiles: FakeTiles;
  /** Adding, changing and removing cameras, logins, and what is told of them. */
  readonly api: FakeApi;
  readonly discovery = new FakeDiscovery();
  readonly pictures: readonly Buffer[];
  readonly clockOffsetUs: number;
  readonly intervalMs: number;
  readonly ageMs: number;
  /** Snapshots that were asked for, as path and query. */
  readonly snapshots: string[] = [];
  readonly #options: FakeServerOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #cameras: Camera[] = [];

  constructor(options: FakeServerOptions) {
    this.#options = options;
    this.pictures = options.pictures;
    this.clockOffsetUs = options.clockOffsetUs ?? 123_000_000;
    this.intervalMs = options.intervalMs ?? 100;
    this.ageMs = options.ageMs ?? 40;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.tiles = new FakeTiles(this.#server, this);
    this.api = new FakeApi(this);
    this.token = options.token ?? null;
    if (this.token !== null) this.session = nobody(this.token);
  }

  get cameras(): Camera[] {
    return this.#cameras;
  }

  /** The page is told, as by the real server. */
  set cameras(cameras: Camera[]) {
    this.#cameras = cameras;
    this.tiles.changed();
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#sockets.size;
  }

  makeCamera(id: string): Camera {
    return fakeCamera(id);
  }

  /** Starts to listen on loopback; resolves to the page's origin. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(this.#options.port ?? 0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** As if killed: every connection is cut. */
  async stop(): Promise<void> {
    this.tiles.close();
    this.#server.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake');
    this.asked.push(url.pathname);
    const base = this.#options.basePath ?? '/';
    if (!url.pathname.startsWith(base)) {
      problem(response, 404);
      return;
    }
    url.pathname = url.pathname.slice(base.length - 1);
    const media = /^\/cameras\/([^/]+)\/snapshot\.jpg$/.exec(url.pathname);
    const guarded = media !== null || /^\/api\/(?!session$|login$|logout$)/.test(url.pathname);
    if (guarded && !this.#allowed(request)) problem(response, 401);
    else if (url.pathname.startsWith('/api/discovery') && (await this.discovery.answer(request, url, response))) return;
    else if (url.pathname.startsWith('/api/') && (await this.api.answer(request, url, response))) return;
    else if (url.pathname === '/api/cameras') json(response, { cameras: this.#list() });
    else if (media !== null) this.#media(media[1]!, url, response);
    else await page(url.pathname, base, response);
  }

  #list(): readonly Camera[] {
    for (const { id, status } of this.cameras) {
      if (status.state === 'live' && !this.still.has(id)) status.frames.in += 30;
    }
    return this.cameras;
  }

  #allowed(request: IncomingMessage): boolean {
    const bearer = request.headers.authorization === `Bearer ${this.token ?? ''}`;
    return this.token === null || bearer || this.session.grants.includes('view');
  }

  #media(id: string, url: URL, response: ServerResponse): void {
    this.snapshots.push(url.pathname + url.search);
    const camera = this.cameras.find((it) => it.id === id);
    if (camera === undefined) problem(response, 404);
    else if (camera.status.state !== 'live') problem(response, 503);
    else {
      const still = this.still.has(id);
      response.writeHead(200, {
        'content-type': 'image/jpeg',
        'cache-control': 'no-store',
        'x-timestamp': String((performance.timeOrigin + performance.now() - this.ageMs) / 1000),
        'x-sequence': still ? '1' : String(this.snapshots.length),
        'x-timestamp-source': 'rtcp',
      });
      response.end(this.pictures[0]);
    }
  }
}

/** As the real one: a file that was compressed when the page was built is sent so. */
async function page(path: string, base: string, response: ServerResponse): Promise<void> {
  const name = extname(path) === '' ? 'index.html' : path.slice(1);
  const packed = existsSync(join(DIST, `${name}.gz`));
  const file = await readFile(join(DIST, packed ? `${name}.gz` : name));
  const body = name === 'index.html' ? withBase(file.toString(), base) : file;
  response.writeHead(200, {
    'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
    'content-security-policy': POLICY,
    ...(packed ? { 'content-encoding': 'gzip' } : {}),
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
      moved: null,
      ...changes,
    },
  };
}
