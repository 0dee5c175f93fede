// One camera's picture on the page: a canvas that keeps its last picture wherever it is placed (a tile of the wall, the
// opened camera), what it wishes from the server, and what is known of the picture that it shows.

import { signal } from '@preact/signals';
import type { TileHead } from '../../../src/gateway/api/contract-tiles.ts';
import type { TileConnection, TileDelay, TileListener, TileState, TileWish } from './connection.ts';
import { Measures, type Second } from './measures.ts';
import type { Paintable, Painter } from './painter.ts';
import { StillsLoop, type Still } from './stills.ts';

/** How a tile is served: by the socket, by snapshots where that fails, or not at all (out of sight). */
export type Way = 'socket' | 'stills' | 'none';

/** What decides the state word, beside the API's status. */
export interface TileFacts {
  readonly way: Way;
  /** Told in order with the pictures; null when the API's status is all that is known. */
  readonly state: TileState | null;
  /** A picture of this showing has been painted. */
  readonly painted: boolean;
  /** Age of the newest picture when that is too old for a live one. */
  readonly frozenMs: number | null;
}

interface Waiting {
  readonly head: TileHead;
  readonly jpeg: Uint8Array<ArrayBuffer>;
}

interface Decoded {
  readonly head: TileHead;
  readonly bitmap: ImageBitmap;
}

const NOTHING: TileFacts = { way: 'none', state: null, painted: false, frozenMs: null };

export class LiveTile implements TileListener, Paintable {
  readonly canvas = document.createElement('canvas');
  readonly facts = signal<TileFacts>(NOTHING);
  /** The last whole second; null when nothing is shown. */
  readonly second = signal<Second | null>(null);
  readonly #connection: TileConnection;
  readonly #painter: Painter;
  readonly #number: number;
  readonly #context: CanvasRenderingContext2D;
  readonly #measures = new Measures();
  readonly #stills: StillsLoop;
  #wish: TileWish | null = null;
  #way: Way = 'none';
  #waiting: Waiting | null = null;
  #decoding = false;
  #decoded: Decoded | null = null;
  #shown: TileHead | null = null;
  /** Rises with each showing, so that a picture of an earlier one is not painted. */
  #showing = 0;

  constructor(connection: TileConnection, painter: Painter) {
    this.#connection = connection;
    this.#painter = painter;
    this.#number = connection.register(this);
    this.#context = this.canvas.getContext('2d', { alpha: false })!;
    this.#stills = new StillsLoop((still) => this.#paintStill(still));
    this.canvas.setAttribute('aria-hidden', 'true');
    this.canvas.width = this.canvas.height = 0;
  }

  /** Shows the camera so, changes how, or hides it with null. */
  show(wish: TileWish | null, way: Way): void {
    const next = wish === null ? 'none' : way;
    if (next === this.#way && sameWish(wish, this.#wish)) return;
    const changedWay = next !== this.#way;
    this.#wish = wish;
    this.#way = next;
    if (changedWay) this.#begin();
    this.#connection.want(this.#number, next === 'socket' ? wish : null);
    this.#stills.want(next === 'stills' ? wish : null);
  }

  close(): void {
    this.show(null, 'none');
    this.#connection.forget(this.#number);
    this.canvas.remove();
  }

  state(state: TileState): void {
    this.#learn({ state });
  }

  cut(): void {
    this.#drop();
    this.#learn({ state: null });
  }

  picture(head: TileHead, jpeg: Uint8Array<ArrayBuffer>): void {
    this.#measures.arrived(jpeg.length, head.skipped);
    if (this.#waiting !== null) this.#passOver(this.#waiting.head);
    this.#waiting = { head, jpeg };
    if (!this.#decoding) void this.#decode();
  }

  paint(): void {
    const decoded = this.#decoded;
    if (decoded === null) return;
    this.#decoded = null;
    this.#draw(decoded.bitmap);
    this.#connection.ack(this.#number, decoded.head.sequence);
    this.#measures.painted(decoded.head.capturedAtUs);
    this.#shown = decoded.head;
    this.#learn({ painted: true, ...this.#age(performance.now()) });
  }

  presented(atMs: number): void {
    if (this.#shown === null) return;
    const { capturedAtUs, uncertaintyUs, clock } = this.#shown;
    const serverUs = this.#connection.clock.serverUs(atMs);
    const clockMs = this.#connection.clock.uncertaintyMs(atMs);
    if (serverUs === null || clockMs === null) {
      this.#measures.presented(null);
      return;
    }
    const uncertaintyMs = uncertaintyUs === null ? null : clockMs + uncertaintyUs / 1000;
    this.#measures.presented({ ms: (serverUs - capturedAtUs) / 1000, uncertaintyMs, clock });
  }

  /** Once a second. */
  tick(nowMs: number): void {
    if (this.#way === 'none') return;
    this.second.value = this.#measures.second(nowMs);
    if (this.#way === 'socket') this.#learn(this.#age(nowMs));
  }

  /** What the server is told of this tile; null when it is not shown by the socket. */
  get delay(): TileDelay | null {
    if (this.#way !== 'socket') return null;
    const delay = this.second.value?.delay ?? null;
    return { tile: this.#number, delayMs: delay?.ms ?? null, uncertaintyMs: delay?.uncertaintyMs ?? null };
  }

  /** Without a clock nothing is learnt of an age. */
  #age(nowMs: number): Pick<TileFacts, 'frozenMs'> {
    const serverUs = this.#connection.clock.serverUs(nowMs);
    return { frozenMs: serverUs === null ? this.facts.value.frozenMs : this.#measures.frozenMs(serverUs) };
  }

  /** One picture after the other, always the newest: what could not be decoded in time is passed over. */
  async #decode(): Promise<void> {
    this.#decoding = true;
    while (this.#waiting !== null) {
      const { head, jpeg } = this.#waiting;
      const showing = this.#showing;
      this.#waiting = null;
      const bitmap = await decodeJpeg(jpeg);
      if (showing !== this.#showing) bitmap?.close();
      else if (bitmap === null) this.#passOver(head);
      else this.#ready({ head, bitmap });
    }
    this.#decoding = false;
  }

  #ready(decoded: Decoded): void {
    if (this.#decoded !== null) {
      this.#passOver(this.#decoded.head);
      this.#decoded.bitmap.close();
    }
    this.#decoded = decoded;
    this.#painter.request(this);
  }

  #passOver(head: TileHead): void {
    this.#measures.passedOver();
    this.#connection.ack(this.#number, head.sequence);
  }

  #paintStill({ bitmap, bytes, fresh }: Still): void {
    this.#measures.arrived(bytes, 0);
    this.#draw(bitmap);
    this.#learn({ painted: true, frozenMs: fresh });
  }

  #draw(bitmap: ImageBitmap): void {
    const { canvas } = this;
    if (canvas.width !== bitmap.width) canvas.width = bitmap.width;
    if (canvas.height !== bitmap.height) canvas.height = bitmap.height;
    this.#context.drawImage(bitmap, 0, 0);
    bitmap.close();
  }

  #begin(): void {
    this.#drop();
    this.#measures.reset(performance.now());
    this.second.value = null;
    this.facts.value = { ...NOTHING, way: this.#way };
  }

  #drop(): void {
    this.#showing += 1;
    this.#waiting = null;
    this.#decoded?.bitmap.close();
    this.#decoded = null;
    this.#shown = null;
  }

  #learn(news: Partial<TileFacts>): void {
    const before = this.facts.value;
    const after = { ...before, ...news };
    const frozen = seconds(after.frozenMs) === seconds(before.frozenMs);
    if (after.state === before.state && after.painted === before.painted && frozen) return;
    this.facts.value = after;
  }
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms / 1000);
}

function sameWish(one: TileWish | null, other: TileWish | null): boolean {
  if (one === null || other === null) return one === other;
  if (one.stream !== other.stream) return false;
  return one.camera === other.camera && one.width === other.width && one.fps === other.fps;
}

/** Null for what is no picture: one that came damaged is passed over like one that came late. */
async function decodeJpeg(jpeg: Uint8Array<ArrayBuffer>): Promise<ImageBitmap | null> {
  try {
    return await createImageBitmap(new Blob([jpeg], { type: 'image/jpeg' }));
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}
