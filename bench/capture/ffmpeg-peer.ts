// The peer of `capture`: ffmpeg alone, from the same camera to JPEGs of the same size and colour range.

import { spawnSync } from 'node:child_process';
import { cpuSeconds } from '../ground/proc.ts';
import { lines } from '../ground/lines.ts';
import type { Context } from '../ground/context.ts';

const QUIET = ['-hide_banner', '-loglevel', 'error', '-nostdin'];
const FULL_RANGE = ['-an', '-fps_mode', 'passthrough', '-pix_fmt', 'yuvj420p'];
const COARSEST = 31;
/** The clip once through. */
const PROBED_FRAMES = 250;

export interface MatchedQuality {
  readonly quantiser: number;
  readonly meanBytes: number;
  readonly sample: Buffer;
}

/** The value of -q:v whose JPEGs of the footage come nearest to this mean size. */
export function matchQuality(context: Context, wantedBytes: number): MatchedQuality {
  let best = probe(context, 2);
  for (let quantiser = 3; quantiser <= COARSEST; quantiser += 1) {
    const next = probe(context, quantiser);
    if (Math.abs(next.meanBytes - wantedBytes) < Math.abs(best.meanBytes - wantedBytes)) best = next;
    if (next.meanBytes < wantedBytes) break;
  }
  return best;
}

function probe(context: Context, quantiser: number): MatchedQuality {
  const args = [...QUIET, '-i', context.footage.h264Path, ...FULL_RANGE, '-frames:v', `${PROBED_FRAMES}`];
  const { stdout } = spawnSync('ffmpeg', [...args, '-q:v', `${quantiser}`, '-f', 'mjpeg', 'pipe:1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 30,
  });
  return { quantiser, meanBytes: stdout.length / PROBED_FRAMES, sample: stdout };
}

/** CPU of ffmpeg for each frame over a window, milliseconds; its start is not counted. */
export async function ffmpegFrameMs(context: Context, url: string, quantiser: number): Promise<number> {
  const child = context.processes.start(
    'ffmpeg',
    [...QUIET, '-progress', 'pipe:1', '-stats_period', '0.2', '-rtsp_transport', 'tcp', '-i', url].concat([
      ...FULL_RANGE,
      '-q:v',
      `${quantiser}`,
      '-f',
      'mpjpeg',
      '-y',
      '/dev/null',
    ]),
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const settledMs = performance.now() + 2000;
  let first: { frame: number; cpu: number; atMs: number } | null = null;
  for await (const line of lines(child)) {
    if (!line.startsWith('frame=')) continue;
    const now = { frame: Number(line.slice(6)), cpu: cpuSeconds([child.pid!]), atMs: performance.now() };
    if (first === null && now.atMs > settledMs && now.frame > 0) first = now;
    if (first === null || now.atMs < first.atMs + context.windowMs) continue;
    await context.processes.stop(child);
    return ((now.cpu - first.cpu) / (now.frame - first.frame)) * 1000;
  }
  throw new Error('ffmpeg ended before it was measured');
}
