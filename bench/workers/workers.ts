// What a second worker costs: CPU of every process that answers HTTP, and of main, for each JPEG part that 1,000 viewers
// get from `--workers 2`, beside one worker. Two servers of the same camera; only the one that is measured is watched.

import { startCamera } from '../ground/camera.ts';
import { delay } from '../ground/context.ts';
import type { Context } from '../ground/context.ts';
import { startCrowd } from '../ground/crowd.ts';
import type { Figure } from '../ground/figures.ts';
import { cpuSeconds } from '../ground/proc.ts';
import { chooseQuality } from '../ground/quality.ts';
import { startServer } from '../ground/server.ts';
import type { Server } from '../ground/server.ts';
import { spread } from '../../src/bench/statistics.ts';

const VIEWERS = 1000;
const SETTLE_MS = 2000;

interface Costs {
  readonly partUs: number[];
  readonly leastFps: number[];
}

export async function workers(context: Context): Promise<Figure[]> {
  const camera = await startCamera(context);
  const start = (count: number) => startServer(context, [`cam=${camera.url()}`, '--workers', `${count}`]);
  const [one, two] = [await start(1), await start(2)];
  const { path } = await chooseQuality(context, one.port, 'cam');
  const costs = { one: noCosts(), two: noCosts() };
  for (let round = 0; round < context.rounds; round += 1) {
    context.note(`workers, ${VIEWERS} viewers, round ${round + 1} of ${context.rounds}`);
    await measure(context, { server: two, path }, costs.two);
    await measure(context, { server: one, path }, costs.one);
  }
  await Promise.all([one.stop(), two.stop()]);
  await camera.stop();
  return [
    {
      name: `workers: CPU for a part with 2, ${VIEWERS} viewers`,
      unit: 'us',
      ours: spread(costs.two.partUs),
      peers: [{ name: 'one worker', own: true, value: spread(costs.one.partUs) }],
      target: { of: 'ratio', bound: 'at most', value: 1.15 },
    },
    {
      name: `workers: slowest of ${VIEWERS} viewers with 2`,
      unit: 'fps',
      ours: spread(costs.two.leastFps),
      peers: [{ name: 'one worker', own: true, value: spread(costs.one.leastFps) }],
      target: null,
    },
  ];
}

function noCosts(): Costs {
  return { partUs: [], leastFps: [] };
}

interface Side {
  readonly server: Server;
  readonly path: string;
}

async function measure(context: Context, { server, path }: Side, costs: Costs): Promise<void> {
  const crowd = await startCrowd(context, server.port, path, VIEWERS);
  await delay(SETTLE_MS);
  const pids = await server.pids('main', 'gateway');
  const before = cpuSeconds(pids);
  const window = await crowd.watch(context.windowMs);
  const cpu = cpuSeconds(pids) - before;
  await crowd.stop();
  costs.partUs.push((cpu / window.parts) * 1e6);
  costs.leastFps.push(window.leastFps);
  context.note(`  ${pids.length} processes, ${window.medianFps.toFixed(1)} fps in the middle`);
}
