// A processor that is saved anew while it is watched: how long until a viewer has the new version's first picture, and
// how many of the viewers lost their connection by it. The versions are told apart by the size of their pictures.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jpegSize } from '../../src/media/jpeg.ts';
import { percentile, spread } from '../../src/bench/statistics.ts';
import type { Camera } from '../ground/camera.ts';
import { delay } from '../ground/context.ts';
import type { Context } from '../ground/context.ts';
import type { Figure } from '../ground/figures.ts';
import { openMjpeg } from '../ground/mjpeg-reader.ts';
import { processorText, serving } from './serving.ts';

const VIEWERS = 3;
const SAVES_A_ROUND = 4;
const LIMIT_MS = 20_000;
/** Between a swap and the next save: the version before has ended. */
const PAUSE_MS = 700;
const WIDTHS = [32, 48] as const;

/** `camera` sends 15 frames a second. */
export async function saved(context: Context, camera: Camera): Promise<Figure[]> {
  const file = join(context.out, 'bench-saved.js');
  const save = (width: number): void => writeFileSync(file, versionOf(width));
  save(WIDTHS[0]);
  const entry = { id: 'cam', source: camera.url(), processors: [`saved: { file: ${file} }`] };
  return serving(context, [entry], async ({ server }) => {
    let came: (width: number) => void = () => undefined;
    let lost = 0;
    const viewers = Array.from({ length: VIEWERS }, (_, index) =>
      openMjpeg(server.port, '/cameras/cam/stream.mjpeg?stream=saved', ({ bytes }) => {
        if (index === 0) came(jpegSize(bytes)?.width ?? 0);
      }),
    );
    const closing = viewers.map(({ ended }) =>
      ended.catch(() => {
        lost++;
      }),
    );
    const tookMs: number[] = [];
    for (let count = 1; count <= context.rounds * SAVES_A_ROUND; count++) {
      context.note(`saved anew, ${count} of ${context.rounds * SAVES_A_ROUND}`);
      await delay(PAUSE_MS);
      const width = WIDTHS[count % WIDTHS.length]!;
      const { promise, resolve, reject } = Promise.withResolvers<undefined>();
      const limit = setTimeout(() => reject(new Error(`no picture of the new version in ${LIMIT_MS} ms`)), LIMIT_MS);
      came = (seen) => {
        if (seen === width) resolve(undefined);
      };
      const begunMs = performance.now();
      save(width);
      await promise;
      clearTimeout(limit);
      tookMs.push(performance.now() - begunMs);
    }
    const lostMeanwhile = lost;
    for (const viewer of viewers) viewer.close();
    await Promise.all(closing);
    return figures(tookMs, lostMeanwhile);
  });
}

function versionOf(width: number): string {
  const picture = `{ data: new Uint8Array(${width} * 16).fill(128), width: ${width}, height: 16, format: 'gray' }`;
  return processorText("{ width: 160, format: 'gray', fps: 15 }", `() => ({ picture: ${picture} })`);
}

function figures(tookMs: readonly number[], lost: number): Figure[] {
  const p95 = percentile(tookMs, 0.95);
  return [
    {
      name: `a processor saved anew ${tookMs.length} times: new picture, p95`,
      unit: 'ms',
      ours: { ...spread(tookMs), median: p95 },
      peers: [],
      target: { of: 'ours', bound: 'at most', value: 1000 },
      remark: `median ${percentile(tookMs, 0.5).toFixed(0)} ms`,
    },
    {
      name: 'a processor saved anew: viewers that lost their connection',
      unit: `of ${VIEWERS}`,
      ours: spread([lost]),
      peers: [],
      target: { of: 'ours', bound: 'at most', value: 0 },
    },
  ];
}
