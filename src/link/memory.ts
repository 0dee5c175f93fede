// The media lane inside one process: two ends, each of which gets what the other writes, a turn of the event loop later
// and in pieces, as a socket would give it. Tests and a gateway in the producer's own process use it.

import { Channel } from './channel.ts';
import type { Transport } from './channel.ts';
import { MAX_BODY_BYTES } from './wire.ts';

/** As much as goes over in one turn; the kernel's socket buffer, so to speak. */
const TURN_BYTES = 208 * 1024;

class MemoryTransport implements Transport {
  onBytes: ((piece: Buffer) => void) | null = null;
  onClose: ((error: Error | null) => void) | null = null;
  peer: MemoryTransport | null = null;
  #queue: { bytes: Buffer; written: (() => void) | undefined }[] = [];
  #queuedBytes = 0;
  #turn: NodeJS.Immediate | null = null;
  #ending = false;
  #closed = false;

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  write(bytes: Buffer, written?: () => void): void {
    if (this.#closed || this.#ending) return;
    this.#queue.push({ bytes, written });
    this.#queuedBytes += bytes.length;
    this.#turn ??= setImmediate(() => this.#deliver());
  }

  cork(): void {
    this.#turn ??= setImmediate(() => this.#deliver());
  }

  uncork(): void {
    this.cork();
  }

  end(): void {
    this.#ending = true;
    this.cork();
  }

  destroy(): void {
    this.#close();
    this.peer?.end();
  }

  #deliver(): void {
    this.#turn = null;
    let moved = 0;
    while (moved < TURN_BYTES && !this.#closed) {
      const next = this.#queue.shift();
      if (next === undefined) break;
      moved += next.bytes.length;
      this.#queuedBytes -= next.bytes.length;
      this.peer?.onBytes?.(next.bytes);
      next.written?.();
    }
    if (this.#closed) return;
    if (this.#queue.length > 0) this.#turn ??= setImmediate(() => this.#deliver());
    else if (this.#ending) this.#finish();
  }

  #finish(): void {
    const { peer } = this;
    this.#close();
    peer?.destroy();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#turn !== null) clearImmediate(this.#turn);
    this.#turn = null;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.onClose?.(null);
  }
}

/** Two connected channels: give one to `LinkServer.attach`, the other to `LinkClient.over`. */
export function memoryPair(): [Channel, Channel] {
  const here = new MemoryTransport();
  const there = new MemoryTransport();
  here.peer = there;
  there.peer = here;
  return [new Channel(here, MAX_BODY_BYTES), new Channel(there, MAX_BODY_BYTES)];
}
