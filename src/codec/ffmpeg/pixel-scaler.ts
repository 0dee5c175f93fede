// From a decoded picture to packed pixels of one size and format in shared memory: what a processor's worker thread, or
// a program of somebody's own, gets to see. One pass of swscale and one copy.

import { AVCOL_RANGE_MPEG } from 'node-av/constants';
import { SoftwareScaleContext } from 'node-av/lib';
import type { Frame as AvFrame } from 'node-av/lib';
import { SightlineError } from '../../base/errors.ts';
import type { PixelFormat } from '../../media/pixels.ts';
import type { Frame } from './frame.ts';
import { nativeCall } from './native.ts';
import { ownFrame } from './own-frame.ts';
import { PIXEL_FORMATS, readPlanes } from './planes.ts';
import type { Planes } from './planes.ts';

/** Up to this many pixels of the source a thread costs more than it saves. */
const SHORT_WORK_PIXELS = 1280 * 720;

export interface PixelShape {
  readonly width: number;
  readonly height: number;
  /** gray, bgr, rgba: full range. yuv420p: limited range. */
  readonly format: PixelFormat;
}

/**
 * The shape of a picture's pixels. With a `width` both sides are even and the picture is never made larger; without one it
 * stays as it is, but for yuv420p, whose sides are even.
 */
export function pixelShape(
  picture: { readonly width: number; readonly height: number },
  { width: wanted, format }: { readonly width: number | null; readonly format: PixelFormat },
): PixelShape {
  if (wanted === null && format !== 'yuv420p') return { width: picture.width, height: picture.height, format };
  const width = Math.max(2, Math.min(wanted ?? picture.width, picture.width) & ~1);
  const height = Math.max(2, Math.round((picture.height * width) / picture.width / 2) * 2);
  return { width, height, format };
}

export class PixelScaler {
  readonly shape: PixelShape;
  readonly #target: AvFrame;
  readonly #planes: Planes;
  readonly #context = new SoftwareScaleContext();
  #busy: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** Throws `decode-failed` without memory. Both sides of a yuv420p picture are even. */
  constructor(shape: PixelShape) {
    this.shape = shape;
    const { width, height, format } = shape;
    const colorRange = format === 'yuv420p' ? AVCOL_RANGE_MPEG : undefined;
    const target = ownFrame({ width, height, format: PIXEL_FORMATS[format], colorRange });
    if (target === null) throw failure();
    this.#target = target;
    const { data, linesize } = target;
    this.#planes = { width, height, data, linesize };
    this.#context.allocContext();
    this.#context.setOption('sws_flags', 'area');
  }

  /** Writes the pixels of `frame` into `into`. Calls must not overlap. Throws `decode-failed`. */
  convert(frame: Frame, into: Uint8Array): Promise<void> {
    const done = this.#convert(frame, into);
    this.#busy = done;
    return done;
  }

  /** Waits for the call under way, then frees everything. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#busy.catch(() => undefined);
    this.#context.freeContext();
    this.#target.free();
  }

  async #convert(frame: Frame, into: Uint8Array): Promise<void> {
    if (this.#closed) throw failure();
    const source = frame.native;
    const isShort = source.width * source.height <= SHORT_WORK_PIXELS;
    const result = isShort
      ? this.#context.scaleFrameSync(this.#target, source)
      : await nativeCall('pixels.scale', () => this.#context.scaleFrame(this.#target, source));
    if (result < 0 || !readPlanes(this.#planes, into, this.shape.format)) throw failure();
  }
}

function failure(): SightlineError {
  return new SightlineError('decode-failed', 'The picture could not be converted to pixels.');
}
