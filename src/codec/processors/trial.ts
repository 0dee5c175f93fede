// `tryProcessor`, for a processor's own tests: runs it on given frames in this process, with real OpenCV, and judges what
// it gives as its worker thread in the server does (user-processor.ts).
//
//   pixels or a clip --trial-frames--> frame --UserProcessor--> picture, drawings, events --> Trial, with findings

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import { isProcessorDefinition } from './contract.ts';
import type { Box, Drawing, EventShapes, Pixels, ProcessorDefinition } from './contract.ts';
import { inputOf, parseOptions } from './definition.ts';
import { MatLedger } from './mat-ledger.ts';
import { loadCv } from './opencv.ts';
import type { LoadedCv } from './opencv.ts';
import type { WorkerEvent } from './protocol.ts';
import { framesOfClip, framesOfPixels } from './trial-frames.ts';
import type { InputShape, TrialFrame } from './trial-frames.ts';
import { TrialRun } from './trial-run.ts';
import { UserProcessor } from './user-processor.ts';

interface TrialSettings<Options> {
  /** As in the config file. Default: none, so that each has its own default. */
  readonly options?: Options;
  /** So many of `frames` are a second. Default: what the processor's input asks for. */
  readonly fps?: number;
  /** Default: `camera1`. */
  readonly camera?: { readonly id: string; readonly name: string };
  /** Whether somebody watches its stream. Default true. */
  readonly watched?: boolean;
}

interface TrialMaterial {
  /** Pixels, in order; those of another format or wider than the processor's input are converted as in the server. */
  readonly frames?: Iterable<Pixels> | AsyncIterable<Pixels>;
  /** Instead of them a file: a picture, or a video, of which the processor gets as many frames a second as it asks for. */
  readonly clip?: string | URL;
}

export type TrialInput<O extends z.ZodObject = z.ZodObject> = TrialMaterial & TrialSettings<z.input<O>>;

/** An event as others get it: its data as the processor's own schema makes it. */
export type FoundEvent<E extends EventShapes> = [E] extends [Record<string, never>]
  ? never
  : {
      [Type in keyof E & string]: {
        readonly type: Type;
        readonly boxes: readonly Box[];
        readonly data: z.output<E[Type]>;
      };
    }[keyof E & string];

/** What the processor made of one frame. */
export interface TriedFrame<E extends EventShapes> {
  /** Since the first frame, milliseconds. */
  readonly atMs: number;
  /** Of `process` alone, milliseconds. */
  readonly tookMs: number;
  readonly picture: Pixels | null;
  readonly drawings: readonly Drawing[];
  readonly events: readonly FoundEvent<E>[];
}

export interface Trial<E extends EventShapes = EventShapes> {
  /** One for each frame that it got. */
  readonly frames: readonly TriedFrame<E>[];
  /** All pictures, in order. */
  readonly pictures: readonly Pixels[];
  /** Those of all frames, in order. */
  readonly drawings: readonly Drawing[];
  /** Those of all frames, in order. */
  readonly events: readonly FoundEvent<E>[];
  /** What would go wrong in a server that runs for months, a sentence each: Mats that are left, with file and line; frames that took too long. */
  readonly findings: readonly string[];
}

interface OpenCv {
  readonly cv: LoadedCv;
  readonly ledger: MatLedger;
}

let opening: Promise<OpenCv> | null = null;
/** OpenCV's memory is one for all: trials of one process run one after the other. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * Runs a processor on `frames` or a `clip`, then closes it. Rejects with what it threw, and with an Error for options,
 * drawings, events or pictures that the server would refuse.
 */
export async function tryProcessor<O extends z.ZodObject, E extends EventShapes>(
  definition: ProcessorDefinition<O, E>,
  input: TrialInput<O>,
): Promise<Trial<E>> {
  const trial = turn.then(() => run(definition, input));
  turn = trial.catch(() => undefined);
  // The events were judged by the schemas that E is made of, which the compiler cannot see.
  return (await trial) as unknown as Trial<E>;
}

/** The same without its types. */
type PlainTrial = Omit<Trial, 'frames' | 'events'> & {
  readonly frames: readonly unknown[];
  readonly events: readonly WorkerEvent[];
};

async function run(definition: unknown, given: TrialInput): Promise<PlainTrial> {
  if (!isProcessorDefinition(definition)) throw new TypeError('tryProcessor takes what defineProcessor(…) gave');
  const input = inputOf(definition);
  const options = parseOptions(definition, given.options ?? {});
  const frames = framesOf(given, input);
  const { cv, ledger } = await (opening ??= openCv());
  ledger.clear();
  const { camera = { id: 'camera1', name: 'camera1' }, watched = true } = given;
  const start = { name: 'trial', module: { kind: 'file', path: '' }, camera, options } as const;
  const processor = new UserProcessor({ definition, input, options, cv, start });
  const running = new TrialRun(processor, watched);
  try {
    for await (const frame of frames) await running.take(frame);
  } catch (error) {
    // It may be as broken as what it threw: that one counts.
    await processor.close().catch(() => undefined);
    throw error;
  }
  await processor.close();
  if (running.frames.length === 0) throw new Error('there was no frame to try the processor on');
  return summary(running, ledger.leaks());
}

async function openCv(): Promise<OpenCv> {
  const ledger = new MatLedger();
  return { cv: await loadCv(ledger), ledger };
}

function framesOf({ frames, clip, fps }: TrialInput, input: InputShape): AsyncIterable<TrialFrame> {
  if (frames !== undefined && clip === undefined) return framesOfPixels(frames, input, fps ?? input.fps);
  if (clip === undefined || frames !== undefined) throw new TypeError('tryProcessor takes either frames or a clip');
  return framesOfClip(typeof clip === 'string' ? path.resolve(clip) : fileURLToPath(clip), input);
}

function summary({ frames, findings }: TrialRun, leaks: readonly string[]): PlainTrial {
  return {
    frames,
    pictures: frames.flatMap(({ picture }) => picture ?? []),
    drawings: frames.flatMap(({ drawings }) => drawings),
    events: frames.flatMap(({ events }) => events),
    findings: [...findings, ...leaks],
  };
}
