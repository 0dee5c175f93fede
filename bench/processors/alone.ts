// A built-in by itself on filmed pictures, and the same work in opencv-python: CPU of one frame. `motion` also beside
// MOG2 with its noise taken out, here and there: what it was chosen over.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import motion from '../../src/codec/processors/built-in/motion.ts';
import overlay from '../../src/codec/processors/built-in/overlay.ts';
import qr from '../../src/codec/processors/built-in/qr.ts';
import type { ProcessorDefinition } from '../../src/codec/processors/contract.ts';
import { loadCv } from '../../src/codec/processors/opencv.ts';
import { TestCard } from '../../src/media/test-card.ts';
import { spread } from '../../src/bench/statistics.ts';
import type { Spread } from '../../src/bench/statistics.ts';
import { grayFrames } from '../../test/fixtures/footage.ts';
import type { GrayFrames } from '../../test/fixtures/footage.ts';
import { ProcessorRun } from '../../test/fixtures/processor-run.ts';
import { QR_CODES, withCode } from '../../test/fixtures/qr-codes.ts';
import { findClip } from '../camera/footage.ts';
import type { Context } from '../ground/context.ts';
import type { Figure } from '../ground/figures.ts';

const STEP_MS = 100;
const CARD_TIME_US = 1_790_000_000_000_000;

type Once = () => Promise<number>;

export async function alone(context: Context): Promise<Figure[]> {
  const clip = findClip(join(context.out, 'venv'));
  const small = await grayFrames(clip, { width: 320, height: 180, step: 3 });
  const large = await grayFrames(clip, { width: 960, height: 540, step: 25 });
  const tiny = await grayFrames(clip, { width: 16, height: 10, step: 1 });
  const codes = Object.keys(QR_CODES).map((text, index) => ({ text, left: 60 + 320 * index, top: 100, scale: 4 }));
  const withCodes = large.frames.map((frame) => codes.reduce((drawn, place) => withCode(drawn, large, place), frame));
  const cases: readonly Case[] = [
    { name: 'motion', ours: runOf(motion, small), peer: ['motion', small] },
    { name: 'MOG2, median, regions (not used)', ours: await mog2(small), peer: ['mog2', small] },
    { name: 'qr, no code in the picture', ours: runOf(qr, large), peer: ['qr', large] },
    {
      name: 'qr, three codes',
      ours: runOf(qr, { ...large, frames: withCodes }),
      peer: ['qr', { ...large, frames: withCodes }],
    },
    { name: 'qr, the test card', ours: runOf(qr, testCards()), peer: ['qr', testCards()] },
    { name: 'overlay', ours: runOf(overlay, tiny), peer: null },
  ];
  const figures: Figure[] = [];
  for (const each of cases) {
    context.note(`${each.name} by itself`);
    const [own, peer]: [number[], number[]] = [[], []];
    for (let round = 0; round < context.rounds; round++) {
      own.push(await each.ours());
      if (each.peer !== null) peer.push(python(context, ...each.peer));
    }
    const peers = each.peer === null ? [] : [{ name: 'opencv-python', value: spread(peer) as Spread | null }];
    figures.push({ name: `${each.name}: CPU of a frame`, unit: 'ms', ours: spread(own), peers, target: null });
  }
  return figures;
}

/** Full of squares, none of which belongs to a code. */
function testCards(): GrayFrames {
  const size = { width: 960, height: 540 };
  const card = new TestCard({ ...size, name: 'camera1', range: 'full' });
  const frames = Array.from({ length: 10 }, (_, index) => {
    card.draw({ frame: 977 * index, timeUs: CARD_TIME_US + 977 * index * 33_333 });
    return Uint8Array.from(card.data.subarray(0, size.width * size.height));
  });
  return { ...size, frames };
}

interface Case {
  readonly name: string;
  readonly ours: Once;
  readonly peer: readonly [what: string, footage: GrayFrames] | null;
}

function runOf(definition: unknown, footage: GrayFrames): Once {
  return async () => {
    await using run = await ProcessorRun.of(definition as ProcessorDefinition, footage);
    const pass = async (): Promise<void> => {
      for (const frame of footage.frames) await run.frame(frame, STEP_MS, false);
    };
    await pass();
    return await cpuMs(pass, footage.frames.length);
  };
}

async function mog2({ frames, width, height }: GrayFrames): Promise<Once> {
  const { cv } = await loadCv();
  return async () => {
    const subtractor = new cv.BackgroundSubtractorMOG2(100, 16, false);
    const mats = Array.from({ length: 6 }, () => new cv.Mat(height, width, cv.CV_8UC1));
    const [picture, mask, clean, labels, stats, centroids] = mats as [Mat, Mat, Mat, Mat, Mat, Mat];
    const pass = (): void => {
      for (const frame of frames) {
        picture.data.set(frame);
        subtractor.apply(picture, mask, 0.025);
        cv.medianBlur(mask, clean, 5);
        cv.connectedComponentsWithStats(clean, labels, stats, centroids);
      }
    };
    pass();
    const ms = await cpuMs(pass, frames.length);
    for (const each of [subtractor, ...mats]) each.delete();
    return ms;
  };
}

type Mat = InstanceType<Awaited<ReturnType<typeof loadCv>>['cv']['Mat']>;

async function cpuMs(work: () => void | Promise<void>, frames: number): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / frames;
}

function python({ out, root }: Context, what: string, { frames, width, height }: GrayFrames): number {
  const file = join(out, 'processor-frames.gray');
  writeFileSync(file, Buffer.concat(frames));
  const program = join(root, 'bench/processors/opencv_peer.py');
  const text = execFileSync(join(out, 'venv/bin/python'), [program, what, file, `${width}`, `${height}`], {
    encoding: 'utf8',
  });
  return (JSON.parse(text) as { ms: number }).ms;
}
