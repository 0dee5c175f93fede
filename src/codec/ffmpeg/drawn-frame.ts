// A grey picture drawn in TypeScript as a Frame, so that the JPEG encoder takes it like any decoded one.

import { AVCOL_RANGE_JPEG, AV_PIX_FMT_YUVJ420P } from 'node-av/constants';
import { SightlineError } from '../../base/errors.ts';
import type { LumaPlane } from '../../media/strip.ts';
import { Frame } from './frame.ts';
import type { FrameInfo } from './frame.ts';
import { ownFrame } from './own-frame.ts';
import { fillPlanes } from './planes.ts';

const NEUTRAL_CHROMA = 128;

/**
 * Copies a full-range plane without padding (stride = width, both sizes even). The caller owns the one reference. Throws
 * `internal` without memory.
 */
export function drawnFrame(plane: LumaPlane, info: FrameInfo): Frame {
  const { width, height } = plane;
  const pixels = Buffer.alloc((width * height * 3) / 2, NEUTRAL_CHROMA);
  pixels.set(plane.data.subarray(0, width * height));
  const native = ownFrame({ width, height, format: AV_PIX_FMT_YUVJ420P, colorRange: AVCOL_RANGE_JPEG });
  if (native === null || !fillPlanes(native, pixels, 'yuv420p')) {
    native?.free();
    throw new SightlineError('internal', 'There is no memory for a drawn picture.');
  }
  return new Frame(native, { give: (frame) => frame.free() }, info);
}
