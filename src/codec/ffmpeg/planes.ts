// Pixels between JavaScript's memory and an AVFrame's own. Here they lie packed, plane behind plane; there each row may
// have padding. (The binding's `fromBuffer` copies nothing: the frame then points into memory that the collector takes
// while an encoder reads it.)

import { AV_PIX_FMT_BGR24, AV_PIX_FMT_GRAY8, AV_PIX_FMT_RGBA, AV_PIX_FMT_YUV420P } from 'node-av/constants';
import type { AVPixelFormat } from 'node-av/constants';
import type { Frame as AvFrame } from 'node-av/lib';
import { packedBytes, packedPlanes } from '../../media/pixels.ts';
import type { PackedPlane, PixelFormat } from '../../media/pixels.ts';

export const PIXEL_FORMATS: Readonly<Record<PixelFormat, AVPixelFormat>> = {
  gray: AV_PIX_FMT_GRAY8,
  bgr: AV_PIX_FMT_BGR24,
  rgba: AV_PIX_FMT_RGBA,
  yuv420p: AV_PIX_FMT_YUV420P,
};

/**
 * Where a frame's pixels lie, as a frame itself says it. Each look at `data` makes buffers that count with their whole size
 * for the garbage collector: who reads one frame again and again looks once.
 */
export type Planes = Readonly<Pick<AvFrame, 'width' | 'height' | 'data' | 'linesize'>>;

/** Copies a packed picture into a frame that has its buffers. False when it has none, or `pixels` are too few. */
export function fillPlanes(frame: Planes, pixels: Uint8Array, format: PixelFormat): boolean {
  return eachPlane(frame, pixels, format, (plane, packed, { columns, rows, stride }) => {
    if (stride === columns) plane.set(packed);
    else
      for (let row = 0; row < rows; row++) plane.set(packed.subarray(row * columns, (row + 1) * columns), row * stride);
  });
}

/** Copies a frame's pixels out of it, packed. False when it has none, or there is no room for them. */
export function readPlanes(frame: Planes, into: Uint8Array, format: PixelFormat): boolean {
  return eachPlane(frame, into, format, (plane, packed, { columns, rows, stride }) => {
    if (stride === columns) packed.set(plane.subarray(0, columns * rows));
    else
      for (let row = 0; row < rows; row++)
        packed.set(plane.subarray(row * stride, row * stride + columns), row * columns);
  });
}

type Copy = (plane: Buffer, packed: Uint8Array, shape: PackedPlane & { readonly stride: number }) => void;

function eachPlane(frame: Planes, packed: Uint8Array, format: PixelFormat, copy: Copy): boolean {
  const { width, height, data, linesize } = frame;
  const planes = packedPlanes(format, width, height);
  if (data === null || data.length < planes.length || packed.length < packedBytes(format, width, height)) return false;
  let from = 0;
  for (const [index, plane] of planes.entries()) {
    const bytes = plane.columns * plane.rows;
    copy(data[index]!, packed.subarray(from, from + bytes), { ...plane, stride: linesize[index]! });
    from += bytes;
  }
  return true;
}
