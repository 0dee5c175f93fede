// A server that keeps many cameras open, all of them live, and what it costs while something is measured.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Camera } from '../ground/camera.ts';
import { delay, until } from '../ground/context.ts';
import type { Context } from '../ground/context.ts';
import { cpuSeconds } from '../ground/proc.ts';
import { startServer } from '../ground/server.ts';
import type { Server } from '../ground/server.ts';

/** How many cameras are measured. */
export const COUNTS = [1, 16, 64] as const;
export const MOST = 64;

/** The hubs' kept groups have their usual size, start-up garbage is collected. */
const SETTLE_MS = 10_000;
const LIVE_MS = 30_000;

export function camerasText(count: number): string {
  return count === 1 ? '1 camera' : `${count} cameras`;
}

/** Measures while `count` mounts of the camera are open as cameras `cam0`, `cam1` and so on. */
export async function withCameras<T>(
  context: Context,
  { camera, count }: { camera: Camera; count: number },
  measure: (server: Server) => Promise<T>,
): Promise<T> {
  const config = join(context.out, `cameras-${count}.yaml`);
  const entries = Array.from(
    { length: count },
    (_, index) => `  cam${index}:\n    source: ${camera.url(index)}\n    always: true\n`,
  );
  writeFileSync(config, `cameras:\n${entries.join('')}`);
  const server = await startServer(context, ['--config', config]);
  await until(`${camerasText(count)} live`, LIVE_MS, async () => {
    const states = await server.states();
    return states.every((state) => state === 'live') && states.length === count ? true : null;
  });
  await delay(SETTLE_MS);
  const result = await measure(server);
  await server.stop();
  return result;
}

export interface Cores {
  readonly tree: number;
  readonly ingest: number;
}

/** CPU of the server while `during` goes on. */
export async function coresWhile<T>(server: Server, during: () => Promise<T>): Promise<{ cores: Cores; result: T }> {
  const [tree, ingest] = [await server.tree(), await server.pids('ingest')];
  const before = { tree: cpuSeconds(tree), ingest: cpuSeconds(ingest), atMs: performance.now() };
  const result = await during();
  const seconds = (performance.now() - before.atMs) / 1000;
  const of = (pids: readonly number[], spent: number) => (cpuSeconds(pids) - spent) / seconds;
  return { cores: { tree: of(tree, before.tree), ingest: of(ingest, before.ingest) }, result };
}
