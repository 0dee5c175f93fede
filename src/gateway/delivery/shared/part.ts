// One part of a multipart/x-mixed-replace response (RFC 2046, 5.1), written once per picture and shared by all viewers.
// Header and next boundary go into the free room around the picture's own bytes, so nothing is copied:
//
//   free | Content-Type: ... CRLF CRLF | JPEG | CRLF --frame CRLF | Content-Type: image/jpeg CRLF CRLF | free
//        |<---------------------- bytes -------------------------->|
//                                      |<------------------------- forImage -------------------------->|
//
// The boundary stands behind the picture because viewers know a part by its end. Chromium shows a part only when the
// next one's header has come: a picture interval late. An <img> cannot read part headers, so it gets the next part's
// header, without the length and times that are not known yet, together with each picture, and shows it at once.

import { wallUs } from '../../../base/clock.ts';
import { BODY_ROOM, BODY_TAIL } from '../../../link/wire.ts';
import type { Jpeg } from '../../../media/types.ts';

export const BOUNDARY = 'frame';
/** Sent with the response's head, so that the first part only needs what every part has. */
export const FIRST_DELIMITER = Buffer.from(`--${BOUNDARY}\r\n`, 'latin1');
const IMAGE_HEADER = 'Content-Type: image/jpeg\r\n\r\n';
export const FIRST_DELIMITER_FOR_IMAGE = Buffer.from(`--${BOUNDARY}\r\n${IMAGE_HEADER}`, 'latin1');
/** Ends a response whose last part is whole. */
export const CLOSE_DELIMITER = Buffer.from(`--${BOUNDARY}--\r\n`, 'latin1');
export const CLOSE_DELIMITER_FOR_IMAGE = Buffer.from(`\r\n--${BOUNDARY}--\r\n`, 'latin1');
const NEXT_DELIMITER = `\r\n--${BOUNDARY}\r\n`;

/** What one write to a viewer carries: views of one memory. */
export interface Part {
  /** Header with length and times, picture, next boundary. */
  readonly bytes: Buffer;
  /** Picture, next boundary, plain header of the next part. */
  readonly forImage: Buffer;
  /** Capture time of the picture; the time of drawing for a slate. */
  readonly capturedAtUs: number;
  readonly slate: boolean;
  /** The picture itself; null for a slate. */
  readonly jpeg: Jpeg | null;
}

/** A captured picture as a part, with its capture time, sequence and clock. */
export function picturePart(jpeg: Jpeg): Part {
  return new PicturePart(jpeg);
}

/** Enclosed when the first viewer of MJPEG takes it: a channel that only tiles watch needs no headers. */
class PicturePart implements Part {
  readonly jpeg: Jpeg;
  readonly capturedAtUs: number;
  readonly slate = false;
  #enclosed: Enclosed | null = null;

  constructor(jpeg: Jpeg) {
    this.jpeg = jpeg;
    this.capturedAtUs = jpeg.stamp.capturedAtUs;
  }

  get bytes(): Buffer {
    return this.#views().bytes;
  }

  get forImage(): Buffer {
    return this.#views().forImage;
  }

  #views(): Enclosed {
    const { bytes, sequence, stamp } = this.jpeg;
    this.#enclosed ??= enclose(
      bytes,
      `X-Timestamp: ${unixSeconds(stamp.capturedAtUs)}\r\n` +
        `X-Sequence: ${sequence}\r\n` +
        `X-Timestamp-Source: ${stamp.clock}\r\n`,
    );
    return this.#enclosed;
  }
}

/** A drawn picture as a part: without a capture time, because nothing was captured. */
export function slatePart(jpeg: Buffer, drawnAtUs: number): Part {
  return { ...enclose(jpeg, ''), capturedAtUs: drawnAtUs, slate: true, jpeg: null };
}

/** An instant of the monotonic clock as Unix seconds with six decimals. */
export function unixSeconds(monotonicUs: number): string {
  const microseconds = Math.round(wallUs(monotonicUs));
  const seconds = Math.floor(microseconds / 1e6);
  return `${seconds}.${String(microseconds - seconds * 1e6).padStart(6, '0')}`;
}

type Enclosed = Pick<Part, 'bytes' | 'forImage'>;

function enclose(jpeg: Buffer, extraHeaders: string): Enclosed {
  const header = `Content-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n${extraHeaders}\r\n`;
  const memory = hasRoom(jpeg) ? Buffer.from(jpeg.buffer) : withRoom(jpeg);
  const start = BODY_ROOM - header.length;
  const tail = BODY_ROOM + jpeg.length;
  memory.write(header, start, 'latin1');
  memory.write(NEXT_DELIMITER + IMAGE_HEADER, tail, 'latin1');
  const end = tail + NEXT_DELIMITER.length;
  return {
    bytes: memory.subarray(start, end),
    forImage: memory.subarray(BODY_ROOM, end + IMAGE_HEADER.length),
  };
}

/** True for a picture that stands alone in memory of the link's shape; anything else may have neighbours. */
function hasRoom(jpeg: Buffer): boolean {
  return jpeg.byteOffset === BODY_ROOM && jpeg.buffer.byteLength === BODY_ROOM + jpeg.length + BODY_TAIL;
}

function withRoom(jpeg: Buffer): Buffer {
  const memory = Buffer.allocUnsafeSlow(BODY_ROOM + jpeg.length + BODY_TAIL);
  jpeg.copy(memory, BODY_ROOM);
  return memory;
}
