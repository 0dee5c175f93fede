// Memory of the whole server, from its main process down (proportional set size): nobody watching, one viewer, 64,
// a thousand; with --soak also its growth, and whether pictures are as young at the end as at the beginning.

import { startCamera } from '../ground/camera.ts';
import { delay } from '../ground/context.ts';
import type { Context } from '../ground/context.ts';
import { startCrowd } from '../ground/crowd.ts';
import type { Figure } from '../ground/figures.ts';
import { openMjpeg } from '../ground/mjpeg-reader.ts';
import { pssMegabytes } from '../ground/proc.ts';
import { startServer } from '../ground/server.ts';
import type { Server } from '../ground/server.ts';
import { spread } from '../../src/bench/statistics.ts';
import { soak } from './soak.ts';

const PATH = '/cameras/cam/stream.mjpeg';
/** With the one viewer: 64 and 1,000 in all. */
const CROWDS = [64, 1000] as const;
const LIMITS_MB: Readonly<Record<number, number>> = { 1000: 60 };
const SETTLE_MS = 5000;
const SAMPLES = 10;

export async function memory(context: Context): Promise<Figure[]> {
  const camera = await startCamera(context);
  const server = await startServer(context, [`cam=${camera.url()}`]);
  const nobody = await sample(context, server);
  const viewer = openMjpeg(server.port, PATH, () => undefined);
  await delay(SETTLE_MS);
  const one = await sample(context, server);
  const aged = context.soakMinutes > 0 ? await soak(context, camera, server, PATH) : [];
  const before = spread(aged.length > 0 ? await sample(context, server) : one).median;
  const crowds: Figure[] = [];
  for (const viewers of CROWDS) crowds.push(crowdFigure(viewers, before, await withCrowd(context, server, viewers)));
  viewer.close();
  await viewer.ended;
  await server.stop();
  await camera.stop();
  return [
    { name: 'memory: nobody watches yet', unit: 'MB', ours: spread(nobody), peers: [], target: null },
    {
      name: 'memory: one viewer',
      unit: 'MB',
      ours: spread(one),
      peers: [],
      target: { of: 'ours', bound: 'at most', value: 200 },
    },
    ...crowds,
    ...aged,
  ];
}

async function withCrowd(context: Context, server: Server, viewers: number): Promise<number[]> {
  context.note(`memory, ${viewers} viewers`);
  const crowd = await startCrowd(context, server.port, PATH, viewers - 1);
  await delay(SETTLE_MS);
  const samples = await sample(context, server);
  await crowd.stop();
  return samples;
}

function crowdFigure(viewers: number, before: number, samples: readonly number[]): Figure {
  const most = LIMITS_MB[viewers];
  return {
    name: `memory: ${viewers} viewers, more than with one`,
    unit: 'MB',
    ours: spread(samples.map((megabytes) => megabytes - before)),
    peers: [],
    target: most === undefined ? null : { of: 'ours', bound: 'at most', value: most },
  };
}

async function sample(context: Context, server: Server): Promise<number[]> {
  const samples: number[] = [];
  for (let count = 0; count < SAMPLES; count += 1) {
    samples.push(pssMegabytes(await server.tree()));
    await delay(context.windowMs / SAMPLES);
  }
  return samples;
}
