// One viewer's connection behind a fan-out: holds at most the part that is being written and the newest that waits
// ("latest wins"). The hot path of the gateway: one write of a shared buffer per picture, no closure, no copy.

import type { Socket } from 'node:net';
import { CLOSE_DELIMITER, CLOSE_DELIMITER_FOR_IMAGE, type Part } from './part.ts';

/** A picture that comes this part of the interval too early still counts as due: captures jitter. */
const EARLY = 1 / 4;

export class ViewerSocket {
  readonly socket: Socket;
  /** Pictures that the kernel took whole, and pictures that were skipped because it had not taken the last one. */
  sent = 0;
  dropped = 0;
  /** Place in the fan-out's table; owned by the fan-out. */
  slot = -1;
  readonly #intervalUs: number;
  readonly #isImage: boolean;
  #nextDueUs = -Infinity;
  #offered = -1;
  #writing: Part | null = null;
  #waiting: Part | null = null;
  #ending = false;
  #stuckChecks = 0;
  readonly #onWritten: (error?: Error | null) => void;

  /** `fps` null: every picture. `isImage`: an <img>, see part.ts. */
  constructor(socket: Socket, { fps, isImage }: { readonly fps: number | null; readonly isImage: boolean }) {
    this.socket = socket;
    this.#isImage = isImage;
    this.#intervalUs = fps === null ? 0 : 1e6 / fps;
    this.#onWritten = (error) => this.#written(error);
  }

  /** Hands a part of the fan-out to this viewer; `ordinal` counts the fan-out's parts. */
  offer(part: Part, ordinal: number): void {
    if (this.#ending || ordinal === this.#offered) return;
    if (this.#intervalUs > 0) {
      this.#offered = ordinal;
      if (!part.slate && !this.#isDue(part.capturedAtUs)) return;
    } else {
      if (this.#offered >= 0) this.dropped += ordinal - this.#offered - 1;
      this.#offered = ordinal;
    }
    if (this.#writing === null) {
      this.#write(part);
      return;
    }
    if (this.#waiting?.slate === false) this.dropped += 1;
    this.#waiting = part;
  }

  /** Ends the response after the part that is being written, with the closing boundary. */
  finish(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#waiting = null;
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

  #isDue(capturedAtUs: number): boolean {
    const interval = this.#intervalUs;
    if (capturedAtUs < this.#nextDueUs - interval * EARLY) return false;
    this.#nextDueUs = Math.max(this.#nextDueUs, capturedAtUs - interval) + interval;
    return true;
  }

  #write(part: Part): void {
    this.#writing = part;
    this.socket.write(this.#isImage ? part.forImage : part.bytes, this.#onWritten);
  }

  #written(error?: Error | null): void {
    if (error) {
      this.#ending = true;
      this.#waiting = null;
      return;
    }
    if (this.#writing?.slate === false) this.sent += 1;
    this.#writing = null;
    if (this.#stuckChecks > 0) this.#unwatch();
    if (this.#ending) {
      this.#close();
    } else if (this.#waiting !== null) {
      const next = this.#waiting;
      this.#waiting = null;
      this.#write(next);
    }
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
