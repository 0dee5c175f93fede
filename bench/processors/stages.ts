// Where the host's time for a frame goes, by itself and without a server: scaling, the way to the worker thread and
// back, the copy into OpenCV's memory, the picture on its way back. CPU of the whole process, garbage collection with it.

import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { nowUs } from '../../src/base/clock.ts';
import type { Frame } from '../../src/codec/ffmpeg/frame.ts';
import { PictureMaker } from '../../src/codec/ffmpeg/picture-maker.ts';
import { PixelScaler } from '../../src/codec/ffmpeg/pixel-scaler.ts';
import { FrameMat, PictureOut } from '../../src/codec/processors/frame-mat.ts';
import { loadCv } from '../../src/codec/processors/opencv.ts';
import type { LoadedCv } from '../../src/codec/processors/opencv.ts';
import { Version } from '../../src/codec/processors/version.ts';
import { SPARE_BYTES, packedBytes } from '../../src/media/pixels.ts';
import type { PixelFormat } from '../../src/media/pixels.ts';
import { spread } from '../../src/bench/statistics.ts';
import { runFfmpeg } from '../../test/fixtures/clips.ts';
import { findClip } from '../camera/footage.ts';
import { delay } from '../ground/context.ts';
import type { Context } from '../ground/context.ts';
import type { Figure } from '../ground/figures.ts';
import { processorText } from './serving.ts';

interface Case {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly format: PixelFormat;
  readonly fps: number;
}

const CASES: readonly Case[] = [
  { name: '640x360 gray', width: 640, height: 360, format: 'gray', fps: 15 },
  { name: '1280x720 bgr', width: 1280, height: 720, format: 'bgr', fps: 30 },
];
/** Nothing of its way is the pixels'. */
const SMALL: Case = { name: '16x16 gray', width: 16, height: 16, format: 'gray', fps: 15 };
const FRAMES = 40;
const LIMITS = { timeoutMs: 10_000, memoryMb: 1024 };

export async function stages(context: Context): Promise<Figure[]> {
  const cv = await loadCv();
  const figures = [await allOf(context, SMALL)];
  for (const each of CASES) {
    context.note(`the host’s stages, ${each.name}`);
    figures.push(
      await withFrames(context, each, (frames) => hot(context, `${each.name}: scaling`, () => scaling(frames, each))),
      await hot(context, `${each.name}: the copy into OpenCV’s memory`, () => copying(cv, each)),
      await allOf(context, each),
      await hot(context, `${each.name}: a picture of this size on its way back`, () => back(cv, each)),
    );
  }
  return figures;
}

async function allOf(context: Context, shape: Case): Promise<Figure> {
  const name = `${shape.name}: scaled, to its thread and back, ${shape.fps} fps`;
  return withFrames(context, shape, (frames) => paced(context, name, frames, shape));
}

async function withFrames<T>(context: Context, shape: Case, use: (frames: readonly Frame[]) => Promise<T>): Promise<T> {
  const pictures = new PictureMaker();
  const frames = await filmed(context, pictures, shape);
  try {
    return await use(frames);
  } finally {
    for (const frame of frames) frame.release();
    pictures.close();
  }
}

interface Stage {
  run(index: number): void | Promise<void>;
  close(): void | Promise<void>;
}

/** A stage over and over, as fast as it goes. */
async function hot(context: Context, name: string, open: () => Stage): Promise<Figure> {
  const samples: number[] = [];
  const stage = open();
  for (let round = 0; round <= context.rounds; round++) {
    const before = process.cpuUsage();
    for (let index = 0; index < 5 * FRAMES; index++) await stage.run(index);
    if (round > 0) samples.push(cpuMs(before) / (5 * FRAMES));
  }
  await stage.close();
  return { name: `host, ${name}`, unit: 'ms', ours: spread(samples), peers: [], target: null };
}

function scaling(frames: readonly Frame[], { width, height, format }: Case): Stage {
  const scaler = new PixelScaler({ width, height, format });
  const slot = new Uint8Array(new SharedArrayBuffer(packedBytes(format, width, height) + SPARE_BYTES));
  return { run: (index) => scaler.convert(frames[index % frames.length]!, slot), close: () => scaler.close() };
}

function copying(cv: LoadedCv, { width, height, format }: Case): Stage {
  const mat = new FrameMat(cv, { width, height, format });
  const slot = new SharedArrayBuffer(packedBytes(format, width, height) + SPARE_BYTES);
  return { run: () => mat.take(slot), close: () => mat.delete() };
}

function back(cv: LoadedCv, { width, height, format }: Case): Stage {
  const mat = new FrameMat(cv, { width, height, format });
  const out = new PictureOut(cv);
  const maker = new PictureMaker();
  return {
    run: (index) => {
      const picture = out.give(mat.mat);
      const info = { epoch: 1, sequence: index, stamp: { capturedAtUs: nowUs(), clock: 'arrival' } } as const;
      maker.make(new Uint8Array(picture.buffer), picture, info).release();
    },
    close: () => {
      maker.close();
      mat.delete();
    },
  };
}

/** Frames at their rate through a version of a processor that does nothing; a rest at the same rate is taken off. */
async function paced(context: Context, name: string, frames: readonly Frame[], shape: Case): Promise<Figure> {
  const file = join(context.out, `bench-stage-${shape.format}.js`);
  const { width, format } = shape;
  writeFileSync(file, processorText(`{ width: ${width}, format: '${format}', fps: 120 }`, '() => undefined'));
  const run = await VersionRun.of(file);
  const samples: number[] = [];
  await run.play(frames, { ...shape, count: FRAMES });
  for (let round = 0; round < context.rounds; round++) {
    const count = Math.ceil((shape.fps * context.windowMs) / 2000);
    const rest = await run.play([], { ...shape, count });
    samples.push((await run.play(frames, { ...shape, count })) - rest);
  }
  await run.close();
  return { name: `host, ${name}`, unit: 'ms', ours: spread(samples), peers: [], target: null };
}

class VersionRun {
  readonly #version: Version;
  #failure: string | null = null;

  private constructor(file: string, loaded: () => void) {
    const start = {
      name: 'bench',
      module: { kind: 'file', path: file },
      camera: { id: 'cam', name: 'cam' },
      options: {},
    } as const;
    const nothing = (): void => undefined;
    this.#version = new Version(start, LIMITS, {
      loaded,
      done: nothing,
      updated: nothing,
      fault: (_version, { message }) => {
        this.#failure = message;
      },
      log: nothing,
      idle: nothing,
    });
  }

  static async of(file: string): Promise<VersionRun> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const run = new VersionRun(file, () => resolve(undefined));
    await promise;
    return run;
  }

  /** CPU of a frame, milliseconds; without frames, of as many ticks. */
  async play(frames: readonly Frame[], { fps, count }: Case & { readonly count: number }): Promise<number> {
    const before = process.cpuUsage();
    let done = 0;
    for (let tick = 0; done < count; tick++) {
      await delay(1000 / fps);
      if (this.#failure !== null) throw new Error(this.#failure);
      const frame = frames[tick % frames.length];
      if (frame === undefined || (this.#version.isFree && this.#version.offer(frame, false))) done++;
    }
    return cpuMs(before) / count;
  }

  async close(): Promise<void> {
    await this.#version.end();
  }
}

/** Pictures of the clip as a decoder gives them. */
async function filmed(context: Context, pictures: PictureMaker, { width, height }: Case): Promise<Frame[]> {
  const clip = findClip(join(context.out, 'venv'));
  const filter = `scale=${width}:${height}:out_range=limited,format=yuv420p`;
  const bytes = await runFfmpeg(['-i', clip, '-vf', filter, '-frames:v', `${FRAMES}`, '-f', 'rawvideo', '-']);
  const size = packedBytes('yuv420p', width, height);
  return Array.from({ length: bytes.length / size }, (_, index) => {
    const stamp = { capturedAtUs: nowUs(), clock: 'arrival' } as const;
    const pixels = bytes.subarray(index * size, (index + 1) * size);
    return pictures.make(pixels, { width, height, format: 'yuv420p' }, { epoch: 1, sequence: index, stamp });
  });
}

function cpuMs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
