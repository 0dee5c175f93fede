// What a processor is: a function on the frames of one camera, written in a file of its own or built in. This is the
// part that people program against (`import { defineProcessor } from 'sightline'`); host.ts and worker.ts run it.

import type * as OpenCv from '@techstark/opencv-js';
import type { z } from 'zod';
import type { PixelFormat } from '../../media/pixels.ts';
import type { StampClock } from '../../media/types.ts';

type Bindings = typeof OpenCv;

/** OpenCV's functions and classes, as `@techstark/opencv-js` has them; constants, which it leaves open, are numbers. */
export type Cv = {
  readonly [Name in keyof Bindings]: 0 extends 1 & Bindings[Name] ? number : Bindings[Name];
};
export type Mat = OpenCv.Mat;

export type { PixelFormat };

/** What frames a processor wants; FFmpeg makes them before they are handed over. */
export interface InputWishes {
  /** Pixels; the height follows. Default 640; never more than the camera has. */
  readonly width?: number;
  /** Default `bgr`. */
  readonly format?: PixelFormat;
  /** At most so many frames a second. Default 10. */
  readonly fps?: number;
}

/** One frame, valid until the promise or value of `process` is there. */
export interface ProcessorFrame {
  /** The pixels in OpenCV's memory; of yuv420p all planes in one channel of height x 1.5 rows. Made and freed by the host: never delete it; clone it to keep it. */
  readonly mat: Mat;
  /** The same bytes without copying. Invalid as soon as OpenCV's memory grows: read it first, or use `mat`. */
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly format: PixelFormat;
  /** Captured frames of this camera since the server started; never goes back. */
  readonly sequence: number;
  readonly capturedAt: CaptureTime;
  /** Somebody watches what this processor shows: a picture or drawings made while it is false are thrown away. */
  readonly watched: boolean;
}

export interface CaptureTime {
  /** Unix time, microseconds. */
  readonly unixUs: number;
  readonly clock: StampClock;
  /** Half width of the interval that contains the truth, microseconds; null: unknown. */
  readonly uncertaintyUs: number | null;
}

/** Part of the picture: 0 is left and top, 1 is right and bottom. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** `#rrggbb`. */
export type Colour = `#${string}`;

/** Drawn over the original picture at its full size, in the units of `Box`. */
export type Drawing =
  | ({ readonly kind: 'box'; readonly label?: string; readonly colour?: Colour } & Box)
  | { readonly kind: 'line'; readonly from: Point; readonly to: Point; readonly colour?: Colour }
  | { readonly kind: 'label'; readonly at: Point; readonly text: string; readonly colour?: Colour };

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Pixels without OpenCV. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly format: PixelFormat;
}

/** Names of event types and what each carries. */
export type EventShapes = Readonly<Record<string, z.ZodObject>>;

/** One event of the types that a processor declares. */
export type EventOf<E extends EventShapes> = [E] extends [Record<string, never>]
  ? never
  : {
      [Type in keyof E & string]: {
        readonly type: Type;
        readonly boxes?: readonly Box[];
      } & (Record<string, never> extends z.input<E[Type]>
        ? { readonly data?: z.input<E[Type]> }
        : { readonly data: z.input<E[Type]> });
    }[keyof E & string];

/** What `process` gives; nothing at all is fine too. */
export interface ProcessorResult<E extends EventShapes> {
  /** The picture of the stream that has the processor's name: CV_8UC1 is gray, CV_8UC3 bgr, CV_8UC4 rgba; stays yours. */
  readonly picture?: Mat | Pixels;
  /** Instead of a picture: the original with these on it. */
  readonly drawings?: readonly Drawing[];
  readonly events?: readonly EventOf<E>[];
}

/** What `setup` gives: the processor at work on one camera. Keep state in its closure. */
export interface RunningProcessor<O, E extends EventShapes> {
  process(frame: ProcessorFrame): ProcessorResult<E> | undefined | Promise<ProcessorResult<E> | undefined>;
  /** Takes new options while it runs. Without it, new options set the processor up anew. */
  update?(options: O): void | Promise<void>;
  /** Frees what it holds: Mats above all. */
  close?(): void | Promise<void>;
}

export interface SetupContext<O> {
  readonly cv: Cv;
  readonly options: O;
  readonly camera: { readonly id: string; readonly name: string };
  /** Size of the frames to come. */
  readonly width: number;
  readonly height: number;
  /** Aborted when the processor ends. */
  readonly signal: AbortSignal;
}

export interface ProcessorDefinition<O extends z.ZodObject = z.ZodObject, E extends EventShapes = EventShapes> {
  /** One sentence for the page. */
  readonly description?: string;
  readonly input?: InputWishes;
  /** `always`: runs whenever the camera gives pictures, and keeps it open. `watched`: only while somebody watches its picture. Default `always`. */
  readonly runs?: 'always' | 'watched';
  /** Default: none. Every option should have a default and a description; the page makes a form of it. */
  readonly options?: O;
  readonly events?: E;
  setup(
    context: SetupContext<z.output<O>>,
  ): RunningProcessor<z.output<O>, NoInfer<E>> | Promise<RunningProcessor<z.output<O>, NoInfer<E>>>;
}

const DEFINED = Symbol.for('sightline.processor');

/** Types a processor from its input to its output; a processor file's default export. */
export function defineProcessor<
  O extends z.ZodObject = z.ZodObject<Record<string, never>>,
  E extends EventShapes = Record<string, never>,
>(definition: ProcessorDefinition<O, E>): ProcessorDefinition<O, E> {
  return Object.freeze({ ...definition, [DEFINED]: true });
}

/** True for what `defineProcessor` gave, of whichever copy of this module. */
export function isProcessorDefinition(value: unknown): value is ProcessorDefinition {
  return typeof value === 'object' && value !== null && DEFINED in value;
}
