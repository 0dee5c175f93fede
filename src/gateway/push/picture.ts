// From a request to a picture: its headers and its body, judged, as PushedPicture. Throws what the sender is told.

import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { nowUs, wallUs } from '../../base/clock.ts';
import { SightlineError } from '../../base/errors.ts';
import { MAX_PUSHED_BYTES } from '../../link/wire.ts';
import type { PushedPicture } from '../../media/types.ts';
import { readWholeJpeg } from '../../media/whole-jpeg.ts';
import { FrameHeaders } from '../api/contract-pictures.ts';
import { RequestInvalidError } from '../api/problem.ts';

export interface PictureClaims {
  /** Capture time as the sender says it, on our monotonic clock; null: not said. */
  readonly capturedAtUs: number | null;
  readonly number: number | null;
}

/** What the headers of a picture say. Throws `request-invalid`. */
export function claimsOf(headers: IncomingHttpHeaders): PictureClaims {
  const said = { 'X-Timestamp': headers['x-timestamp'], 'X-Sequence': headers['x-sequence'] };
  const read = FrameHeaders.safeParse(said);
  if (!read.success) {
    throw new RequestInvalidError(
      read.error.issues.map(({ path, message }) => ({ parameter: String(path[0]), message })),
    );
  }
  const { 'X-Timestamp': seconds, 'X-Sequence': number } = read.data;
  return {
    capturedAtUs: seconds === undefined ? null : monotonicUs(Math.round(Number(seconds) * 1e6)),
    number: number === undefined ? null : Number(number),
  };
}

/** A Unix time in microseconds as an instant of our monotonic clock. */
export function monotonicUs(unixUs: number): number {
  return unixUs - wallUs(0);
}

export interface Body {
  readonly bytes: Buffer;
  /** When its first byte was read; 0 where it has none. */
  readonly arrivedUs: number;
}

/** Reads a body to its end. Rejects with `body-too-large` as soon as that is known, and when its sender went. */
export async function readBody(stream: Readable, declaredBytes: number): Promise<Body> {
  if (declaredBytes > MAX_PUSHED_BYTES) throw tooLarge();
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const chunks: Buffer[] = [];
  let length = 0;
  let arrivedUs = 0;
  stream.on('data', (chunk: Buffer) => {
    if (length === 0) arrivedUs = nowUs();
    length += chunk.length;
    if (length > MAX_PUSHED_BYTES) reject(tooLarge());
    else chunks.push(chunk);
  });
  stream.on('end', () => resolve(undefined));
  // An error is not made for nothing: its stack costs more than the rest of this.
  const left = (): void => {
    if (!stream.readableEnded) reject(cut());
  };
  for (const event of ['error', 'close']) stream.on(event, left);
  try {
    await promise;
  } finally {
    stream.removeAllListeners('data');
    stream.resume();
  }
  const [first] = chunks;
  const bytes = first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks, length);
  return { bytes, arrivedUs };
}

/** The picture of a body. Throws `request-invalid` with what is wrong with it. */
export function pictureOf({ bytes, arrivedUs }: Body, claims: PictureClaims): PushedPicture {
  const found = readWholeJpeg(bytes);
  if ('fault' in found) throw new RequestInvalidError([{ parameter: 'body', message: found.fault }]);
  const { width, height, end } = found;
  return { ...claims, width, height, arrivedUs, bytes: end === bytes.length ? bytes : bytes.subarray(0, end) };
}

/** Its sender is gone, and will not hear this. */
function cut(): SightlineError {
  return new SightlineError('request-invalid', 'The body ended before it was whole.');
}

function tooLarge(): SightlineError {
  return new SightlineError('body-too-large', `A picture may have ${MAX_PUSHED_BYTES} bytes, and this has more.`);
}
