// What a processor draws over, as a Frame: the original as a copy that may be drawn on. Encoders take it like any decoded
// one.

import { AVCOL_RANGE_JPEG, AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUVJ420P } from 'node-av/constants';
import { Frame as AvFrame } from 'node-av/lib';
import { SightlineError } from '../../base/errors.ts';
import { Frame } from './frame.ts';
import type { FrameHome } from './frame.ts';

const FREED: FrameHome = { give: (native) => native.free() };

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
