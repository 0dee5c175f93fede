// From pixels in JavaScript's memory to an AVFrame's own: for pictures that are drawn here. The binding's `fromBuffer`
// copies nothing: the frame then points into memory that the collector takes while an encoder reads it.

import type { Frame as AvFrame } from 'node-av/lib';

/**
 * Copies tightly packed planes Y, U, V of 4:2:0 (even sizes) into a frame that has its buffers, whatever padding its rows
 * have. False when it has none, or `pixels` are fewer than the picture needs.
 */
export function fillPlanes(frame: AvFrame, pixels: Buffer): boolean {
  const { width, height, data, linesize } = frame;
  if (data === null || data.length < 3 || pixels.length < (width * height * 3) / 2) return false;
  let from = 0;
  for (let plane = 0; plane < 3; plane++) {
    const columns = plane === 0 ? width : width / 2;
    const rows = plane === 0 ? height : height / 2;
    copyRows(pixels.subarray(from, from + columns * rows), data[plane]!, { columns, rows, stride: linesize[plane]! });
    from += columns * rows;
  }
  return true;
}

function copyRows(from: Buffer, to: Buffer, shape: { columns: number; rows: number; stride: number }): void {
  const { columns, rows, stride } = shape;
  if (stride === columns) {
    to.set(from);
    return;
  }
  for (let row = 0; row < rows; row++) to.set(from.subarray(row * columns, (row + 1) * columns), row * stride);
}
