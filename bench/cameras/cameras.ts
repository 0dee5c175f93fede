// What many cameras cost that are kept open and that nobody decodes: CPU of the whole server, and what one camera
// more takes of memory.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startCamera } from '../ground/camera.ts';
import type { Camera } from '../ground/camera.ts';
import { delay, until } from '../ground/context.ts';
import type { Context } from '../ground/context.ts';
import type { Figure } from '../ground/figures.ts';
import { cpuSeconds, pssMegabytes } from '../ground/proc.ts';
import { startServer } from '../ground/server.ts';
import type { Server } from '../ground/server.ts';
import { spread } from '../../src/bench/statistics.ts';

const CAMERAS = 64;
/** The hubs' kept groups have their usual size, start-up garbage is collected. */
const SETTLE_MS = 10_000;

export async function cameras(context: Context): Promise<Figure[]> {
  const camera = await startCamera(context, CAMERAS);
  const one = await withServer(context, camera, 1, memoryOf);
  const many = await withServer(context, camera, CAMERAS, async (server) => ({
    cores: await coresOf(context, server),
    memory: await memoryOf(server),
  }));
  await camera.stop();
  const each = (of: 'tree' | 'ingest') => spread([(many.memory[of] - one[of]) / (CAMERAS - 1)]);
  return [
    {
      name: `${CAMERAS} cameras that nobody decodes, whole server`,
      unit: 'cores',
      ours: spread(many.cores.tree),
      peers: [],
      target: { of: 'ours', bound: 'at most', value: 0.2 },
    },
    {
      name: `${CAMERAS} cameras, ingest alone`,
      unit: 'cores',
      ours: spread(many.cores.ingest),
      peers: [],
      target: null,
    },
    {
      name: `memory of each camera, whole server`,
      unit: 'MB',
      ours: each('tree'),
      peers: [],
      target: { of: 'ours', bound: 'at most', value: 1.5 },
    },
    { name: `memory of each camera, ingest alone`, unit: 'MB', ours: each('ingest'), peers: [], target: null },
  ];
}

async function withServer<T>(
  context: Context,
  camera: Camera,
  count: number,
  measure: (server: Server) => Promise<T>,
): Promise<T> {
  context.note(`${count} of ${CAMERAS} cameras`);
  const config = join(context.out, `cameras-${count}.yaml`);
  const entries = Array.from(
    { length: count },
    (_, index) => `  cam${index}:\n    source: ${camera.url(index)}\n    always: true\n`,
  );
  writeFileSync(config, `cameras:\n${entries.join('')}`);
  const server = await startServer(context, ['--config', config]);
  await until(`${count} cameras are live`, 30_000, async () => {
    const states = await server.states();
    return states.every((state) => state === 'live') && states.length === count ? true : null;
  });
  await delay(SETTLE_MS);
  const result = await measure(server);
  await server.stop();
  return result;
}

async function memoryOf(server: Server): Promise<{ tree: number; ingest: number }> {
  return { tree: pssMegabytes(await server.tree()), ingest: pssMegabytes(await server.pids('ingest')) };
}

async function coresOf(context: Context, server: Server): Promise<{ tree: number[]; ingest: number[] }> {
  const cores = { tree: [] as number[], ingest: [] as number[] };
  const tree = await server.tree();
  const ingest = await server.pids('ingest');
  for (let round = 0; round < context.rounds; round += 1) {
    const before = { tree: cpuSeconds(tree), ingest: cpuSeconds(ingest), atMs: performance.now() };
    await delay(context.windowMs);
    const seconds = (performance.now() - before.atMs) / 1000;
    cores.tree.push((cpuSeconds(tree) - before.tree) / seconds);
    cores.ingest.push((cpuSeconds(ingest) - before.ingest) / seconds);
  }
  return cores;
}
