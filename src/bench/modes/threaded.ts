// The threaded mode: one capture keeps the newest picture, from the first request until the process ends; each viewer's
// response encodes it again with an encoder of its own. FFmpeg cannot be loaded safely into two threads of one process,
// so 'a thread of its own' is one of libuv's pool: each decoding and each encoding runs there, beside the others.

import { JpegEncoder } from '../../codec/ffmpeg/jpeg-encoder.ts';
import type { Frame } from '../../codec/ffmpeg/frame.ts';
import type { SourceAddress } from '../../config/camera.ts';
import { capture } from './capture.ts';
import type { Mode } from './mode-server.ts';
import { JPEG_QUALITY } from './quality.ts';
import type { Viewer } from './viewer.ts';

export class ThreadedMode implements Mode {
  readonly #address: SourceAddress;
  readonly #watchers = new Set<Watcher>();
  readonly #stopped = new AbortController();
  #newest: Frame | null = null;
  #capture: Promise<void> | null = null;

  constructor(address: SourceAddress) {
    this.#address = address;
  }

  async watch(viewer: Viewer, signal: AbortSignal): Promise<void> {
    const watcher = new Watcher(viewer, () => this.#newest);
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

/** What one response does: the newest picture, encoded and written, and again as soon as there is a newer one. */
class Watcher {
  readonly failed: Promise<never>;
  readonly #viewer: Viewer;
  readonly #newest: () => Frame | null;
  readonly #encoder = new JpegEncoder(null, JPEG_QUALITY);
  readonly #fail: (error: unknown) => void;
  #last = -1;
  #encoding: Promise<void> | null = null;
  #closed = false;

  constructor(viewer: Viewer, newest: () => Frame | null) {
    this.#viewer = viewer;
    this.#newest = newest;
    const { promise, reject } = Promise.withResolvers<never>();
    this.failed = promise;
    this.failed.catch(() => undefined);
    this.#fail = reject;
    viewer.onIdle = () => this.wake();
  }

  wake(): void {
    const frame = this.#newest();
    if (frame === null || frame.sequence === this.#last) return;
    if (this.#closed || this.#encoding !== null || !this.#viewer.isIdle) return;
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
    }
    this.wake();
  }
}
