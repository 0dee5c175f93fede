// A grey picture drawn in TypeScript as a Frame, so that the JPEG encoder takes it like any decoded one.

import { AVCOL_RANGE_JPEG, AV_PIX_FMT_YUVJ420P } from 'node-av/constants';
import { Frame as AvFrame } from 'node-av/lib';
import { SightlineError } from '../../base/errors.ts';
import type { LumaPlane } from '../../media/strip.ts';
import { Frame } from './frame.ts';
import type { FrameInfo } from './frame.ts';

const NEUTRAL_CHROMA = 128;

/**
 * Copies a full-range plane without padding (stride = width, both sizes even) into memory of FFmpeg's own: the binding's
 * `fromBuffer` would only point at the plane, which the collector takes while the encoder reads it. The caller owns the
 * one reference. Throws `internal` without memory.
 */
export function drawnFrame(plane: LumaPlane, info: FrameInfo): Frame {
  const native = new AvFrame();
  native.alloc();
  native.width = plane.width;
  native.height = plane.height;
  native.format = AV_PIX_FMT_YUVJ420P;
  native.colorRange = AVCOL_RANGE_JPEG;
  const planes = native.getBuffer(0) < 0 ? null : native.data;
  const [luma, ...chroma] = planes ?? [];
  if (luma === undefined) {
    native.free();
    throw new SightlineError('internal', 'There is no memory for a drawn picture.');
  }
  const stride = native.linesize[0]!;
  for (let y = 0; y < plane.height; y++) {
    luma.set(plane.data.subarray(y * plane.width, (y + 1) * plane.width), y * stride);
  }
  for (const half of chroma) half.fill(NEUTRAL_CHROMA);
  return new Frame(native, { give: (frame) => frame.free() }, info);
}
