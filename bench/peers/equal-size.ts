// Equal size: pictures of one camera by two encoders are compared at the quality at which they are as large. libjpeg
// (OpenCV, motion) and FFmpeg (ours) mean different things by a number.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Side } from '../../src/bench/types.ts';
import { watch } from './watch.ts';
import type { PeerGround } from './peer.ts';

const run = promisify(execFile);
/** About as long as the camera's pictures take to repeat. */
const SAMPLES = 250;
const LIMIT_MS = 30_000;

/** Mean size of the pictures of one of our own servers; NaN when none came. */
export async function meanBytes(side: Side, signal: AbortSignal): Promise<number> {
  const server = await side.start(signal);
  try {
    return (await watch(server.url, { pictures: SAMPLES, ms: LIMIT_MS })).meanBytes;
  } finally {
    await server.stop();
  }
}

export interface EqualQuality {
  readonly quality: number;
  readonly meanBytes: number;
}

/** The quality of OpenCV's encoder (libjpeg) whose pictures of the camera are nearest to `wantedBytes`. */
export async function equalQuality(
  { camera, root, out }: Pick<PeerGround, 'camera' | 'root' | 'out'>,
  wantedBytes: number,
  signal: AbortSignal,
): Promise<EqualQuality> {
  const python = join(out, 'venv/bin/python');
  const program = join(root, 'bench/peers/article/match_quality.py');
  const args = [program, camera.source, `${wantedBytes}`, `${SAMPLES}`];
  const { stdout } = await run(python, args, { signal, timeout: LIMIT_MS * 2 });
  const [quality = NaN, mean = NaN] = stdout.split(' ').map(Number);
  return { quality, meanBytes: mean };
}
