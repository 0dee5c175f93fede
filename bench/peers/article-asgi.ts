// The article's service under ASGI (gunicorn with uvicorn's workers): Django takes a synchronous generator whole before
// it sends anything, so a stream that never ends is never sent, and grows. Watched for a bounded time and memory.

import type { ServerUnderTest } from '../../src/bench/types.ts';
import { delay } from '../ground/context.ts';
import { processTree, pssMegabytes } from '../ground/proc.ts';
import { freePort } from '../../test/fixtures/free-port.ts';
import { articleProgram } from './article.ts';
import { startPeer } from './peer.ts';
import type { PeerGround } from './peer.ts';
import { slope } from '../../src/bench/statistics.ts';
import { watch } from './watch.ts';

const WORKERS = 4;
const NAME = 'article-asgi';
/** Address space of a worker: it ends there even when nobody is left to stop it. */
const MEMORY_LIMIT_BYTES = 6_000_000_000;
/** A worker has loaded what it needs by then. */
const SETTLE_MS = 3000;
const SAMPLE_MS = 250;

export async function startArticleAsgi(ground: PeerGround, signal: AbortSignal): Promise<ServerUnderTest> {
  const server = ['--workers', `${WORKERS}`, '--worker-class', 'uvicorn_worker.UvicornWorker', 'article.asgi'];
  const shape = { name: NAME, path: '/camera', quality: null, server };
  const program = articleProgram(ground, shape, await freePort());
  const args = [`--as=${MEMORY_LIMIT_BYTES}`, program.command, ...program.args];
  return await startPeer(ground, { ...program, command: 'prlimit', args }, signal);
}

/** What a server does with one viewer, and when that viewer has left. */
export interface Growth {
  readonly seconds: number;
  /** HTTP status that the viewer got; 0: none. */
  readonly status: number;
  readonly pictures: number;
  /** Memory, megabytes a second. */
  readonly mbPerSecond: number;
  readonly mbPerSecondAfter: number;
  /** Memory reached the limit, and the viewer was sent away. */
  readonly overLimit: boolean;
}

export interface GrowthLimits {
  readonly watchMs: number;
  readonly afterMs: number;
  readonly limitMb: number;
}

/** Watches with one viewer for `watchMs`, then without for `afterMs`; either ends at `limitMb`. */
export async function growthOf(server: ServerUnderTest, limits: GrowthLimits): Promise<Growth> {
  const viewer = watch(server.url, { pictures: Infinity, ms: SETTLE_MS + limits.watchMs });
  viewer.catch(() => undefined);
  await delay(SETTLE_MS);
  const watched = await sample(server, limits.watchMs, limits.limitMb);
  const seen = await viewer;
  const left = await sample(server, limits.afterMs, limits.limitMb);
  return {
    seconds: (SETTLE_MS + limits.watchMs) / 1000,
    status: seen.status,
    pictures: seen.pictures,
    mbPerSecond: watched.mbPerSecond,
    mbPerSecondAfter: left.mbPerSecond,
    overLimit: watched.overLimit || left.overLimit,
  };
}

async function sample(
  { pids }: ServerUnderTest,
  ms: number,
  limitMb: number,
): Promise<{ mbPerSecond: number; overLimit: boolean }> {
  const points: [seconds: number, megabytes: number][] = [];
  const beganMs = performance.now();
  for (;;) {
    const seconds = (performance.now() - beganMs) / 1000;
    const megabytes = pssMegabytes(pids.flatMap(processTree));
    points.push([seconds, megabytes]);
    const overLimit = megabytes > limitMb;
    if (overLimit || seconds * 1000 >= ms) return { mbPerSecond: slope(points), overLimit };
    await delay(SAMPLE_MS);
  }
}
