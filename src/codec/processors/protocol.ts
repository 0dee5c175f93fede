// What a processor's host (host.ts, codec's main thread) and its worker thread (worker.ts) say to one another. Frames
// and pictures lie in shared memory; messages name the slot. One frame is in the worker's hands at a time.

import type { StampClock } from '../../media/types.ts';
import type { Box, Drawing, PixelFormat } from './contract.ts';

/** Slots of shared memory in each direction: one that is worked on, one that waits, one that is being written. */
export const SLOTS = 3;

/** What the thread is started with (`workerData`). */
export interface WorkerStart {
  readonly name: string;
  /** Absolute path of a file, or the name of a built-in. */
  readonly module:
    { readonly kind: 'file'; readonly path: string } | { readonly kind: 'builtin'; readonly use: string };
  readonly camera: { readonly id: string; readonly name: string };
  /** As written in the config; the processor's own schema judges them. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Where and why user code failed. */
export interface WorkerFault {
  readonly step: 'load' | 'options' | 'setup' | 'process' | 'update' | 'close';
  readonly message: string;
  /** Of the topmost line of the stack that is not ours; null: none is. */
  readonly file: string | null;
  readonly line: number | null;
  /** It took longer than it may: on a busy machine another try may do. */
  readonly late?: true;
  /** While it was loaded: files that were read or looked for until then, absolute. One of them is to be corrected. */
  readonly files?: readonly string[];
}

export type ToWorker =
  /** Frames of this size come; set up. `slots`: SharedArrayBuffers, one picture each. */
  | {
      readonly kind: 'setup';
      readonly width: number;
      readonly height: number;
      readonly slots: readonly SharedArrayBuffer[];
    }
  | {
      readonly kind: 'frame';
      readonly slot: number;
      readonly sequence: number;
      readonly capturedUnixUs: number;
      readonly clock: StampClock;
      readonly uncertaintyUs: number | null;
      readonly watched: boolean;
    }
  | { readonly kind: 'options'; readonly options: Readonly<Record<string, unknown>> }
  | { readonly kind: 'end' };

export type FromWorker =
  /** The module is there and its options are good. */
  | {
      readonly kind: 'loaded';
      readonly description: string;
      readonly input: { readonly width: number; readonly format: PixelFormat; readonly fps: number };
      readonly runs: 'always' | 'watched';
      /** JSON Schema (2020-12) of the options, and their values with defaults. */
      readonly optionsSchema: Readonly<Record<string, unknown>>;
      readonly options: Readonly<Record<string, unknown>>;
      readonly eventTypes: readonly string[];
      /** Absolute paths of the files that it was made of, outside node_modules: those to watch. */
      readonly files: readonly string[];
      /** Of this thread, as the kernel numbers it; null where it cannot be known. */
      readonly kernelThreadId: number | null;
    }
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'done';
      readonly slot: number;
      /** Of `process` alone, microseconds. */
      readonly tookUs: number;
      readonly picture: WorkerPicture | null;
      readonly drawings: readonly Drawing[] | null;
      readonly events: readonly WorkerEvent[];
      readonly memory: WorkerMemory;
    }
  /** New options are in force. */
  | { readonly kind: 'updated'; readonly options: Readonly<Record<string, unknown>> }
  | { readonly kind: 'fault'; readonly fault: WorkerFault }
  | { readonly kind: 'log'; readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly text: string }
  | { readonly kind: 'closed' };

/** A picture in shared memory. The buffer is the worker's own; it is not written again before two more pictures. */
export interface WorkerPicture {
  readonly buffer: SharedArrayBuffer;
  readonly width: number;
  readonly height: number;
  readonly format: PixelFormat;
}

export interface WorkerEvent {
  readonly type: string;
  readonly boxes: readonly Box[];
  readonly data: Readonly<Record<string, unknown>>;
}

export interface WorkerMemory {
  /** OpenCV's heap, bytes. It never shrinks. */
  readonly heapBytes: number;
  /** Mats alive that the host did not make. */
  readonly mats: number;
  /** The thread's JavaScript heap and the pixels beside it, such as copies of `frame.data`, bytes. */
  readonly jsBytes: number;
}
