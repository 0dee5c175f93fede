// Processors: what the host adds to a processor's own work, how much later a derived stream is, what `motion` takes of a
// core, and what each built-in takes for a frame beside the same work in opencv-python.

import { startCamera } from '../ground/camera.ts';
import type { Camera } from '../ground/camera.ts';
import type { Context } from '../ground/context.ts';
import type { Figure } from '../ground/figures.ts';
import { percentile, spread } from '../../src/bench/statistics.ts';
import { alone } from './alone.ts';
import { costOf, emptyProcessor, laterMs } from './serving.ts';

const GRAY = "{ width: 640, format: 'gray', fps: 30 }";
const BGR = "{ width: 1280, format: 'bgr', fps: 30 }";

export async function processors(context: Context): Promise<Figure[]> {
  const light = await startCamera(context, 1, context.lightFootage);
  const figures = await ofLight(context, light);
  await light.stop();
  const usual = await startCamera(context);
  const bgr = await overheadMs(context, usual, emptyProcessor(context, BGR, 'nothing'));
  await usual.stop();
  return [
    ...figures,
    atMost('host of a processor: CPU of a frame, 1280x720 bgr, 30 fps', 'ms', bgr, 2),
    ...(await alone(context)),
  ];
}

async function ofLight(context: Context, camera: Camera): Promise<Figure[]> {
  const gray = await overheadMs(context, camera, emptyProcessor(context, GRAY, 'nothing'));
  const later: number[] = [];
  const share: number[] = [];
  for (let round = 0; round < context.rounds; round++) {
    context.note(`a derived stream and motion, round ${round + 1} of ${context.rounds}`);
    later.push(percentile(await laterMs(context, camera, emptyProcessor(context, GRAY, 'its frame')), 0.95));
    const without = await costOf(context, camera, null);
    const moved = await costOf(context, camera, 'motion: {}');
    share.push((moved.cpuSeconds / moved.seconds - without.cpuSeconds / without.seconds) * 100);
  }
  return [
    atMost('host of a processor: CPU of a frame, 640x360 gray, 15 fps', 'ms', gray, 1),
    atMost('derived stream: later than the camera’s own picture of the same frame, p95', 'ms', later, 10),
    atMost('motion at 640x360 and 15 fps, beyond decoding', '% of a core', share, 12),
  ];
}

/** What an empty processor adds to a server that decodes for a viewer, for each frame that it does. */
async function overheadMs(context: Context, camera: Camera, entry: string): Promise<number[]> {
  const all: number[] = [];
  for (let round = 0; round < context.rounds; round++) {
    context.note(`an empty processor, round ${round + 1} of ${context.rounds}`);
    const without = await costOf(context, camera, null);
    const { cpuSeconds, seconds, frames } = await costOf(context, camera, entry);
    all.push(((cpuSeconds - (without.cpuSeconds / without.seconds) * seconds) / frames) * 1000);
  }
  return all;
}

function atMost(name: string, unit: string, samples: readonly number[], value: number): Figure {
  return { name, unit, ours: spread(samples), peers: [], target: { of: 'ours', bound: 'at most', value } };
}
