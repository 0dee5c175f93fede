// Memory for pictures: payloads are copied once, out of the socket's buffer into a slab that holds some consecutive
// pictures. A picture is a view of its slab, never of a read buffer, so that small pieces pin no large buffers.

import type { Memory } from '../types.ts';
import type { Slab, SlabPool } from './slab-pool.ts';

const NOTHING = Buffer.alloc(0);

/** Assembles one unit after the other. */
export class UnitSlab {
  readonly #pool: SlabPool;
  #memory: Slab | null = null;
  /** The bytes of `#memory`. */
  #slab: Buffer = NOTHING;
  #start = 0;
  #end = 0;
  #lastLength = 0;
  readonly #maxBytes: number;

  constructor(maxBytes: number, pool: SlabPool) {
    this.#maxBytes = maxBytes;
    this.#pool = pool;
  }

  /** Bytes of the unit so far. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Begins a unit; one that was not finished is forgotten. */
  begin(): void {
    this.#end = this.#start;
    if (this.#slab.length - this.#start < this.#lastLength) this.#grow(this.#lastLength);
  }

  /** Moves the unit to a slab that holds nothing before it: what came before may be let go of together. */
  separate(): void {
    if (this.#start > 0) this.#grow(Math.max(this.length, this.#lastLength));
  }

  /** Copies bytes[from, to) to the end of the unit. False: the unit would be too large, nothing was copied. */
  append(bytes: Buffer, from: number, to: number): boolean {
    const size = to - from;
    if (!this.#room(size)) return false;
    bytes.copy(this.#slab, this.#end, from, to);
    this.#end += size;
    return true;
  }

  appendByte(value: number): boolean {
    if (!this.#room(1)) return false;
    this.#slab[this.#end++] = value;
    return true;
  }

  /** Appends four bytes, big endian. */
  appendLength(value: number): boolean {
    if (!this.#room(4)) return false;
    this.#end = this.#slab.writeUInt32BE(value, this.#end);
    return true;
  }

  /** Overwrites the four bytes at this place of the unit. */
  patchLength(at: number, value: number): void {
    this.#slab.writeUInt32BE(value, this.#start + at);
  }

  /** Cuts the unit back to this length. */
  truncate(length: number): void {
    this.#end = this.#start + length;
  }

  /** A view of the unfinished unit, valid until the next call. */
  view(from: number): Buffer {
    return this.#slab.subarray(this.#start + from, this.#end);
  }

  /** The finished unit; its receiver owns one reference to its memory. */
  finish(): { readonly data: Buffer; readonly memory: Memory | undefined } {
    const data = this.#slab.subarray(this.#start, this.#end);
    this.#lastLength = data.length;
    this.#start = this.#end;
    this.#memory?.retain();
    return { data, memory: this.#memory ?? undefined };
  }

  #room(size: number): boolean {
    const needed = this.length + size;
    if (needed > this.#maxBytes) return false;
    if (this.#end + size > this.#slab.length) this.#grow(needed);
    return true;
  }

  #grow(needed: number): void {
    const larger = this.#pool.take(needed);
    this.#slab.copy(larger.bytes, 0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    this.#memory?.release();
    this.#memory = larger;
    this.#slab = larger.bytes;
  }
}
