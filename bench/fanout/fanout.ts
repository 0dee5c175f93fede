// Fan-out: what the gateway's process pays for each delivered JPEG part, beside a C program that only calls send(),
// with the same viewers and parts of the same size, in turn.

import { startCamera } from '../ground/camera.ts';
import { compile } from '../ground/compile.ts';
import { delay } from '../ground/context.ts';
import type { Context } from '../ground/context.ts';
import { startCrowd } from '../ground/crowd.ts';
import type { CrowdWindow } from '../ground/crowd.ts';
import type { Figure } from '../ground/figures.ts';
import { firstLine } from '../ground/lines.ts';
import { cpuSeconds } from '../ground/proc.ts';
import { chooseQuality } from '../ground/quality.ts';
import { startServer } from '../ground/server.ts';
import { spread } from '../../src/bench/statistics.ts';

const SETTLE_MS = 2000;

interface Side {
  readonly port: number;
  readonly path: string;
  /** Whose CPU is counted. */
  readonly pid: number;
}

interface Costs {
  readonly partUs: number[];
  readonly cores: number[];
  readonly leastFps: number[];
}

export async function fanout(context: Context): Promise<Figure[]> {
  const camera = await startCamera(context);
  const server = await startServer(context, [`cam=${camera.url()}`]);
  const chosen = await chooseQuality(context, server.port, 'cam');
  context.note(`quality ${chosen.quality}: ${Math.round(chosen.meanBytes)} bytes a picture, for both sides`);
  const gateway = (await server.pids('main'))[0]!;
  const sender = await startSender(context, Math.round(chosen.meanBytes));
  const ours: Side = { port: server.port, path: chosen.path, pid: gateway };
  const figures: Figure[] = [];
  for (const viewers of [256, 1000]) figures.push(...(await compare(context, ours, sender.side, viewers)));
  await sender.stop();
  await server.stop();
  await camera.stop();
  return figures;
}

async function startSender(context: Context, bytes: number): Promise<{ side: Side; stop: () => Promise<void> }> {
  const child = context.processes.start(compile(context, 'fanout/sender.c'), [`${bytes}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = Number((await firstLine(child, 'the sender')).split(' ')[1]);
  return { side: { port, path: '/', pid: child.pid! }, stop: () => context.processes.stop(child) };
}

async function compare(context: Context, ours: Side, peer: Side, viewers: number): Promise<Figure[]> {
  const own: Costs = { partUs: [], cores: [], leastFps: [] };
  const other: Costs = { partUs: [], cores: [], leastFps: [] };
  for (let round = 0; round < context.rounds; round += 1) {
    context.note(`fan-out, ${viewers} viewers, round ${round + 1} of ${context.rounds}`);
    await measure(context, ours, viewers, own);
    await measure(context, peer, viewers, other);
  }
  const figures: Figure[] = [
    {
      name: `fan-out: gateway CPU for a part, ${viewers} viewers`,
      unit: 'us',
      ours: spread(own.partUs),
      peers: [{ name: 'send() in C', value: spread(other.partUs) }],
      target: { of: 'ratio', bound: 'at most', value: 1.4 },
    },
  ];
  return viewers < 1000 ? figures : [...figures, ...crowdFigures(own, other)];
}

function crowdFigures(own: Costs, other: Costs): Figure[] {
  return [
    {
      name: 'fan-out: gateway, 1000 viewers',
      unit: 'cores',
      ours: spread(own.cores),
      peers: [{ name: 'send() in C', value: spread(other.cores) }],
      target: { of: 'ours', bound: 'at most', value: 0.5 },
    },
    {
      name: 'fan-out: slowest of 1000 viewers',
      unit: 'fps',
      ours: spread(own.leastFps),
      peers: [{ name: 'send() in C', value: spread(other.leastFps) }],
      target: { of: 'ours', bound: 'at least', value: 28 },
    },
  ];
}

async function measure(context: Context, side: Side, viewers: number, costs: Costs): Promise<void> {
  const crowd = await startCrowd(context, side.port, side.path, viewers);
  await delay(SETTLE_MS);
  const before = cpuSeconds([side.pid]);
  const window: CrowdWindow = await crowd.watch(context.windowMs);
  const cpu = cpuSeconds([side.pid]) - before;
  await crowd.stop();
  costs.partUs.push((cpu / window.parts) * 1e6);
  costs.cores.push(cpu / window.seconds);
  costs.leastFps.push(window.leastFps);
}
