// What 1, 16 and 64 cameras cost that are kept open and that nobody decodes: CPU of the whole server, and what one
// camera more takes of memory.

import { startCamera } from '../ground/camera.ts';
import { delay } from '../ground/context.ts';
import type { Context } from '../ground/context.ts';
import type { Figure } from '../ground/figures.ts';
import { pssMegabytes } from '../ground/proc.ts';
import type { Server } from '../ground/server.ts';
import { spread } from '../../src/bench/statistics.ts';
import { COUNTS, MOST, camerasText, coresWhile, withCameras } from './serving.ts';
import type { Cores } from './serving.ts';

const LIMIT_CORES = 0.2;
const LIMIT_EACH_MB = 1.5;

/** One window: megabytes at its end. */
interface Window {
  readonly cores: Cores;
  readonly memory: Cores;
}

export async function cameras(context: Context): Promise<Figure[]> {
  const camera = await startCamera(context, MOST);
  const windows = new Map<number, Window[]>();
  for (const count of COUNTS) {
    context.note(`${camerasText(count)} that nobody decodes`);
    windows.set(count, await withCameras(context, { camera, count }, (server) => measure(context, server)));
  }
  await camera.stop();
  return [...windows].flatMap(([count, each]) => coresFigures(count, each)).concat(memoryFigures(windows));
}

async function measure(context: Context, server: Server): Promise<Window[]> {
  const windows: Window[] = [];
  for (let round = 0; round < context.rounds; round += 1) {
    const { cores } = await coresWhile(server, () => delay(context.windowMs));
    const memory = { tree: pssMegabytes(await server.tree()), ingest: pssMegabytes(await server.pids('ingest')) };
    windows.push({ cores, memory });
  }
  return windows;
}

function coresFigures(count: number, windows: readonly Window[]): Figure[] {
  const named = (name: string, of: keyof Cores, target: Figure['target']): Figure => ({
    name,
    unit: 'cores',
    ours: spread(windows.map(({ cores }) => cores[of])),
    peers: [],
    target,
  });
  const limit = count === MOST ? ({ of: 'ours', bound: 'at most', value: LIMIT_CORES } as const) : null;
  const what = camerasText(count);
  return [
    named(`${what} that nobody decodes, whole server`, 'tree', limit),
    named(`${what}, ingest alone`, 'ingest', null),
  ];
}

function memoryFigures(windows: ReadonlyMap<number, readonly Window[]>): Figure[] {
  const each = (of: keyof Cores) => {
    const one = spread(windows.get(1)!.map(({ memory }) => memory[of])).median;
    return spread(windows.get(MOST)!.map(({ memory }) => (memory[of] - one) / (MOST - 1)));
  };
  const totals = [...windows].map(([count, all]) => ({
    name: `${camerasText(count)} that nobody decodes, memory of the whole server`,
    unit: 'MB',
    ours: spread(all.map(({ memory }) => memory.tree)),
    peers: [],
    target: null,
  }));
  return [
    ...totals,
    {
      name: 'memory of each camera, whole server',
      unit: 'MB',
      ours: each('tree'),
      peers: [],
      target: { of: 'ours', bound: 'at most', value: LIMIT_EACH_MB },
    },
    { name: 'memory of each camera, ingest alone', unit: 'MB', ours: each('ingest'), peers: [], target: null },
  ];
}
