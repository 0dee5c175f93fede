// One viewer's connection behind a fan-out: holds at most the part that is being written and the newest that waits
// ("latest wins"). The hot path of the gateway: one write of a shared buffer per picture, no closure, no copy.

import type { Socket } from 'node:net';
import { nowUs } from '../../../base/clock.ts';
import { Due } from '../../../media/due.ts';
import type { KernelQueue } from '../../kernel-queue.ts';
import { CLOSE_DELIMITER, CLOSE_DELIMITER_FOR_IMAGE, type Part } from './part.ts';

/**
 * The kernel takes a whole picture as soon as it has room for its first byte. For a viewer that lags, the last bytes
 * are therefore written apart: they are taken only when the picture itself has nearly been sent (TCP_NOTSENT_LOWAT), so
 * that the next picture is chosen then and not one picture's time too early.
 */
const LAST_BYTES = 11;
/** So many pictures after it was last too slow for one. */
const LAGS_FOR = 60;

/**
 * A viewer that lags has a queue in its own kernel too, of 64 KB and more. Its next picture is chosen when it would fit
 * in there, or into half of what ever did: until then it would only grow old. Looked at again after `LOOK_AGAIN_MS`, for
 * at most `HOLD_MS`.
 */
const LOOK_AGAIN_MS = 15;
const HOLD_MS = 1000;

export interface ViewerSocketOptions {
  /** Null: every picture. */
  readonly fps: number | null;
  /** An <img>, see part.ts. */
  readonly isImage: boolean;
  readonly kernel: Pick<KernelQueue, 'room' | 'send'>;
}

export class ViewerSocket {
  readonly socket: Socket;
  /** Pictures that the kernel took whole, and pictures that were skipped because it had not taken the last one. */
  sent = 0;
  dropped = 0;
  /** Bytes given to the connection. */
  bytes = 0;
  /** Place in the fan-out's table; owned by the fan-out. */
  slot = -1;
  readonly #due: Due;
  readonly #isImage: boolean;
  #offered = -1;
  #writing: Part | null = null;
  #waiting: Part | null = null;
  #ending = false;
  /** Pictures for which this viewer still counts as one that lags. */
  #lags = 0;
  readonly #kernel: Pick<KernelQueue, 'room' | 'send'>;
  #largestRoom = 0;
  #heldSinceUs = 0;
  #hold: NodeJS.Timeout | null = null;
  #stuckChecks = 0;
  readonly #onHeld: () => void;
  readonly #onWritten: (error?: Error | null) => void;

  constructor(socket: Socket, { fps, isImage, kernel }: ViewerSocketOptions) {
    this.socket = socket;
    this.#kernel = kernel;
    this.#isImage = isImage;
    this.#due = new Due(fps);
    this.#onWritten = (error) => this.#written(error);
    this.#onHeld = () => this.#writeWaiting();
  }

  /** Hands a part of the fan-out to this viewer; `ordinal` counts the fan-out's parts. */
  offer(part: Part, ordinal: number): void {
    if (this.#ending || ordinal === this.#offered) return;
    if (this.#due.thins) {
      this.#offered = ordinal;
      if (!part.slate && !this.#due.isDue(part.capturedAtUs)) return;
    } else {
      if (this.#offered >= 0) this.dropped += ordinal - this.#offered - 1;
      this.#offered = ordinal;
    }
    if (this.#writing === null && this.#hold === null) {
      if (this.#lags === 0) {
        this.#write(part);
        return;
      }
      this.#lags -= 1;
      this.#waiting = part;
      this.#heldSinceUs = nowUs();
      this.#writeWaiting();
      return;
    }
    if (this.#waiting?.slate === false) this.dropped += 1;
    this.#waiting = part;
    this.#lags = LAGS_FOR;
  }

  /** Ends the response after the part that is being written, with the closing boundary. */
  finish(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.abandon();
    if (this.#writing === null) this.#close();
  }

  /**
   * Called at a steady pace. A connection that is still busy with one part at the second call is watched by the
   * socket's own timeout from then on, which knows of single bytes; others never pay for it.
   */
  watch(unreachableMs: number): void {
    this.#stuckChecks = this.#writing === null ? 0 : this.#stuckChecks + 1;
    if (this.#stuckChecks === 2) this.socket.setTimeout(unreachableMs);
  }

  /** Forgets what waits: the connection is gone or ends. */
  abandon(): void {
    this.#waiting = null;
    if (this.#hold !== null) clearTimeout(this.#hold);
    this.#hold = null;
  }

  #write(part: Part): void {
    const bytes = this.#isImage ? part.forImage : part.bytes;
    this.bytes += bytes.length;
    if (this.#lags === 0) {
      this.#writeWhole(part, bytes);
      return;
    }
    this.#writing = part;
    const last = bytes.length - LAST_BYTES;
    this.socket.write(bytes.subarray(0, last));
    this.socket.write(bytes.subarray(last), this.#onWritten);
  }

  /** Straight to the kernel where that is possible; what it does not take goes the ordinary way. */
  #writeWhole(part: Part, bytes: Buffer): void {
    const isIdle = this.socket.writableLength === 0 && !this.socket.writableEnded;
    const taken = isIdle ? this.#kernel.send(this.socket, bytes) : -1;
    if (taken === bytes.length) {
      if (!part.slate) this.sent += 1;
      return;
    }
    this.#writing = part;
    this.socket.write(taken > 0 ? bytes.subarray(taken) : bytes, this.#onWritten);
  }

  #written(error?: Error | null): void {
    if (error) {
      this.#ending = true;
      this.abandon();
      return;
    }
    if (this.#writing?.slate === false) this.sent += 1;
    this.#writing = null;
    if (this.#stuckChecks > 0) this.#unwatch();
    if (this.#ending) {
      this.#close();
    } else if (this.#waiting !== null) {
      this.#heldSinceUs = nowUs();
      this.#writeWaiting();
    }
  }

  /** Writes what waits, unless the viewer's own queue is still long: then a newer one may come meanwhile. */
  #writeWaiting(): void {
    this.#hold = null;
    const next = this.#waiting;
    if (next === null || this.#ending) return;
    if (!this.#fits(next) && nowUs() - this.#heldSinceUs < HOLD_MS * 1000) {
      this.#hold = setTimeout(this.#onHeld, LOOK_AGAIN_MS);
      return;
    }
    this.#waiting = null;
    this.#write(next);
  }

  #fits(part: Part): boolean {
    const room = this.#kernel.room(this.socket);
    if (room === null) return true;
    if (room > this.#largestRoom) this.#largestRoom = room;
    return room >= Math.min(part.bytes.length, this.#largestRoom / 2);
  }

  #unwatch(): void {
    if (this.#stuckChecks >= 2) this.socket.setTimeout(0);
    this.#stuckChecks = 0;
  }

  #close(): void {
    this.socket.write(this.#isImage ? CLOSE_DELIMITER_FOR_IMAGE : CLOSE_DELIMITER);
    this.socket.destroySoon();
  }
}
