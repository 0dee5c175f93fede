// The long look: memory's slope while somebody watches, and the viewer's delay in the first and in the last window.

import type { Camera } from '../ground/camera.ts';
import { delay } from '../ground/context.ts';
import type { Context } from '../ground/context.ts';
import { viewerAges } from '../delay/viewer.ts';
import type { Figure } from '../ground/figures.ts';
import { pssMegabytes } from '../ground/proc.ts';
import type { Server } from '../ground/server.ts';
import { percentile, spread, trend } from '../../src/bench/statistics.ts';

const SAMPLE_MS = 10_000;
const DELAY_WINDOW_MS = 10_000;
/** Caches fill in the first part of a run: it is not growth. */
const WARM_UP_SHARE = 0.2;

export async function soak(context: Context, camera: Camera, server: Server, path: string): Promise<Figure[]> {
  const early = await viewerAges(camera, server.port, path, DELAY_WINDOW_MS);
  const begunMs = performance.now();
  const endMs = begunMs + context.soakMinutes * 60_000;
  const points: [hours: number, megabytes: number][] = [];
  while (performance.now() < endMs) {
    points.push([(performance.now() - begunMs) / 3_600_000, pssMegabytes(await server.tree())]);
    context.note(`soak: ${points.at(-1)![1].toFixed(1)} MB after ${(points.at(-1)![0] * 60).toFixed(1)} minutes`);
    await delay(SAMPLE_MS);
  }
  const late = await viewerAges(camera, server.port, path, DELAY_WINDOW_MS);
  const settled = points.slice(Math.floor(points.length * WARM_UP_SHARE));
  const { slope, within } = trend(settled);
  return [
    {
      name: `memory: growth over ${context.soakMinutes} minutes`,
      unit: 'MB/hour',
      ours: { median: slope, least: slope - within, most: slope + within },
      peers: [],
      target: { of: 'ours', bound: 'at most', value: 5 },
      remark: `the range is the 95 % interval of the regression over the last ${Math.round((1 - WARM_UP_SHARE) * 100)} % of it`,
    },
    later(early, late, 0.5, 12),
    later(early, late, 0.95, 20),
  ];
}

function later(early: readonly number[], late: readonly number[], share: number, value: number): Figure {
  return {
    name: `push to viewer's last byte after the soak, p${share * 100}`,
    unit: 'ms',
    ours: spread([percentile(late, share)]),
    peers: [{ name: 'before it', own: true, value: spread([percentile(early, share)]) }],
    target: { of: 'ours', bound: 'at most', value },
  };
}
