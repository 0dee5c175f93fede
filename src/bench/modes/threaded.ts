// The threaded mode: one capture keeps the newest picture, from the first request until the process ends; each viewer's
// response encodes it again with an encoder of its own. FFmpeg cannot be loaded safely into two threads of one process,
// so 'a thread of its own' is one of libuv's pool: each decoding and each encoding runs there, beside the others.

import type { Frame } from '../../codec/ffmpeg/frame.ts';
import type { SourceAddress } from '../../config/camera.ts';
import { capture } from './capture.ts';
import type { Mode } from './mode-server.ts';
import { newEncoder } from './encoder.ts';
import type { Viewer } from './viewer.ts';

/**
 * Encodings at the same time: fewer than the pool has threads. The pool serves in the order of asking, and a decoding
 * that waited behind those of all viewers would be worse off than a thread of its own.
 */
const MAX_ENCODINGS = 6;

export class ThreadedMode implements Mode {
  readonly #address: SourceAddress;
  readonly #watchers = new Set<Watcher>();
  readonly #turns = new Turns(MAX_ENCODINGS);
  readonly #stopped = new AbortController();
  #newest: Frame | null = null;
  #capture: Promise<void> | null = null;

  constructor(address: SourceAddress) {
    this.#address = address;
  }

  async watch(viewer: Viewer, signal: AbortSignal): Promise<void> {
    const watcher = new Watcher(viewer, { turns: this.#turns, newest: () => this.#newest });
    const gone = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    this.#watchers.add(watcher);
    this.#capture ??= this.#run();
    // The camera may go while nobody watches.
    this.#capture.catch(() => undefined);
    try {
      watcher.wake();
      await (signal.aborted ? undefined : Promise.race([gone, this.#capture, watcher.failed]));
    } finally {
      this.#watchers.delete(watcher);
      await watcher.close();
    }
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#capture?.catch(() => undefined);
  }

  /** When the camera goes, so do all responses; the next request opens it again. */
  async #run(): Promise<void> {
    try {
      await capture({ address: this.#address, signal: this.#stopped.signal, onFrame: (frame) => this.#keep(frame) });
    } finally {
      this.#newest?.release();
      this.#newest = null;
      this.#capture = null;
    }
  }

  #keep(frame: Frame): void {
    frame.retain();
    this.#newest?.release();
    this.#newest = frame;
    for (const watcher of this.#watchers) watcher.wake();
  }
}

/** So many at a time; others wait in the order in which they asked. */
class Turns {
  readonly #limit: number;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** True: taken, to be given back. False: `wake` is called when it is worth asking again. */
  take(wake: () => void): boolean {
    if (this.#taken < this.#limit) {
      this.#taken++;
      return true;
    }
    this.#waiting.add(wake);
    return false;
  }

  giveBack(): void {
    this.#taken--;
    for (const wake of this.#waiting) {
      if (this.#taken >= this.#limit) return;
      this.#waiting.delete(wake);
      wake();
    }
  }
}

interface Surroundings {
  readonly turns: Turns;
  readonly newest: () => Frame | null;
}

/** What one response does: the newest picture, encoded and written, and again as soon as there is a newer one. */
class Watcher {
  readonly failed: Promise<never>;
  readonly #viewer: Viewer;
  readonly #around: Surroundings;
  readonly #wake = (): void => this.wake();
  readonly #encoder = newEncoder();
  readonly #fail: (error: unknown) => void;
  #last = -1;
  #encoding: Promise<void> | null = null;
  #closed = false;

  constructor(viewer: Viewer, around: Surroundings) {
    this.#viewer = viewer;
    this.#around = around;
    const { promise, reject } = Promise.withResolvers<never>();
    this.failed = promise;
    this.failed.catch(() => undefined);
    this.#fail = reject;
    viewer.onIdle = this.#wake;
  }

  wake(): void {
    const frame = this.#around.newest();
    if (frame === null || frame.sequence === this.#last) return;
    if (this.#closed || this.#encoding !== null || !this.#viewer.isIdle) return;
    if (!this.#around.turns.take(this.#wake)) return;
    this.#last = frame.sequence;
    frame.retain();
    this.#encoding = this.#encode(frame);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#encoding;
    await this.#encoder.close();
  }

  async #encode(frame: Frame): Promise<void> {
    try {
      this.#viewer.write(await this.#encoder.encode(frame));
    } catch (error) {
      this.#fail(error);
    } finally {
      frame.release();
      this.#encoding = null;
      this.#around.turns.giveBack();
    }
    this.wake();
  }
}
