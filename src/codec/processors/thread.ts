// One worker thread as its host holds it: started, set up, given a frame at a time, and ended; what hangs, grows too
// large or dies ends with a fault that says so. host.ts decides what comes after that.

import { setPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { StampClock } from '../../media/types.ts';
import { faultOf } from './fault.ts';
import { PrintedLines } from './printed-lines.ts';
import { SLOTS } from './protocol.ts';
import type { FromWorker, ToWorker, WorkerFault, WorkerStart } from './protocol.ts';

/** Loading OpenCV takes half a second, on a busy machine several. */
const LOAD_LIMIT_MS = 20_000;
const END_LIMIT_MS = 1000;
/** Cameras and viewers come first. */
const NICE = 10;
const MB = 1e6;
const EXTENSION = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

type Of<K extends FromWorker['kind']> = Extract<FromWorker, { kind: K }>;
export type Loaded = Of<'loaded'>;
export type Done = Of<'done'>;

export interface ThreadLimits {
  /** One step of user code may take so long. */
  readonly timeoutMs: number;
  readonly memoryMb: number;
}

export interface ThreadListener {
  loaded(loaded: Loaded): void;
  ready(): void;
  done(done: Done): void;
  updated(options: Of<'updated'>['options']): void;
  /** It can go on only after an `options` or `update` fault; after any other it is ended by its owner. */
  fault(fault: WorkerFault): void;
  log(level: Of<'log'>['level'], text: string): void;
}

/** Facts of a frame that its slot does not hold. */
export interface FrameFacts {
  readonly sequence: number;
  readonly capturedUnixUs: number;
  readonly clock: StampClock;
  readonly uncertaintyUs: number | null;
  readonly watched: boolean;
}

export class ProcessorThread {
  readonly #worker: Worker;
  readonly #limits: ThreadLimits;
  readonly #listener: ThreadListener;
  readonly #exited: Promise<void>;
  #slots: readonly Uint8Array[] = [];
  #turn = 0;
  #timer: NodeJS.Timeout | null = null;
  #busy = false;
  #over = false;

  constructor(start: WorkerStart, limits: ThreadLimits, listener: ThreadListener) {
    this.#limits = limits;
    this.#listener = listener;
    this.#worker = new Worker(new URL(`./worker.${EXTENSION}`, import.meta.url), {
      name: start.name,
      workerData: start,
      resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb },
      stdout: true,
      stderr: true,
    });
    this.#exited = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
    this.#worker.on('message', (message: FromWorker) => this.#hear(message));
    this.#worker.on('error', (error) => this.#fail(faultOf('process', error)));
    void this.#exited.then(() => this.#fail(plainFault('process', 'its thread ended by itself')));
    const lines = new PrintedLines((level, text) => listener.log(level, text));
    for (const stream of [this.#worker.stdout, this.#worker.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => lines.say('info', text.trimEnd()));
    }
    this.#expect('load', LOAD_LIMIT_MS);
  }

  /** A frame is being worked on. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Sets it up for frames of this size. */
  setup(shape: { readonly width: number; readonly height: number; readonly bytes: number }): void {
    const buffers = Array.from({ length: SLOTS }, () => new SharedArrayBuffer(shape.bytes));
    this.#slots = buffers.map((buffer) => new Uint8Array(buffer));
    this.#say({ kind: 'setup', width: shape.width, height: shape.height, slots: buffers });
    this.#expect('setup', Math.max(this.#limits.timeoutMs, LOAD_LIMIT_MS));
  }

  /** Where the next frame is to be written: not where the one that is worked on lies. */
  get slot(): Uint8Array {
    return this.#slots[this.#turn]!;
  }

  /** Hands over what was written into `slot`. Only when it is not busy. */
  frame(facts: FrameFacts): void {
    this.#say({ kind: 'frame', slot: this.#turn, ...facts });
    this.#turn = (this.#turn + 1) % SLOTS;
    this.#busy = true;
    this.#expect('process', this.#limits.timeoutMs);
  }

  options(options: Readonly<Record<string, unknown>>): void {
    this.#say({ kind: 'options', options });
  }

  /** Lets it close what it holds, then ends it; at once when it does not answer. Nothing is heard of it any more. */
  async end(): Promise<void> {
    const wasOver = this.#over;
    this.#over = true;
    this.#clear();
    if (!wasOver) {
      const closed = Promise.withResolvers<undefined>();
      this.#worker.on('message', (message: FromWorker) => message.kind === 'closed' && closed.resolve(undefined));
      this.#worker.postMessage({ kind: 'end' } satisfies ToWorker);
      const timer = setTimeout(() => closed.resolve(undefined), END_LIMIT_MS);
      await Promise.race([closed.promise, this.#exited]);
      clearTimeout(timer);
    }
    await this.#worker.terminate();
    await this.#exited;
  }

  #say(message: ToWorker): void {
    if (!this.#over) this.#worker.postMessage(message);
  }

  #hear(message: FromWorker): void {
    if (this.#over) return;
    switch (message.kind) {
      case 'loaded':
        this.#clear();
        lower(message.kernelThreadId);
        this.#listener.loaded(message);
        break;
      case 'ready':
        this.#clear();
        this.#listener.ready();
        break;
      case 'done':
        this.#clear();
        this.#busy = false;
        if (!this.#isTooLarge(message)) this.#listener.done(message);
        break;
      case 'updated':
        this.#listener.updated(message.options);
        break;
      case 'fault':
        if (message.fault.step === 'options' || message.fault.step === 'update') this.#listener.fault(message.fault);
        else this.#fail(message.fault);
        break;
      case 'log':
        this.#listener.log(message.level, message.text);
        break;
      case 'closed':
        break;
    }
  }

  #isTooLarge({ memory: { heapBytes, jsBytes, mats } }: Done): boolean {
    const bytes = heapBytes + jsBytes;
    if (bytes <= this.#limits.memoryMb * MB) return false;
    const kept = mats > 0 ? `; ${mats} Mats of its own are alive: delete what is not needed any more` : '';
    const text = `it takes ${Math.round(bytes / MB)} MB, more than memoryMb (${this.#limits.memoryMb}) allows${kept}`;
    this.#fail(plainFault('process', text));
    return true;
  }

  #expect(step: WorkerFault['step'], limitMs: number): void {
    this.#clear();
    this.#timer = setTimeout(() => {
      this.#fail({ ...plainFault(step, `it took longer than ${limitMs / 1000} s`), late: true });
    }, limitMs);
  }

  /** The thread is of no use any more: it is stopped wherever it stands. */
  #fail(fault: WorkerFault): void {
    if (this.#over) return;
    this.#over = true;
    this.#clear();
    void this.#worker.terminate();
    this.#listener.fault(fault);
  }

  #clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

function plainFault(step: WorkerFault['step'], message: string): WorkerFault {
  return { step, message, file: null, line: null };
}

/** On Linux a thread is reniced by the kernel's number for it; elsewhere there is no such thing. */
function lower(kernelThreadId: number | null): void {
  if (process.platform !== 'linux' || kernelThreadId === null || kernelThreadId === process.pid) return;
  try {
    setPriority(kernelThreadId, NICE);
  } catch (error) {
    // It ended meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SYSTEM_ERROR') throw error;
  }
}
