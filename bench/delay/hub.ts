// Push to complete unit: our RTSP source, in this process, beside FFmpeg's reader, both by the mark in each unit.

import { UNGUARDED } from '../../src/base/dial-guard.ts';
import { createRtspSource } from '../../src/ingest/sources/rtsp.ts';
import { nowUs } from '../../src/base/clock.ts';
import { parseAddress } from '../../src/config/address.ts';
import { readMark } from '../../src/bench/camera/unit-mark.ts';
import { startCamera } from '../ground/camera.ts';
import { delay } from '../ground/context.ts';
import type { Context } from '../ground/context.ts';
import type { Figure } from '../ground/figures.ts';
import { percentile, spread } from '../../src/bench/statistics.ts';

/** Sessions begin with what was pushed while they were set up. */
const SETTLE_MS = 2000;

/** Collects the ages of units once it has settled. */
class Ages {
  readonly ms: number[] = [];
  readonly #fromUs = nowUs() + SETTLE_MS * 1000;

  see(bytes: Buffer): void {
    const atUs = nowUs();
    const mark = readMark(bytes);
    if (mark !== null && atUs > this.#fromUs) this.ms.push((atUs - mark.pushedUs) / 1000);
  }
}

export async function hubDelay(context: Context): Promise<Figure[]> {
  const camera = await startCamera(context);
  const own: number[][] = [];
  const ffmpeg: number[][] = [];
  for (let round = 0; round < context.rounds; round += 1) {
    context.note(`push to unit, round ${round + 1} of ${context.rounds}`);
    own.push(await ownAges(context, camera.url()));
    ffmpeg.push(await ffmpegAges(context, camera.url()));
  }
  await camera.stop();
  const p50 = (windows: number[][]) => spread(windows.map((ages) => percentile(ages, 0.5)));
  const p95 = (windows: number[][]) => spread(windows.map((ages) => percentile(ages, 0.95)));
  return [
    {
      name: 'push to complete unit, p50',
      unit: 'ms',
      ours: p50(own),
      peers: [{ name: 'FFmpeg reader', value: p50(ffmpeg) }],
      target: { of: 'ours', bound: 'at most', value: 2 },
    },
    {
      name: 'push to complete unit, p95',
      unit: 'ms',
      ours: p95(own),
      peers: [{ name: 'FFmpeg reader', value: p95(ffmpeg) }],
      target: null,
    },
  ];
}

async function ownAges(context: Context, url: string): Promise<number[]> {
  const ages = new Ages();
  const stop = new AbortController();
  const source = createRtspSource({
    address: parseAddress(url, { cwd: process.cwd() }),
    tlsVerify: true,
    guard: UNGUARDED,
  });
  const session = source.run(
    { begin: () => undefined, quirk: () => undefined, unit: ({ data }) => ages.see(data) },
    stop.signal,
  );
  await Promise.race([session, delay(SETTLE_MS + context.windowMs)]);
  stop.abort();
  await session;
  return ages.ms;
}

async function ffmpegAges(context: Context, url: string): Promise<number[]> {
  const ages = new Ages();
  const child = context.processes.start(
    'ffmpeg',
    [
      '-hide_banner',
      '-loglevel',
      'error',
      '-nostdin',
      '-rtsp_transport',
      'tcp',
      '-fflags',
      'nobuffer',
      '-i',
      url,
    ].concat(['-c', 'copy', '-flush_packets', '1', '-f', 'h264', 'pipe:1']),
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  child.stdout?.on('data', (chunk: Buffer) => ages.see(chunk));
  await delay(SETTLE_MS + context.windowMs);
  await context.processes.stop(child);
  return ages.ms;
}
