// Reads the frame numbers out of pictures after they were collected, so that decoding disturbs no measurement: all go
// through one ffmpeg that makes them small and grey. The camera knows when it pushed the frame of a number.

import { runFfmpeg } from '../../test/fixtures/clips.ts';
import { marksIn } from '../../test/fixtures/drawn-marks.ts';
import type { Camera } from './camera.ts';

const SIZE = { width: 320, height: 180 };
const SMALL = ['-vf', `scale=${SIZE.width}:${SIZE.height}:flags=area`];
const GREY = ['-fps_mode', 'passthrough', '-pix_fmt', 'gray', '-f', 'rawvideo', '-'];

export interface Seen {
  readonly jpeg: Buffer;
  /** When it was there. */
  readonly atUs: number;
}

/** How long after its push each picture was there, milliseconds. Rejects when one in twenty has no readable strip. */
export async function agesSincePush(camera: Camera, pictures: readonly Seen[]): Promise<number[]> {
  const numbers = await stripNumbers(pictures.map(({ jpeg }) => jpeg));
  const ages = pictures.flatMap(({ atUs }, index) => {
    const number = numbers[index] ?? null;
    const pushedUs = number === null ? null : camera.pushedUs(number, atUs);
    return pushedUs === null ? [] : [(atUs - pushedUs) / 1000];
  });
  const unread = pictures.length - ages.length;
  if (ages.length < pictures.length * 0.95) throw new Error(`${unread} of ${pictures.length} strips unread`);
  return ages;
}

/** The number in each picture's strip; null where it cannot be read. */
async function stripNumbers(jpegs: readonly Buffer[]): Promise<(number | null)[]> {
  if (jpegs.length === 0) return [];
  const grey = await runFfmpeg(['-f', 'mjpeg', '-i', '-', ...SMALL, ...GREY], Buffer.concat(jpegs));
  const marks = marksIn(grey, SIZE);
  if (marks.length !== jpegs.length) throw new Error(`ffmpeg decoded ${marks.length} of ${jpegs.length} pictures`);
  return marks.map((mark) => mark?.frame ?? null);
}
