// One version of a processor at work: its thread, the scaler that makes its frames, and the frame that it has in hand.
// A host has one that runs, and for a moment another that is to take its place.

import { nowUs, wallUs } from '../../base/clock.ts';
import { SightlineError } from '../../base/errors.ts';
import { SPARE_BYTES, packedBytes } from '../../media/pixels.ts';
import type { Frame } from '../ffmpeg/frame.ts';
import { PixelScaler, pixelShape } from '../ffmpeg/pixel-scaler.ts';
import type { WorkerFault, WorkerStart } from './protocol.ts';
import { ProcessorThread } from './thread.ts';
import type { Done, Loaded, ThreadLimits } from './thread.ts';

export interface VersionListener {
  loaded(version: Version, loaded: Loaded): void;
  /** What came of a frame; the frame is released afterwards. */
  done(version: Version, done: Done, frame: Frame): void;
  updated(version: Version, options: Loaded['options']): void;
  fault(version: Version, fault: WorkerFault): void;
  log(level: 'debug' | 'info' | 'warn' | 'error', text: string): void;
  /** It could take a frame now. */
  idle(): void;
}

export class Version {
  /** Unix time at which its files were read, or a moment before, milliseconds. */
  readonly startedMs = wallUs(nowUs()) / 1000;
  readonly #thread: ProcessorThread;
  readonly #listener: VersionListener;
  #loaded: Loaded | null = null;
  #scaler: PixelScaler | null = null;
  /** Size of the camera's pictures that it is set up for. */
  #source = '';
  #ready = false;
  #converting = false;
  #inHand: Frame | null = null;
  #ended = false;

  constructor(start: WorkerStart, limits: ThreadLimits, listener: VersionListener) {
    this.#listener = listener;
    this.#thread = new ProcessorThread(start, limits, {
      loaded: (loaded) => {
        this.#loaded = loaded;
        listener.loaded(this, loaded);
      },
      ready: () => {
        this.#ready = true;
        listener.idle();
      },
      done: (done) => this.#done(done),
      updated: (options) => listener.updated(this, options),
      fault: (fault) => listener.fault(this, fault),
      log: (level, text) => listener.log(level, text),
    });
  }

  get loaded(): Loaded | null {
    return this.#loaded;
  }

  /** It would take a frame now; a size that it is not set up for is taken as the beginning of setting up. */
  get isFree(): boolean {
    return this.#loaded !== null && !this.#ended && this.#inHand === null && !this.#converting && this.#isSetUp;
  }

  get #isSetUp(): boolean {
    return this.#ready || this.#source === '';
  }

  options(options: Loaded['options']): void {
    this.#thread.options(options);
  }

  /**
   * Offers a frame, which the caller owns. It is retained while it is worked on. False: it is to be offered again, for
   * first the processor is set up for its size.
   */
  offer(frame: Frame, watched: boolean): boolean {
    const source = `${frame.width}x${frame.height}`;
    if (source !== this.#source) {
      this.#source = source;
      this.#setup(frame);
      return false;
    }
    frame.retain();
    this.#converting = true;
    void this.#hand(frame, watched);
    return true;
  }

  async end(): Promise<void> {
    this.#ended = true;
    await this.#thread.end();
    await this.#scaler?.close();
    this.#scaler = null;
    this.#letGo();
  }

  #setup(frame: Frame): void {
    const shape = pixelShape(frame, this.#loaded!.input);
    const { width, height, format } = shape;
    this.#ready = false;
    void this.#scaler?.close();
    this.#scaler = new PixelScaler(shape);
    this.#thread.setup({ width, height, bytes: packedBytes(format, width, height) + SPARE_BYTES });
  }

  async #hand(frame: Frame, watched: boolean): Promise<void> {
    try {
      await this.#scaler!.convert(frame, this.#thread.slot);
    } catch (error) {
      this.#converting = false;
      frame.release();
      const { message } = SightlineError.from(error, 'decode-failed');
      if (!this.#ended) this.#listener.fault(this, { step: 'process', message, file: null, line: null });
      return;
    }
    this.#converting = false;
    if (this.#ended) {
      frame.release();
      return;
    }
    this.#inHand = frame;
    const { sequence, stamp } = frame;
    this.#thread.frame({
      sequence,
      capturedUnixUs: wallUs(stamp.capturedAtUs),
      clock: stamp.clock,
      uncertaintyUs: stamp.uncertaintyUs ?? null,
      watched,
    });
  }

  #done(done: Done): void {
    const frame = this.#inHand;
    this.#inHand = null;
    if (frame === null) return;
    this.#listener.done(this, done, frame);
    frame.release();
    this.#listener.idle();
  }

  #letGo(): void {
    this.#inHand?.release();
    this.#inHand = null;
  }
}
