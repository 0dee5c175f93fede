// Memory for pictures that is used again: the slabs of one process. Without it the garbage collector runs twice a second
// for a few cameras that nobody watches, because their pictures are memory outside of its heap.
//
// A slab counts who holds bytes of it. It comes back to its pool when all of them have let go, and only then. Who takes
// pictures and never lets go (a viewer's connection, a test) keeps them for ever: the collector has the slab one day.

import type { Memory } from '../types.ts';

/** The usual slab; pictures that do not fit get one of a power of two of this. */
const SLAB_BYTES = 128 * 1024;
/** No more than this waits for use. */
const MAX_FREE_BYTES = 32 * 1024 * 1024;

/** A piece of memory that holds some consecutive pictures. Born with one reference. */
export class Slab implements Memory {
  readonly bytes: Buffer;
  readonly #pool: SlabPool;
  #references = 1;

  constructor(pool: SlabPool, size: number) {
    this.#pool = pool;
    this.bytes = Buffer.allocUnsafeSlow(size);
  }

  retain(): void {
    if (this.#references === 0) throw new Error('memory was retained after its last reference was released');
    this.#references++;
  }

  release(): void {
    if (this.#references === 0) throw new Error('memory was released more often than retained');
    if (--this.#references === 0) this.#pool.takeBack(this);
  }

  /** Takes a free one into use. */
  reuse(): void {
    this.#references = 1;
  }
}

export interface SlabPoolOptions {
  /** For tests; a power of two. */
  readonly slabBytes?: number;
  readonly maxFreeBytes?: number;
}

/** Free slabs of one size. */
interface Shelf {
  readonly slabs: Slab[];
  /** The fewest that were free since the last trim: nobody needed those. */
  least: number;
}

/** The slabs of one process, for all of its cameras. */
export class SlabPool {
  readonly #shelves = new Map<number, Shelf>();
  readonly #slabBytes: number;
  readonly #maxFreeBytes: number;
  #freeBytes = 0;

  constructor({ slabBytes = SLAB_BYTES, maxFreeBytes = MAX_FREE_BYTES }: SlabPoolOptions = {}) {
    this.#slabBytes = slabBytes;
    this.#maxFreeBytes = maxFreeBytes;
  }

  get freeBytes(): number {
    return this.#freeBytes;
  }

  /** A slab for a picture of which `bytes` are known, with room for as many again where pictures are small. */
  take(bytes: number): Slab {
    let size = this.#slabBytes;
    while (size < bytes * 1.5) size *= 2;
    const shelf = this.#shelves.get(size);
    const slab = shelf?.slabs.pop();
    if (shelf === undefined || slab === undefined) return new Slab(this, size);
    shelf.least = Math.min(shelf.least, shelf.slabs.length);
    this.#freeBytes -= size;
    slab.reuse();
    return slab;
  }

  /** Called by a slab that nobody holds any more. */
  takeBack(slab: Slab): void {
    const size = slab.bytes.length;
    if (this.#freeBytes + size > this.#maxFreeBytes) return;
    let shelf = this.#shelves.get(size);
    if (shelf === undefined) this.#shelves.set(size, (shelf = { slabs: [], least: 0 }));
    shelf.slabs.push(slab);
    this.#freeBytes += size;
  }

  /** Lets go of what nobody needed since the last call. */
  trim(): void {
    for (const [size, shelf] of this.#shelves) {
      shelf.slabs.splice(0, shelf.least);
      this.#freeBytes -= shelf.least * size;
      shelf.least = shelf.slabs.length;
    }
  }
}
