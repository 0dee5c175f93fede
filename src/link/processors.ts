// Processors as processes speak of them: what control wishes of codec, what codec reports, and the events that go from
// codec to control and on to every gateway.

import type { Problem } from '../base/errors.ts';
import type { ProcessorSpec } from '../config/camera.ts';
import type { StampClock } from '../media/types.ts';

/** The processors of one camera, as the codec process that decodes it gets them. */
export interface CameraProcessors {
  readonly uid: string;
  readonly id: string;
  /** What people call it. */
  readonly name: string;
  readonly processors: readonly ProcessorSpec[];
}

/** `off`: switched off. `resting`: runs only while somebody watches, and nobody does. `failed`: waits before the next try. */
export type ProcessorState = 'off' | 'starting' | 'resting' | 'running' | 'failed';

/** What codec knows of one processor; sent each second and at each change of state. */
export interface ProcessorReport {
  readonly uid: string;
  readonly name: string;
  readonly state: ProcessorState;
  readonly sinceUs: number;
  /** The newest failure, also of a new version that was not taken: with file and line. Null after a good load. */
  readonly problem: Problem | null;
  readonly description: string;
  readonly runs: 'always' | 'watched';
  /** What it shows: null until it has shown or not shown something often enough to know. */
  readonly shows: 'picture' | 'drawings' | 'nothing' | null;
  readonly eventTypes: readonly string[];
  /** JSON Schema (2020-12); null before it was loaded. */
  readonly optionsSchema: Readonly<Record<string, unknown>> | null;
  /** In force, defaults included. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Time that `process` took, milliseconds, of the last few hundred frames; null before the first. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly frames: { readonly in: number; readonly done: number; readonly skipped: number };
  readonly restarts: number;
  /** Versions of its files that were taken since it first ran. */
  readonly reloads: number;
  readonly heapBytes: number;
  /** Mats that its own code holds. */
  readonly mats: number;
}

/** Of one camera, so many of the newest pictures in which something was found are kept, by the process that decodes it. */
export const KEPT_PICTURES = 64;

/** Part of the picture, 0 to 1. */
export interface EventBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Something that a processor found, as codec tells it. */
export interface ProcessorEvent {
  readonly uid: string;
  readonly processor: string;
  readonly type: string;
  /** Monotonic, microseconds: of the frame that it was found in. */
  readonly capturedAtUs: number;
  readonly clock: StampClock;
  readonly sequence: number;
  readonly boxes: readonly EventBox[];
  readonly data: Readonly<Record<string, unknown>>;
}

/** The same as kept by control, and shown by every gateway. */
export interface KeptEvent extends Omit<ProcessorEvent, 'capturedAtUs'> {
  /** Rises by the order in which control got them, also over restarts: Unix microseconds made unique. */
  readonly id: number;
  /** The camera's id at that time. */
  readonly camera: string;
  readonly capturedUnixUs: number;
}
