// One processor at work inside its worker thread: what it was set up to, and each call of its code.

import { performance } from 'node:perf_hooks';
import type { PixelFormat, ProcessorDefinition, ProcessorFrame, RunningProcessor } from './contract.ts';
import { parseOptions } from './definition.ts';
import { checkDrawings, checkEvents, demandResult } from './findings.ts';
import { FrameMat, PictureOut } from './frame-mat.ts';
import type { LoadedCv } from './opencv.ts';
import type { FromWorker, ToWorker, WorkerMemory, WorkerStart } from './protocol.ts';

type Options = Readonly<Record<string, unknown>>;
type Setup = Extract<ToWorker, { kind: 'setup' }>;
type FrameMessage = Extract<ToWorker, { kind: 'frame' }>;
type Done = Extract<FromWorker, { kind: 'done' }>;
/** What its schemas say of types is known to its author only; here all is checked as it comes. */
type AnyProcessor = RunningProcessor<Options, Readonly<Record<string, never>>>;

/** JavaScript's memory is looked at once in so many frames. */
const HEAP_LOOK_INTERVAL = 16;

export interface UserProcessorParts {
  readonly definition: ProcessorDefinition;
  readonly input: { readonly format: PixelFormat };
  readonly options: Options;
  readonly cv: LoadedCv;
  readonly start: WorkerStart;
}

export class UserProcessor {
  readonly #parts: UserProcessorParts;
  readonly #out: PictureOut;
  #options: Options;
  #running: AnyProcessor | null = null;
  #stop = new AbortController();
  #mat: FrameMat | null = null;
  #shape: Setup | null = null;
  #frames = 0;
  #jsBytes = 0;

  constructor(parts: UserProcessorParts) {
    this.#parts = parts;
    this.#options = parts.options;
    this.#out = new PictureOut(parts.cv);
  }

  parse(options: Options): Options {
    return parseOptions(this.#parts.definition, options);
  }

  /** For frames of this size, which may be another one than before. */
  async setup(shape: Setup): Promise<void> {
    await this.close();
    this.#shape = shape;
    this.#mat = new FrameMat(this.#parts.cv, { ...shape, format: this.#parts.input.format });
    await this.#begin(shape);
  }

  /** Rejects with what it threw; then the options before are still in force. */
  async update(options: Options): Promise<void> {
    const before = this.#options;
    this.#options = options;
    if (this.#running === null || this.#shape === null) return;
    try {
      await this.#change(this.#running, this.#shape);
    } catch (error) {
      this.#options = before;
      // Those before are good: it goes on with them.
      if (!this.#isRunning) await this.#begin(this.#shape);
      throw error;
    }
  }

  async process(message: FrameMessage): Promise<Done> {
    const mat = this.#mat;
    const shape = this.#shape;
    if (mat === null || shape === null || this.#running === null) throw new Error('it is not set up');
    mat.take(shape.slots[message.slot]!);
    const frame = frameOf({ message, shape, mat, format: this.#parts.input.format });
    const from = performance.now();
    const result: unknown = await this.#running.process(frame);
    const tookUs = Math.round((performance.now() - from) * 1000);
    const { picture, drawings, events } = demandResult(result);
    return {
      kind: 'done',
      slot: message.slot,
      tookUs,
      picture: picture === undefined ? null : this.#out.give(picture as Parameters<PictureOut['give']>[0]),
      drawings: drawings === undefined ? null : checkDrawings(drawings),
      events: events === undefined ? [] : checkEvents(this.#parts.definition, events),
      memory: this.#memory(),
    };
  }

  async close(): Promise<void> {
    await this.#end();
    this.#mat?.delete();
    this.#mat = null;
    this.#shape = null;
  }

  get #isRunning(): boolean {
    return this.#running !== null;
  }

  async #change(running: AnyProcessor, shape: Setup): Promise<void> {
    if (running.update) {
      await running.update(this.#options);
      return;
    }
    await this.#end();
    await this.#begin(shape);
  }

  async #begin({ width, height }: Setup): Promise<void> {
    const { definition, cv, start } = this.#parts;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const context = { cv: cv.cv, options: this.#options, camera: start.camera, width, height, signal };
    const running = (await definition.setup(context)) as Partial<AnyProcessor> | undefined;
    if (typeof running?.process !== 'function') throw new Error('setup gave no object with a function process');
    this.#running = running as AnyProcessor;
  }

  async #end(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    this.#stop.abort();
    await running?.close?.();
  }

  #memory(): WorkerMemory {
    if (this.#frames++ % HEAP_LOOK_INTERVAL === 0) {
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      this.#jsBytes = heapUsed + arrayBuffers;
    }
    return { heapBytes: this.#parts.cv.heapBytes(), mats: this.#parts.cv.liveMats(), jsBytes: this.#jsBytes };
  }
}

interface FrameFacts {
  readonly message: FrameMessage;
  readonly shape: Setup;
  readonly mat: FrameMat;
  readonly format: PixelFormat;
}

function frameOf({ message, shape, mat, format }: FrameFacts): ProcessorFrame {
  return {
    mat: mat.mat,
    get data() {
      return mat.mat.data;
    },
    width: shape.width,
    height: shape.height,
    format,
    sequence: message.sequence,
    capturedAt: { unixUs: message.capturedUnixUs, clock: message.clock, uncertaintyUs: message.uncertaintyUs },
    watched: message.watched,
  };
}
