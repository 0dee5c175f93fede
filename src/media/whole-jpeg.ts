// Is this one whole JPEG, and if not, what is it? For pictures that somebody sends in: each is looked at once, and what is
// wrong is said so that a person finds it in the program that sent it.

import { isJpeg, jpegSize } from './jpeg.ts';
import { JpegWalker } from './jpeg-walker.ts';

/** `end`: where it ends; what stands behind belongs to nobody. `fault`: the rest of a sentence about the body. */
export type WholeJpeg =
  { readonly width: number; readonly height: number; readonly end: number } | { readonly fault: string };

/** What people send by mistake, by its first bytes. */
const OTHERS: readonly (readonly [begin: string, what: string])[] = [
  ['\x89PNG', 'is a PNG picture'],
  ['GIF8', 'is a GIF picture'],
  ['RIFF', 'is a WebP picture'],
  ['BM', 'is a BMP picture'],
  ['/9j/', 'is Base64 text'],
  ['data:', 'is a data URL'],
  ['{', 'is JSON'],
  ['--', 'is multipart (see Content-Type)'],
];

export function readWholeJpeg(bytes: Buffer): WholeJpeg {
  if (bytes.length === 0) return { fault: 'is empty' };
  if (!isJpeg(bytes)) return { fault: whatElse(bytes) };
  const size = jpegSize(bytes);
  if (size === null) return { fault: 'is a JPEG without a frame header, so without a size' };
  const walker = new JpegWalker();
  walker.begin();
  switch (walker.walk(bytes, bytes.length)) {
    case 'end':
      return { ...size, end: walker.position };
    case 'more':
      return { fault: `is a JPEG that is cut off: its end is missing after ${bytes.length} bytes` };
    case 'restart':
      return { fault: `is a JPEG without its end: another one begins at byte ${walker.position}` };
    case 'invalid':
      return { fault: 'is a JPEG without picture data' };
  }
}

function whatElse(bytes: Buffer): string {
  const text = bytes.toString('latin1', 0, 8);
  const known = OTHERS.find(([begin]) => text.startsWith(begin));
  if (known !== undefined) return `${known[1]}, not a JPEG`;
  return `begins with ${bytes.toString('hex', 0, 4).replace(/(..)(?=.)/g, '$1 ')}, and a JPEG with ff d8 ff`;
}
