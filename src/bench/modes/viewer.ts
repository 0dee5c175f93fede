// One viewer's response of the naive and the threaded mode: the parts that Sightline writes, one at a time. It takes
// the next picture when its socket has taken the last one, so nothing queues for a viewer that is slow.

import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { SightlineError } from '../../base/errors.ts';
import { PROBLEM_TYPE, problemDocument } from '../../gateway/api/problem.ts';
import { BOUNDARY, CLOSE_DELIMITER, FIRST_DELIMITER, picturePart } from '../../gateway/delivery/shared/part.ts';
import type { Jpeg } from '../../media/types.ts';

const HEADERS = {
  'Content-Type': `multipart/x-mixed-replace; boundary=${BOUNDARY}`,
  'Cache-Control': 'no-store',
  'X-Accel-Buffering': 'no',
  Connection: 'close',
};

/** So long may the last part take of a viewer whose response ends. */
const LAST_PART_MS = 2000;

export class Viewer {
  /** Called when the last part was taken: the next one is welcome. */
  onIdle: (() => void) | null = null;
  readonly #response: ServerResponse;
  readonly #socket: Socket;
  readonly #onSent: () => unknown;
  #begun = false;
  #writing = false;
  #ending = false;

  /** `onSent` is called for each part whose last byte the kernel took. */
  constructor(response: ServerResponse, socket: Socket, onSent: () => unknown) {
    this.#response = response;
    this.#socket = socket;
    this.#onSent = onSent;
  }

  /** A picture would be written at once. */
  get isIdle(): boolean {
    return !this.#writing && !this.#ending;
  }

  /** It got its head, and a first picture behind it. */
  get hasBegun(): boolean {
    return this.#begun;
  }

  /** Writes a picture as a part; it is left out unless the viewer is idle. */
  write(jpeg: Jpeg): void {
    if (!this.isIdle || this.#socket.destroyed) return;
    if (!this.#begun) this.#begin();
    this.#writing = true;
    this.#socket.write(picturePart(jpeg).bytes, (error) => this.#written(error ?? null));
  }

  /** Says why there is no picture, with a status of its own; a response that has begun cannot say it any more. */
  refuse(error: SightlineError, status: number): void {
    if (this.#begun || this.#ending || this.#socket.destroyed) return;
    this.#ending = true;
    const text = JSON.stringify({ ...problemDocument(error), status });
    const headers = { 'Content-Type': PROBLEM_TYPE, 'Content-Length': Buffer.byteLength(text), Connection: 'close' };
    this.#response.writeHead(status, headers).end(text);
  }

  /** Ends the response behind the part that is being written. */
  finish(): void {
    if (this.#ending || this.#socket.destroyed) return;
    this.#ending = true;
    const cut = setTimeout(() => this.#socket.destroy(), LAST_PART_MS);
    this.#socket.once('close', () => clearTimeout(cut));
    if (!this.#writing) this.#close();
  }

  #begin(): void {
    this.#begun = true;
    const response = this.#response;
    response.useChunkedEncodingByDefault = false;
    response.shouldKeepAlive = false;
    response.writeHead(200, HEADERS);
    response.flushHeaders();
    this.#socket.write(FIRST_DELIMITER);
  }

  #written(error: Error | null): void {
    this.#writing = false;
    if (error !== null) return;
    this.#onSent();
    if (this.#ending) this.#close();
    else this.onIdle?.();
  }

  #close(): void {
    if (this.#begun) this.#socket.write(CLOSE_DELIMITER);
    this.#socket.destroySoon();
  }
}
