// A change of one camera among 64: how long after the request, or after the edited file was put in place, the camera is
// live at its new address, and whether any of the other 63 was opened again. All are RTSP sessions that are always open;
// the camera program begins with a keyframe where somebody begins to watch, so no time of waiting for one is in it.
// Beside it, in turn: a session that is ended and begun at another address, which no server can do without.

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Camera as CameraAnswer } from '../../src/gateway/api/contract.ts';
import { startCamera } from '../ground/camera.ts';
import { delay, until } from '../ground/context.ts';
import type { Context } from '../ground/context.ts';
import type { Figure } from '../ground/figures.ts';
import { startServer } from '../ground/server.ts';
import type { Server } from '../ground/server.ts';
import { spread } from '../../src/bench/statistics.ts';
import { BareSession } from './session.ts';

const CAMERAS = 64;
const CHANGED = 'cam7';
/** Mounts that it moves to, and as many for the session beside it. */
const SPARE = 4;
const SETTLE_MS = 3000;
const LIVE_LIMIT_MS = 10_000;
/** Often enough to count milliseconds, seldom enough to cost none. */
const ASK_MS = 5;
/** Counts of pictures come with each process's heartbeat, once a second. */
const COUNTED_LIMIT_MS = 5000;

interface Bench {
  readonly context: Context;
  readonly server: Server;
  readonly file: string;
  readonly key: string;
}

interface Result {
  readonly tookMs: number;
  readonly reopened: number;
}

type Change = (bench: Bench, from: string, to: string) => Promise<void>;

export async function config(context: Context): Promise<Figure[]> {
  const camera = await startCamera(context, CAMERAS + SPARE);
  const folder = join(context.out, 'config');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const file = join(folder, 'sightline.yaml');
  const entries = Array.from(
    { length: CAMERAS },
    (_, n) => `  cam${n}:\n    source: ${camera.url(n)}\n    always: true\n`,
  );
  writeFileSync(file, `server:\n  allowedSources: [127.0.0.0/8]\ncameras:\n${entries.join('')}`);
  const server = await startServer(context, ['--config', file]);
  await until(`${CAMERAS} cameras are live`, 30_000, async () =>
    (await server.states()).every((state) => state === 'live') ? true : null,
  );
  await delay(SETTLE_MS);
  const bench = { context, server, file, key: readFileSync(join(folder, '.sightline', 'key'), 'utf8').trim() };
  const urls = [camera.url(7), camera.url(CAMERAS), camera.url(CAMERAS + 1)];
  const bareUrls = [camera.url(CAMERAS + 2), camera.url(CAMERAS + 3)];
  const results = await measure(bench, urls, bareUrls);
  await server.stop();
  await camera.stop();
  return [
    liveFigure('PATCH', results.patched, results.bareMs),
    liveFigure('an edit by hand', results.edited, results.bareMs),
    {
      name: 'a change of one camera: others opened again',
      unit: 'cameras',
      ours: spread([...results.patched, ...results.edited].map(({ reopened }) => reopened)),
      peers: [],
      target: { of: 'ours', bound: 'at most', value: 0 },
    },
  ];
}

interface Results {
  readonly patched: Result[];
  readonly edited: Result[];
  readonly bareMs: number[];
}

/** Goes round the addresses, by request and by hand in turn, and the bare session round its own. */
async function measure(bench: Bench, urls: readonly string[], bareUrls: readonly string[]): Promise<Results> {
  const results: Results = { patched: [], edited: [], bareMs: [] };
  const bare = new BareSession();
  await bare.move(bareUrls[1]!);
  let step = 0;
  const next = async (change: Change) => {
    const [from, to] = [urls[step % urls.length]!, urls[(step + 1) % urls.length]!];
    step += 1;
    return timed(bench, (subject) => change(subject, from, to), to);
  };
  for (let round = 0; round < bench.context.rounds; round += 1) {
    bench.context.note(`one of ${CAMERAS} cameras is changed, round ${round + 1} of ${bench.context.rounds}`);
    results.patched.push(await next(byRequest));
    results.edited.push(await next(byHand));
    const begunMs = performance.now();
    await bare.move(bareUrls[round % bareUrls.length]!);
    results.bareMs.push(performance.now() - begunMs);
  }
  await bare.close();
  return results;
}

async function byRequest({ server, key }: Bench, _from: string, source: string): Promise<void> {
  const response = await fetch(`${server.origin}/api/cameras/${CHANGED}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ source }),
  });
  if (!response.ok) throw new Error(`PATCH answered ${response.status}: ${await response.text()}`);
}

/** As editors save: a new file beside it, renamed over it. */
function byHand({ file }: Bench, from: string, to: string): Promise<void> {
  const edited = readFileSync(file, 'utf8').replace(`${from}\n`, `${to}\n`);
  writeFileSync(`${file}.new`, edited, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return Promise.resolve();
}

/** From the change until the camera is live at `source` since a time after it; then what became of the others. */
async function timed(bench: Bench, change: (bench: Bench) => Promise<void>, source: string): Promise<Result> {
  const others = await otherCameras(bench);
  const before = (await ask(bench, CHANGED)).status;
  const begunMs = performance.now();
  await change(bench);
  const changedMs = performance.now();
  let counted = 0;
  for (;;) {
    const { config, status } = await ask(bench, CHANGED);
    counted = status.frames.in;
    if (config.source === source && status.state === 'live' && status.since > before.since) break;
    if (performance.now() - begunMs > LIVE_LIMIT_MS)
      throw new Error(`${CHANGED} is ${status.state} at ${config.source}`);
    await delay(ASK_MS);
  }
  const tookMs = performance.now() - begunMs;
  bench.context.note(`  asked for in ${(changedMs - begunMs).toFixed(0)} ms, live after ${tookMs.toFixed(0)} ms`);
  await until(`${CHANGED} sends pictures`, COUNTED_LIMIT_MS, async () => {
    const { status } = await ask(bench, CHANGED);
    return status.state === 'live' && status.frames.in > counted ? true : null;
  });
  return { tookMs, reopened: await reopened(bench, others) };
}

/** How many of the others began anew, or stand still: their time of going live and their count of pictures tell. */
async function reopened(bench: Bench, before: ReadonlyMap<string, CameraAnswer>): Promise<number> {
  await delay(SETTLE_MS);
  const after = await otherCameras(bench);
  return [...before].filter(([id, { status }]) => {
    const now = after.get(id)?.status;
    return now?.since !== status.since || now.restarts !== status.restarts || now.frames.in <= status.frames.in;
  }).length;
}

async function otherCameras({ server }: Bench): Promise<Map<string, CameraAnswer>> {
  const response = await fetch(`${server.origin}/api/cameras`);
  const { cameras } = (await response.json()) as { cameras: CameraAnswer[] };
  return new Map(cameras.filter(({ id }) => id !== CHANGED).map((each) => [each.id, each]));
}

async function ask({ server }: Bench, id: string): Promise<CameraAnswer> {
  const response = await fetch(`${server.origin}/api/cameras/${id}`);
  return (await response.json()) as CameraAnswer;
}

function liveFigure(how: string, results: readonly Result[], bareMs: readonly number[]): Figure {
  return {
    name: `a change of one of ${CAMERAS} cameras by ${how}: live`,
    unit: 'ms',
    ours: spread(results.map(({ tookMs }) => tookMs)),
    peers: [{ name: 'the sessions alone', own: true, value: spread(bareMs) }],
    target: { of: 'ours', bound: 'at most', value: 500 },
  };
}
