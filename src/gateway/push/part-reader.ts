// An endless request with pictures in it (multipart/x-mixed-replace, as our own MJPEG is): each part is sent on as it
// comes, the newest wins, and the answer is given when the request ends, or when its pictures cannot be taken any more.

import type { IncomingMessage } from 'node:http';
import { nowUs } from '../../base/clock.ts';
import { SightlineError } from '../../base/errors.ts';
import { MAX_PUSHED_BYTES } from '../../link/wire.ts';
import { jpegSize } from '../../media/jpeg.ts';
import { boundaryOf, MultipartParser, type Part } from '../../media/multipart.ts';
import type { PushedPicture } from '../../media/types.ts';
import { RequestInvalidError } from '../api/problem.ts';
import { monotonicUs } from './picture.ts';

/** So much without a picture is no stream of pictures. */
const MAX_GARBAGE_BYTES = 2 * 1024 * 1024;

export interface PartReaderOptions {
  readonly request: IncomingMessage;
  readonly put: (picture: PushedPicture) => Promise<number | null>;
  /** Ends the reading; its reason is what the sender is told. */
  readonly signal: AbortSignal;
}

/** Reads one request to its end. */
export class PartReader {
  readonly #options: PartReaderOptions;
  readonly #parser: MultipartParser;
  readonly #done = Promise.withResolvers<undefined>();
  #pictures = 0;
  #skippedBefore = 0;
  #newest: Promise<number | null> = Promise.resolve(null);

  constructor(options: PartReaderOptions) {
    this.#options = options;
    const type = options.request.headers['content-type'] ?? '';
    this.#parser = new MultipartParser({
      boundary: boundaryOf(type),
      part: (part) => this.#take(part),
      quirk: () => undefined,
    });
  }

  /** Resolves with the number of the last picture in the stream. Rejects with what its sender is told. */
  async run(): Promise<number | null> {
    const { request, signal } = this.#options;
    const stop = (): void => this.#done.reject(SightlineError.from(signal.reason));
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    request.on('data', (chunk: Buffer) => this.#feed(chunk));
    request.on('end', () => this.#done.resolve(undefined));
    for (const event of ['error', 'close']) {
      request.on(event, () => this.#done.reject(new SightlineError('request-invalid', 'The sender went.')));
    }
    try {
      await this.#done.promise;
    } finally {
      signal.removeEventListener('abort', stop);
      request.removeAllListeners('data');
      request.resume();
    }
    this.#parser.end();
    if (this.#pictures === 0) throw noPicture(this.#parser.skippedBytes);
    return await this.#newest;
  }

  #feed(chunk: Buffer): void {
    const before = this.#pictures;
    this.#parser.push(chunk, nowUs());
    if (this.#pictures !== before) this.#skippedBefore = this.#parser.skippedBytes;
    const skipped = this.#parser.skippedBytes - this.#skippedBefore;
    if (skipped > MAX_GARBAGE_BYTES) this.#done.reject(noPicture(skipped));
  }

  #take({ bytes, damaged, readAtUs, senderUs, senderNumber: number }: Part): void {
    const size = damaged || bytes.length > MAX_PUSHED_BYTES ? null : jpegSize(bytes);
    if (size === null) return;
    this.#pictures += 1;
    const capturedAtUs = senderUs === null ? null : monotonicUs(senderUs);
    const taken = this.#options.put({ ...size, bytes, arrivedUs: readAtUs, capturedAtUs, number });
    this.#newest = taken;
    taken.catch((error: unknown) => this.#refused(SightlineError.from(error)));
  }

  /** What helps with the next picture loses this one only. */
  #refused(error: SightlineError): void {
    if (error.code !== 'link-closed') this.#done.reject(error);
  }
}

function noPicture(bytes: number): SightlineError {
  const message = `has no JPEG picture in ${bytes} bytes of multipart`;
  return new RequestInvalidError([{ parameter: 'body', message }]);
}
