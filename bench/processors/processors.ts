// Processors: what the host adds to a processor's own work, how much later a derived stream is, what `motion` takes of a
// core, what eight busy ones take from the cameras, how fast a saved one takes over, and what each built-in takes for a
// frame beside the same work in opencv-python.

import { LIGHT, USUAL } from '../camera/footage.ts';
import { startCamera } from '../ground/camera.ts';
import type { Camera } from '../ground/camera.ts';
import type { Context } from '../ground/context.ts';
import type { Figure } from '../ground/figures.ts';
import { spread } from '../../src/bench/statistics.ts';
import { addedBy, threadsText } from './added.ts';
import { alone } from './alone.ts';
import { CROWDED_MOUNTS, crowded } from './crowded.ts';
import { laterMs } from './later.ts';
import { saved } from './saved.ts';
import { processorEntry } from './serving.ts';
import { stages } from './stages.ts';

const GRAY = "{ width: 640, format: 'gray', fps: 30 }";
const BGR = "{ width: 1280, format: 'bgr', fps: 30 }";

export async function processors(context: Context): Promise<Figure[]> {
  const light = await startCamera(context, CROWDED_MOUNTS, context.lightFootage);
  const ofLight = [
    await hostFigure(context, light, { what: '640x360 gray', input: GRAY, fps: LIGHT.fps, limitMs: 1 }),
    ...(await laterFigures(context, light)),
    await motionFigure(context, light),
    ...(await crowded(context, light)),
    ...(await saved(context, light)),
  ];
  await light.stop();
  const usual = await startCamera(context);
  const bgr = await hostFigure(context, usual, { what: '1280x720 bgr', input: BGR, fps: USUAL.fps, limitMs: 2 });
  await usual.stop();
  return [...ofLight, bgr, ...(await stages(context)), ...(await alone(context))];
}

interface HostCase {
  readonly what: string;
  readonly input: string;
  readonly fps: number;
  readonly limitMs: number;
}

/** Of a processor that does nothing. */
async function hostFigure(context: Context, camera: Camera, { what, input, fps, limitMs }: HostCase): Promise<Figure> {
  const entry = processorEntry(context, 'nothing', { input, process: '() => undefined' });
  const added = await addedBy(context, { source: camera.url(), entry, fps });
  const name = `host of a processor: CPU of a frame, ${what}, ${fps} fps`;
  const samples = added.map(({ frameMs }) => frameMs);
  return { ...atMost(name, 'ms', samples, limitMs), remark: threadsText(added) };
}

async function laterFigures(context: Context, camera: Camera): Promise<Figure[]> {
  const entry = processorEntry(context, 'same', { input: GRAY, process: '(frame) => ({ picture: frame.mat })' });
  const later = await laterMs(context, { source: camera.url(), entry, name: 'same' });
  const waited = spread(later.map(({ waitedMs }) => waitedMs)).median;
  const name = 'derived stream: later than the camera’s own picture of the same frame';
  const p95 = atMost(
    `${name}, p95`,
    'ms',
    later.map(({ p95Ms }) => p95Ms),
    10,
  );
  return [
    { name: `${name}, p50`, unit: 'ms', ours: spread(later.map(({ p50Ms }) => p50Ms)), peers: [], target: null },
    { ...p95, remark: `of a frame, its thread waited ${waited.toFixed(2)} ms for a core` },
  ];
}

async function motionFigure(context: Context, camera: Camera): Promise<Figure> {
  const added = await addedBy(context, { source: camera.url(), entry: 'motion: {}', fps: MOTION_FPS });
  const name = `motion at 640x360 and ${LIGHT.fps} fps, beyond decoding`;
  const samples = added.map(({ cores }) => cores * 100);
  return { ...atMost(name, '% of a core', samples, 12), remark: threadsText(added) };
}

/** What it asks for. */
const MOTION_FPS = 10;

function atMost(name: string, unit: string, samples: readonly number[], value: number): Figure {
  return { name, unit, ours: spread(samples), peers: [], target: { of: 'ours', bound: 'at most', value } };
}
