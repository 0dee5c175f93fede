// Reads the frame numbers out of pictures after they were collected, so that decoding disturbs no measurement: all go
// through one ffmpeg that makes them small and grey.

import { spawn } from 'node:child_process';
import { buffer } from 'node:stream/consumers';
import { readStrip } from '../../src/media/strip.ts';

const WIDTH = 320;
const HEIGHT = 180;

/** The number in each picture's strip; null where it cannot be read. */
export async function stripNumbers(jpegs: readonly Buffer[]): Promise<(number | null)[]> {
  if (jpegs.length === 0) return [];
  const decoder = spawn(
    'ffmpeg',
    [
      '-hide_banner',
      '-loglevel',
      'error',
      '-f',
      'mjpeg',
      '-i',
      'pipe:0',
      '-vf',
      `scale=${WIDTH}:${HEIGHT}:flags=area`,
    ].concat(['-fps_mode', 'passthrough', '-pix_fmt', 'gray', '-f', 'rawvideo', 'pipe:1']),
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const pictures = buffer(decoder.stdout);
  for (const jpeg of jpegs) decoder.stdin.write(jpeg);
  decoder.stdin.end();
  const grey = await pictures;
  const bytes = WIDTH * HEIGHT;
  if (grey.length !== bytes * jpegs.length) {
    throw new Error(`ffmpeg decoded ${grey.length / bytes} of ${jpegs.length} pictures`);
  }
  return jpegs.map((_, index) => {
    const data = grey.subarray(index * bytes, (index + 1) * bytes);
    return readStrip({ data, stride: WIDTH, width: WIDTH, height: HEIGHT })?.frame ?? null;
  });
}
