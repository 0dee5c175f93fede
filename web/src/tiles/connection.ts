// The page's one WebSocket for all tiles: says what is shown, hands pictures and states to their tiles, keeps the
// server's clock, and opens itself again. What a tile wishes outlives the socket.

import { readTileHead, TILE_HEAD_BYTES } from '../../../src/gateway/api/contract-tiles.ts';
import type { TileHead, TileMessage, TileRequest } from '../../../src/gateway/api/contract-tiles.ts';
import { Pulse } from './pulse.ts';
import { ServerClock } from './clock.ts';

export type TileState = Extract<TileMessage, { type: 'state' }>;
export type TileWish = Omit<Extract<TileRequest, { type: 'show' }>, 'type' | 'tile'>;
export type TileDelay = Extract<TileRequest, { type: 'delays' }>['delays'][number];

/** What a tile is told. */
export interface TileListener {
  picture(head: TileHead, jpeg: Uint8Array<ArrayBuffer>): void;
  state(state: TileState): void;
  /** The socket is gone: what comes next is of another one. */
  cut(): void;
}

export interface ConnectionEvents {
  /** The server answers on a socket. */
  opened(): void;
  /** The socket ended by itself; `worked` is false when it never said a word. */
  closed(worked: boolean): void;
  /** The list of cameras changed. */
  cameras(): void;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 5000;

interface Tile {
  readonly listener: TileListener;
  wish: TileWish | null;
}

export class TileConnection {
  readonly clock = new ServerClock();
  readonly #address: string;
  readonly #events: ConnectionEvents;
  readonly #tiles = new Map<number, Tile>();
  readonly #pulse: Pulse;
  #nextTile = 0;
  #socket: WebSocket | null = null;
  #worked = false;
  #wanted = false;
  #retryMs = FIRST_RETRY_MS;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(address: string, events: ConnectionEvents) {
    this.#address = address;
    this.#events = events;
    this.#pulse = new Pulse({
      clock: this.clock,
      ask: (id) => this.#send({ type: 'clock', id }),
      dead: () => this.#cut(),
    });
  }

  /** True while the server talks to us. */
  get working(): boolean {
    return this.#worked;
  }

  /** Opens the socket and keeps it open until `close`. */
  open(): void {
    this.#wanted = true;
    this.#retryMs = FIRST_RETRY_MS;
    this.#connect();
  }

  close(): void {
    this.#wanted = false;
    clearTimeout(this.#retry);
    this.#drop();
  }

  /** The network or the computer may have been away: asks at once whether the socket lives, or opens one. */
  check(): void {
    if (!this.#wanted) return;
    if (this.#socket === null) this.open();
    else this.#pulse.check();
  }

  /** A number for a tile, for good. */
  register(listener: TileListener): number {
    const tile = this.#nextTile;
    this.#nextTile += 1;
    this.#tiles.set(tile, { listener, wish: null });
    return tile;
  }

  forget(tile: number): void {
    this.want(tile, null);
    this.#tiles.delete(tile);
  }

  /** Shows a tile or changes it; null hides it. */
  want(tile: number, wish: TileWish | null): void {
    const entry = this.#tiles.get(tile);
    if (entry === undefined) return;
    const shown = entry.wish !== null;
    entry.wish = wish;
    if (wish !== null) this.#send({ type: 'show', tile, ...wish });
    else if (shown) this.#send({ type: 'hide', tile });
  }

  ack(tile: number, sequence: number): void {
    this.#send({ type: 'ack', tile, sequence });
  }

  report(delays: readonly TileDelay[]): void {
    this.#send({ type: 'delays', delays });
  }

  #connect(): void {
    if (this.#socket !== null) return;
    clearTimeout(this.#retry);
    const socket = new WebSocket(this.#address);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    socket.onopen = () => this.#opened();
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (socket === this.#socket) this.#take(data);
    };
    socket.onclose = () => {
      if (socket === this.#socket) this.#cut();
    };
    // An answer that takes longer than the longest wait is none.
    this.#retry = setTimeout(() => socket.readyState === WebSocket.CONNECTING && this.#cut(), LONGEST_RETRY_MS);
  }

  #opened(): void {
    clearTimeout(this.#retry);
    this.clock.reset();
    this.#pulse.start();
    for (const [tile, { wish }] of this.#tiles) if (wish !== null) this.#send({ type: 'show', tile, ...wish });
  }

  #take(data: string | ArrayBuffer): void {
    this.#pulse.heard();
    if (!this.#worked) {
      this.#worked = true;
      this.#retryMs = FIRST_RETRY_MS;
      this.#events.opened();
    }
    if (typeof data === 'string') this.#message(JSON.parse(data) as TileMessage);
    else this.#picture(data);
  }

  #picture(data: ArrayBuffer): void {
    const head = readTileHead(new DataView(data));
    if (head === null) return;
    const tile = this.#tiles.get(head.tile);
    // A hidden tile's last pictures may still be under way; the server forgot what it awaits for them.
    if (tile === undefined || tile.wish === null) return;
    tile.listener.picture(head, new Uint8Array(data, TILE_HEAD_BYTES));
  }

  #message(message: TileMessage): void {
    switch (message.type) {
      case 'clock':
        this.#pulse.answer(message);
        break;
      case 'state': {
        const tile = this.#tiles.get(message.tile);
        if (tile !== undefined && tile.wish !== null) tile.listener.state(message);
        break;
      }
      case 'cameras':
      case 'problem':
        // Whatever was refused, the list says why: the camera is gone, renamed, or not for this person.
        this.#events.cameras();
        break;
    }
  }

  #send(request: TileRequest): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(request));
  }

  /** The socket ended, or nothing comes through it any more. */
  #cut(): void {
    const worked = this.#worked;
    this.#drop();
    this.#events.closed(worked);
    if (!this.#wanted) return;
    this.#retry = setTimeout(() => this.#connect(), this.#retryMs);
    this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2);
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#worked = false;
    this.#pulse.stop();
    socket?.close();
    for (const { listener } of this.#tiles.values()) listener.cut();
  }
}
