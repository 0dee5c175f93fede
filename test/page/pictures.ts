// Pictures for the tests of the page: a colour of each camera's own is not needed, but a strip that says which picture
// it is, as the test card has one.

import { execFileSync } from 'node:child_process';
import { drawStrip } from '../../src/media/strip.ts';

/** JPEGs of this size, the number of each in its strip; the first halves of them are dark, the others light. */
export function stripPictures(count: number, width = 640, height = 360): Buffer[] {
  const planes = Buffer.alloc(width * height * count);
  for (let frame = 0; frame < count; frame += 1) {
    const data = planes.subarray(frame * width * height, (frame + 1) * width * height);
    data.fill(60 + Math.round((120 * frame) / count));
    drawStrip({ data, stride: width, width, height }, { frame, timeUs: 0 }, 'full');
  }
  const input = ['-f', 'rawvideo', '-pix_fmt', 'gray', '-s', `${width}x${height}`, '-i', 'pipe:0'];
  const output = ['-pix_fmt', 'yuvj420p', '-q:v', '4', '-f', 'mjpeg', 'pipe:1'];
  const jpegs = execFileSync('ffmpeg', ['-v', 'error', ...input, ...output], { input: planes, maxBuffer: 1 << 28 });
  return split(jpegs);
}

/** One JPEG after the other: each begins with FF D8 FF, which stands nowhere inside. */
function split(jpegs: Buffer): Buffer[] {
  const pictures: Buffer[] = [];
  const begin = Buffer.from([0xff, 0xd8, 0xff]);
  for (let at = 0; at < jpegs.length;) {
    const next = jpegs.indexOf(begin, at + 3);
    const end = next < 0 ? jpegs.length : next;
    pictures.push(jpegs.subarray(at, end));
    at = end;
  }
  return pictures;
}
