// Pictures that a processor made, as Frames: from its packed pixels, or from the original as a copy that may be drawn
// on. Encoders take them like any decoded one.

import { AVCOL_RANGE_JPEG, AVCOL_RANGE_MPEG, AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUVJ420P } from 'node-av/constants';
import { Frame as AvFrame } from 'node-av/lib';
import { SightlineError } from '../../base/errors.ts';
import { Frame } from './frame.ts';
import type { FrameHome, FrameInfo } from './frame.ts';
import { ownFrame } from './own-frame.ts';
import { PIXEL_FORMATS, fillPlanes } from './planes.ts';
import type { PixelShape } from './pixel-scaler.ts';

const FREED: FrameHome = { give: (native) => native.free() };

/** Copies packed pixels. The caller owns the one reference. Throws `decode-failed` without memory, or with too few pixels. */
export function frameOfPixels(pixels: Uint8Array, shape: PixelShape, info: FrameInfo): Frame {
  const { width, height, format } = shape;
  const colorRange = format === 'yuv420p' ? AVCOL_RANGE_MPEG : AVCOL_RANGE_JPEG;
  const native = ownFrame({ width, height, format: PIXEL_FORMATS[format], colorRange });
  if (native === null || !fillPlanes(native, pixels, format)) {
    native?.free();
    throw new SightlineError('decode-failed', `There is no memory for a picture of ${width}x${height}.`);
  }
  return new Frame(native, FREED, info);
}

/** Planes that may be written: Y, and U and V of half the size. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly planes: readonly [Buffer, Buffer, Buffer];
  readonly strides: readonly [number, number, number];
  /** Luma goes from 0 to 255, not from 16 to 235. */
  readonly isFullRange: boolean;
}

/** A copy of a frame that `draw` has drawn on; null when its layout is not 4:2:0. The caller owns the one reference. */
export function drawnCopy(original: Frame, draw: (canvas: Canvas) => void): Frame | null {
  const { format } = original.native;
  if (format !== AV_PIX_FMT_YUV420P && format !== AV_PIX_FMT_YUVJ420P) return null;
  const native = new AvFrame();
  native.alloc();
  if (native.ref(original.native) < 0 || native.makeWritable() < 0) {
    native.free();
    throw new SightlineError('decode-failed', 'There is no memory for a picture to draw on.');
  }
  const { width, height, data, linesize } = native;
  const [y, u, v] = data ?? [];
  if (y === undefined || u === undefined || v === undefined) {
    native.free();
    return null;
  }
  draw({
    width,
    height,
    planes: [y, u, v],
    strides: [linesize[0]!, linesize[1]!, linesize[2]!],
    isFullRange: format === AV_PIX_FMT_YUVJ420P || native.colorRange === AVCOL_RANGE_JPEG,
  });
  const { epoch, sequence, stamp } = original;
  return new Frame(native, FREED, { epoch, sequence, stamp });
}
