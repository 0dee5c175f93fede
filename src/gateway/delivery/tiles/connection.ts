// One page on WS /tiles: understands what it says, and writes the pictures of its tiles in turns. Pictures are written
// only while the socket's own queue is short, so that clocks, states and newer pictures never wait behind old ones.

import type { Socket } from 'node:net';
import type { WebSocket } from '@fastify/websocket';
import { nowUs, wallUs } from '../../../base/clock.ts';
import { FloodGuard } from '../../../base/flood-guard.ts';
import { TILE_HEAD_BYTES, writeTileHead } from '../../api/contract-tiles.ts';
import type { TileMessage, TileRequest } from '../../api/contract-tiles.ts';
import { problem, understand } from './requests.ts';
import { Tile, type Outgoing, type Show, type TileHost } from './tile.ts';

/** Tiles that a page may have at the same time. */
const MAX_TILES = 64;
/** 64 tiles of 30 pictures a second acknowledge 1,920 times. */
const MAX_MESSAGES_A_SECOND = 4000;
/** Texts that a page was sent and its connection has not taken: one that only asks and never reads is cut off. */
const MAX_UNTAKEN = 500;
/** While more than this waits in the socket's queue, no further picture is written. */
const QUEUED_BYTES = 4 * 1024;
/** RFC 6455, 7.4.1. */
const POLICY_VIOLATION = 1008;

export interface ConnectionOptions {
  /** What its tiles need; `say` and `ready` are the connection's own. */
  readonly ground: Omit<TileHost, 'say' | 'ready'>;
  readonly webSocket: WebSocket;
  readonly socket: Socket;
}

export class TilesConnection implements TileHost {
  readonly view: TileHost['view'];
  readonly channels: TileHost['channels'];
  readonly viewers: TileHost['viewers'];
  readonly address: string;
  readonly check: TileHost['check'];
  /** When anything was last heard from the page. */
  heardUs = nowUs();
  readonly #webSocket: WebSocket;
  readonly #socket: Socket;
  readonly #tiles = new Map<number, Tile>();
  readonly #turns: Tile[] = [];
  readonly #flood = new FloodGuard(MAX_MESSAGES_A_SECOND);
  #pumping = false;
  #closed = false;
  #untaken = 0;
  readonly #onSaid = (error?: Error | null): void => {
    this.#untaken -= 1;
    this.#onWritten(error);
  };
  readonly #onWritten = (error?: Error | null): void => {
    if (!error) this.#pump();
  };

  constructor({ ground, webSocket, socket }: ConnectionOptions) {
    ({
      view: this.view,
      channels: this.channels,
      viewers: this.viewers,
      address: this.address,
      check: this.check,
    } = ground);
    this.#webSocket = webSocket;
    this.#socket = socket;
    webSocket.on('message', (data, isBinary) => this.#receive(data as Buffer, isBinary));
    webSocket.on('pong', () => (this.heardUs = nowUs()));
    webSocket.on('error', () => this.terminate('its connection broke'));
    webSocket.on('close', () => this.#end('it closed the connection'));
  }

  /** Looks again at every tile's camera. */
  follow(): void {
    for (const tile of this.#tiles.values()) tile.follow();
  }

  ping(): void {
    this.#webSocket.ping();
  }

  say(message: TileMessage): void {
    if (this.#closed) return;
    if (this.#untaken === MAX_UNTAKEN) {
      this.terminate('it reads nothing');
      return;
    }
    this.#untaken += 1;
    this.#webSocket.send(JSON.stringify(message), this.#onSaid);
  }

  ready(tile: Tile): void {
    if (!tile.queued) this.#turns.push(tile);
    tile.queued = true;
    this.#pump();
  }

  /** Ends it in words; whoever does not answer them is cut off by `terminate`. */
  close(code: number, why: string): void {
    this.#end(why);
    this.#webSocket.close(code, why);
  }

  terminate(why: string): void {
    this.#end(why);
    this.#webSocket.terminate();
  }

  #receive(data: Buffer, isBinary: boolean): void {
    const receivedUs = nowUs();
    this.heardUs = receivedUs;
    if (this.#closed) return;
    if (this.#flood.isFlood(1, receivedUs)) {
      this.close(POLICY_VIOLATION, 'too many messages');
      return;
    }
    const understood = isBinary ? { tile: null, problem: problem('Messages are texts.') } : understand(data.toString());
    if ('problem' in understood) this.say({ type: 'problem', ...understood });
    else this.#obey(understood.request, receivedUs);
  }

  #obey(request: TileRequest, receivedUs: number): void {
    switch (request.type) {
      case 'show':
        this.#show(request);
        return;
      case 'hide':
        this.#tiles.get(request.tile)?.close('its page does not show it any more');
        this.#tiles.delete(request.tile);
        return;
      case 'ack':
        this.#tiles.get(request.tile)?.ack(request.sequence);
        return;
      case 'clock':
        this.say({ type: 'clock', id: request.id, receivedUs, sentUs: nowUs(), wallOffsetUs: wallUs(0) });
        return;
      case 'delays':
        for (const { tile, delayMs, uncertaintyMs } of request.delays) {
          this.#tiles.get(tile)?.delay(delayMs, uncertaintyMs);
        }
    }
  }

  #show(show: Show): void {
    let tile = this.#tiles.get(show.tile);
    if (tile === undefined && this.#tiles.size >= MAX_TILES) {
      this.say({ type: 'problem', tile: show.tile, problem: problem(`A page may have ${MAX_TILES} tiles.`) });
      return;
    }
    tile ??= new Tile(this, show);
    this.#tiles.set(show.tile, tile);
    tile.show(show);
  }

  /** Tiles take turns, a picture each. */
  #pump(): void {
    if (this.#pumping || this.#closed) return;
    this.#pumping = true;
    while (this.#turns.length > 0 && this.#webSocket.bufferedAmount <= QUEUED_BYTES) {
      const tile = this.#turns.shift()!;
      tile.queued = false;
      const outgoing = tile.take();
      if (outgoing !== null) this.#write(tile.number, outgoing);
    }
    this.#pumping = false;
  }

  /** One message of two fragments, so that the picture's bytes are shared by all who get it. */
  #write(tile: number, { jpeg, skipped }: Outgoing): void {
    const { bytes, width, height, sequence, stamp } = jpeg;
    const head = Buffer.allocUnsafe(TILE_HEAD_BYTES);
    writeTileHead(new DataView(head.buffer, head.byteOffset, TILE_HEAD_BYTES), {
      tile,
      clock: stamp.clock,
      uncertaintyUs: stamp.uncertaintyUs ?? null,
      sequence,
      capturedAtUs: stamp.capturedAtUs,
      width,
      height,
      skipped,
    });
    this.#socket.cork();
    this.#webSocket.send(head, { binary: true, fin: false });
    this.#webSocket.send(bytes, { binary: true, fin: true }, this.#onWritten);
    this.#socket.uncork();
  }

  #end(why: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#turns.length = 0;
    for (const tile of this.#tiles.values()) tile.close(why);
    this.#tiles.clear();
  }
}
