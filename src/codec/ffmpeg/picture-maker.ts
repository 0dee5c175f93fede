// The pictures of one processor as Frames, which encoders take like any decoded one: from packed pixels in memory that is
// written again soon, by one copy into AVFrames that are used again.

import { AVCOL_RANGE_JPEG, AVCOL_RANGE_MPEG } from 'node-av/constants';
import type { Frame as AvFrame } from 'node-av/lib';
import { SightlineError } from '../../base/errors.ts';
import { packedBytes } from '../../media/pixels.ts';
import type { PixelShape } from '../../media/pixels.ts';
import { Frame } from './frame.ts';
import type { FrameHome, FrameInfo } from './frame.ts';
import { frameOver } from './memory-frame.ts';
import { ownFrame } from './own-frame.ts';
import { PIXEL_FORMATS } from './planes.ts';

/** One kept by the hub, one being encoded, one to write into. */
const MAX_IDLE = 3;

export class PictureMaker implements FrameHome {
  readonly #idle: AvFrame[] = [];
  #closed = false;

  /**
   * The caller owns the one reference, and may write `pixels` again. Throws `decode-failed` without memory, or with too
   * few pixels.
   */
  make(pixels: Uint8Array, shape: PixelShape, info: FrameInfo): Frame {
    const { width, height, format } = shape;
    if (pixels.length >= packedBytes(format, width, height)) {
      const copy = this.#copy(pixels, shape);
      if (copy !== null) return new Frame(copy, this, info);
    }
    throw new SightlineError('decode-failed', `There is no memory for a picture of ${width}x${height}.`);
  }

  give(native: AvFrame): void {
    if (this.#closed || this.#idle.length >= MAX_IDLE) native.free();
    else this.#idle.push(native);
  }

  /** Frames that somebody holds are freed when they come back. */
  close(): void {
    this.#closed = true;
    for (const native of this.#idle.splice(0)) native.free();
  }

  #copy(pixels: Uint8Array, shape: PixelShape): AvFrame | null {
    const target = this.#target(shape);
    const source = target === null ? null : frameOver(pixels, shape);
    const copied = target !== null && source !== null && target.copy(source) >= 0;
    source?.free();
    if (copied) return target;
    target?.free();
    return null;
  }

  /** One of this shape that nobody reads any more. */
  #target({ width, height, format }: PixelShape): AvFrame | null {
    const wanted = PIXEL_FORMATS[format];
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.width === width && idle.height === height && idle.format === wanted && idle.isWritable) return idle;
      idle.free();
    }
    const colorRange = format === 'yuv420p' ? AVCOL_RANGE_MPEG : AVCOL_RANGE_JPEG;
    return ownFrame({ width, height, format: wanted, colorRange });
  }
}
