// A grey picture drawn in TypeScript as a Frame, so that the JPEG encoder takes it like any decoded one.

import { AVCOL_RANGE_JPEG, AV_PIX_FMT_YUVJ420P } from 'node-av/constants';
import { Frame as AvFrame } from 'node-av/lib';
import type { LumaPlane } from '../../media/strip.ts';
import { Frame } from './frame.ts';
import type { FrameInfo } from './frame.ts';

const NEUTRAL_CHROMA = 128;

/** Copies a full-range plane without padding (stride = width, both sizes even). The caller owns the one reference. */
export function drawnFrame(plane: LumaPlane, info: FrameInfo): Frame {
  const { width, height } = plane;
  const planes = Buffer.alloc((width * height * 3) / 2, NEUTRAL_CHROMA);
  planes.set(plane.data.subarray(0, width * height));
  const native = AvFrame.fromVideoBuffer(planes, { width, height, format: AV_PIX_FMT_YUVJ420P });
  native.colorRange = AVCOL_RANGE_JPEG;
  return new Frame(native, { give: (frame) => frame.free() }, info);
}
