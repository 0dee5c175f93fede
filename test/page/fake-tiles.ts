// The server side of WS /tiles for tests of the page, by the contract: states and pictures of whatever the page shows,
// at most two unacknowledged for a tile, a clock with an offset of its own. It notes what the page asks and reports.

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Camera } from '../../src/gateway/api/contract.ts';
import { TILE_HEAD_BYTES, writeTileHead } from '../../src/gateway/api/contract-tiles.ts';
import type { TileHead, TileMessage, TileRequest } from '../../src/gateway/api/contract-tiles.ts';

const UNDER_WAY = 2;

/** What the fake shows, decided by the test. */
export interface TileSource {
  readonly cameras: readonly Camera[];
  /** Ids of cameras that are called live but give no new picture. */
  readonly still: ReadonlySet<string>;
  readonly pictures: readonly Buffer[];
  /** Added to this machine's monotonic clock. */
  readonly clockOffsetUs: number;
  readonly intervalMs: number;
  /** How old a picture is when it is sent. */
  readonly ageMs: number;
}

type Show = Extract<TileRequest, { type: 'show' }>;

interface Tile {
  show: Show;
  sequence: number;
  sentMs: number;
  skipped: number;
  state: string;
  readonly underWay: Set<number>;
}

export class FakeTiles {
  /** Every `show` and `hide`, in order. */
  readonly asked: TileRequest[] = [];
  /** What the page said of its delays last, by camera id. */
  readonly delays = new Map<string, { delayMs: number | null; uncertaintyMs: number | null }>();
  /** Capture time of the newest picture of each number in the pool, microseconds of the fake's clock. */
  readonly captured = new Map<number, number>();
  opened = 0;
  acks = 0;
  /** Refuses sockets, as some proxies do. */
  refusing = false;
  /** Never answers what time it is. */
  clockless = false;
  /** Sockets stay open, but nothing goes over them. */
  silent = false;
  readonly #source: TileSource;
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #sockets = new Map<WebSocket, Map<number, Tile>>();
  readonly #timer: ReturnType<typeof setInterval>;
  #frame = 0;

  constructor(http: Server, source: TileSource) {
    this.#source = source;
    http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (this.refusing || !request.url?.endsWith('/tiles')) socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
      else this.#server.handleUpgrade(request, socket, head, (accepted) => this.#accept(accepted));
    });
    this.#timer = setInterval(() => this.#round(), source.intervalMs);
  }

  /** Sockets that are open now. */
  get sockets(): number {
    return this.#sockets.size;
  }

  /** Cameras that the page shows now, by id. */
  get shown(): string[] {
    return [...this.#sockets.values()].flatMap((tiles) => [...tiles.values()].map(({ show }) => show.camera)).sort();
  }

  /** The newest `show` of a camera. */
  wish(camera: string): Show | undefined {
    return this.asked.findLast((request): request is Show => request.type === 'show' && request.camera === camera);
  }

  nowUs(): number {
    return performance.now() * 1000 + this.#source.clockOffsetUs;
  }

  /** The list changed: the page is told, and its tiles' states. */
  changed(): void {
    for (const [socket, tiles] of this.#sockets) {
      send(socket, { type: 'cameras' });
      for (const [number, tile] of tiles) this.#sayState(socket, number, tile);
    }
  }

  close(): void {
    clearInterval(this.#timer);
    for (const socket of this.#sockets.keys()) socket.terminate();
  }

  #accept(socket: WebSocket): void {
    this.opened += 1;
    this.#sockets.set(socket, new Map());
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('message', (data) => this.#take(socket, JSON.parse((data as Buffer).toString()) as TileRequest));
  }

  #take(socket: WebSocket, request: TileRequest): void {
    if (this.silent) return;
    const tiles = this.#sockets.get(socket)!;
    switch (request.type) {
      case 'show':
        this.asked.push(request);
        this.#show(socket, tiles, request);
        break;
      case 'hide':
        this.asked.push(request);
        tiles.delete(request.tile);
        break;
      case 'ack':
        this.acks += 1;
        tiles.get(request.tile)?.underWay.delete(request.sequence);
        break;
      case 'clock': {
        if (this.clockless) break;
        const receivedUs = this.nowUs();
        const wallOffsetUs = performance.timeOrigin * 1000 - this.#source.clockOffsetUs;
        send(socket, { type: 'clock', id: request.id, receivedUs, sentUs: this.nowUs(), wallOffsetUs });
        break;
      }
      case 'delays':
        for (const { tile, ...delay } of request.delays) {
          const camera = tiles.get(tile)?.show.camera;
          if (camera !== undefined) this.delays.set(camera, delay);
        }
        break;
    }
  }

  #show(socket: WebSocket, tiles: Map<number, Tile>, show: Show): void {
    const known = tiles.get(show.tile);
    if (known !== undefined) {
      known.show = show;
      return;
    }
    const tile: Tile = { show, sequence: 0, sentMs: 0, skipped: 0, state: '', underWay: new Set() };
    tiles.set(show.tile, tile);
    this.#sayState(socket, show.tile, tile);
    this.#picture(socket, show.tile, tile);
  }

  #camera(tile: Tile): Camera | undefined {
    return this.#source.cameras.find(({ id }) => id === tile.show.camera);
  }

  #sayState(socket: WebSocket, number: number, tile: Tile): void {
    const camera = this.#camera(tile);
    if (camera === undefined) return;
    const { state, since, reason } = camera.status;
    const said = JSON.stringify([state, since, reason]);
    if (said === tile.state) return;
    tile.state = said;
    const sinceUs = (Date.parse(since) - performance.timeOrigin) * 1000 + this.#source.clockOffsetUs;
    send(socket, { type: 'state', tile: number, state, sinceUs, reason });
  }

  #round(): void {
    this.#frame += 1;
    if (this.silent) return;
    for (const [socket, tiles] of this.#sockets) {
      for (const [number, tile] of tiles) this.#picture(socket, number, tile);
    }
  }

  #picture(socket: WebSocket, number: number, tile: Tile): void {
    const camera = this.#camera(tile);
    if (camera === undefined || camera.status.state !== 'live' || this.#source.still.has(camera.id)) return;
    const { fps } = tile.show;
    const nowMs = performance.now();
    if (fps !== null && nowMs - tile.sentMs < 900 / fps) return;
    tile.sequence += 1;
    if (tile.underWay.size >= UNDER_WAY) {
      tile.skipped += 1;
      return;
    }
    tile.underWay.add(tile.sequence);
    tile.sentMs = nowMs;
    this.#send(socket, number, tile);
  }

  #send(socket: WebSocket, number: number, tile: Tile): void {
    const { pictures, ageMs } = this.#source;
    const pick = this.#frame % pictures.length;
    const jpeg = pictures[pick]!;
    const capturedAtUs = this.nowUs() - ageMs * 1000;
    this.captured.set(pick, capturedAtUs);
    const head: TileHead = {
      tile: number,
      clock: 'rtcp',
      uncertaintyUs: 2000,
      sequence: tile.sequence,
      capturedAtUs,
      width: 640,
      height: 360,
      skipped: tile.skipped,
    };
    tile.skipped = 0;
    const message = Buffer.alloc(TILE_HEAD_BYTES + jpeg.length);
    writeTileHead(new DataView(message.buffer, message.byteOffset), head);
    jpeg.copy(message, TILE_HEAD_BYTES);
    socket.send(message);
  }
}

function send(socket: WebSocket, message: TileMessage): void {
  socket.send(JSON.stringify(message));
}
