// One duplex connection of the media lane, cut into messages. It runs over a socket (`socket.ts`) or an in-memory pair
// (`memory.ts`); what stands above cannot tell which.

import { SightlineError } from '../base/errors.ts';
import { BODY_ROOM, BODY_TAIL, decodeHead, emptyHead, encodeHead, HEAD_BYTES } from './wire.ts';
import type { Head } from './wire.ts';

/** A duplex stream of bytes. */
export interface Transport {
  /** Bytes accepted by `write` and not yet by the other side's kernel (or, in memory, by the other side). */
  readonly queuedBytes: number;
  /** Gets each piece that arrived; it is valid inside the call only. */
  onBytes: ((piece: Buffer) => void) | null;
  /** Called once, when no more will come or go. */
  onClose: ((error: Error | null) => void) | null;
  write(bytes: Buffer, written?: () => void): void;
  /** Between these, writes are gathered and leave together. */
  cork(): void;
  uncork(): void;
  /** Closes after what was written has left. */
  end(): void;
  destroy(error?: Error): void;
}

/** Assembles messages from pieces of any size. Each body gets one buffer of its own with room before and behind. */
class Assembler {
  readonly #head = emptyHead();
  readonly #partial = Buffer.alloc(HEAD_BYTES);
  #partialFill = 0;
  #body: Buffer | null = null;
  #bodyFill = 0;
  maxBodyBytes: number;

  constructor(maxBodyBytes: number) {
    this.maxBodyBytes = maxBodyBytes;
  }

  /** Calls `emit` for each message that `piece` completes, until `emit` returns false. Throws on garbage. */
  add(piece: Buffer, emit: (head: Head, body: Buffer) => boolean): void {
    let at = 0;
    while (at < piece.length || this.#isComplete()) {
      if (this.#body === null) at = this.#addToHead(piece, at);
      if (this.#body !== null) at = this.#addToBody(this.#body, piece, at);
      if (!this.#isComplete()) continue;
      const body = this.#body!;
      this.#body = null;
      if (!emit(this.#head, body)) return;
    }
  }

  #isComplete(): boolean {
    return this.#body !== null && this.#bodyFill === this.#body.length;
  }

  #addToHead(piece: Buffer, at: number): number {
    if (this.#partialFill === 0 && piece.length - at >= HEAD_BYTES) {
      this.#begin(piece, at);
      return at + HEAD_BYTES;
    }
    const taken = Math.min(HEAD_BYTES - this.#partialFill, piece.length - at);
    piece.copy(this.#partial, this.#partialFill, at, at + taken);
    this.#partialFill += taken;
    if (this.#partialFill === HEAD_BYTES) {
      this.#partialFill = 0;
      this.#begin(this.#partial, 0);
    }
    return at + taken;
  }

  #begin(bytes: Buffer, at: number): void {
    decodeHead(bytes, at, this.#head, this.maxBodyBytes);
    const whole = Buffer.allocUnsafeSlow(BODY_ROOM + this.#head.length + BODY_TAIL);
    this.#body = whole.subarray(BODY_ROOM, BODY_ROOM + this.#head.length);
    this.#bodyFill = 0;
  }

  #addToBody(body: Buffer, piece: Buffer, at: number): number {
    const taken = Math.min(body.length - this.#bodyFill, piece.length - at);
    if (taken > 0) piece.copy(body, this.#bodyFill, at, at + taken);
    this.#bodyFill += taken;
    return at + taken;
  }
}

export class Channel {
  /** Gets each message. The head is valid inside the call only; the body belongs to the receiver. */
  onMessage: ((head: Head, body: Buffer) => void) | null = null;
  /** Called when something that was sent has left the queue. */
  onFree: (() => void) | null = null;
  /** Called once, when the connection has ended: with the reason when it was not this side's wish. */
  onClose: ((error: Error | null) => void) | null = null;
  readonly #transport: Transport;
  readonly #assembler: Assembler;
  #closed = false;
  readonly #emit = (head: Head, body: Buffer): boolean => {
    this.onMessage?.(head, body);
    return !this.#closed;
  };
  readonly #written = (): void => {
    if (!this.#closed) this.onFree?.();
  };

  /** `maxBodyBytes`: the longest body accepted from the other side. */
  constructor(transport: Transport, maxBodyBytes: number) {
    this.#transport = transport;
    this.#assembler = new Assembler(maxBodyBytes);
    transport.onBytes = (piece) => this.#read(piece);
    transport.onClose = (error) => this.#ended(error);
  }

  get closed(): boolean {
    return this.#closed;
  }

  get queuedBytes(): number {
    return this.#transport.queuedBytes;
  }

  set maxBodyBytes(bytes: number) {
    this.#assembler.maxBodyBytes = bytes;
  }

  /** Sends a message; `head.length` is set here. The body is not copied and must not change afterwards. */
  send(head: Head, body: Buffer): void {
    if (this.#closed) return;
    head.length = body.length;
    const bytes = encodeHead(head);
    this.#transport.cork();
    if (body.length === 0) this.#transport.write(bytes, this.#written);
    else {
      this.#transport.write(bytes);
      this.#transport.write(body, this.#written);
    }
    this.#transport.uncork();
  }

  /** Between these, messages are gathered and leave in one system call. */
  cork(): void {
    if (!this.#closed) this.#transport.cork();
  }

  uncork(): void {
    if (!this.#closed) this.#transport.uncork();
  }

  /** Closes after what was sent has left. */
  end(): void {
    if (!this.#closed) this.#transport.end();
  }

  /** Closes now; `onClose` is told in this call. Closing twice is harmless. */
  close(error: Error | null = null): void {
    if (this.#closed) return;
    this.#transport.destroy();
    this.#ended(error);
  }

  #read(piece: Buffer): void {
    if (this.#closed) return;
    try {
      this.#assembler.add(piece, this.#emit);
    } catch (error) {
      this.close(SightlineError.from(error, 'link-closed'));
    }
  }

  #ended(error: Error | null): void {
    if (this.#closed) return;
    this.#closed = true;
    this.onClose?.(error);
  }
}
