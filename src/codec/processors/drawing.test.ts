// What drawings make of a picture's planes, pixel by pixel.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Canvas } from '../ffmpeg/made-frame.ts';
import type { Drawing } from './contract.ts';
import { drawAll } from './drawing.ts';

/** A black canvas, and how many runs of bytes were written into its planes. */
function blank(width: number, height: number): { readonly canvas: Canvas; readonly writes: () => number } {
  let writes = 0;
  const plane = (bytes: number): Buffer => {
    const memory = Buffer.alloc(bytes);
    const fill = memory.fill.bind(memory);
    return Object.assign(memory, {
      fill: (value: number, start: number, end: number) => (writes++, fill(value, start, end)),
    });
  };
  const planes = [plane(width * height), plane((width * height) / 4), plane((width * height) / 4)] as const;
  const strides = [width, width / 2, width / 2] as const;
  return { canvas: { width, height, planes, strides, isFullRange: true }, writes: () => writes };
}

const line = (...[x0, y0, x1, y1]: readonly [number, number, number, number]): Drawing => {
  return { kind: 'line', from: { x: x0, y: y0 }, to: { x: x1, y: y1 }, colour: '#ffffff' };
};

describe('a line over a picture', () => {
  it('is the squares of its thickness from end to end, whichever way it goes', () => {
    const [width, height, thick] = [64, 32, 2];
    const ends = [
      [0.1, 0.2, 0.8, 0.4],
      [0.8, 0.9, 0.2, 0.1],
      [0.5, 0.1, 0.55, 0.9],
      [0.3, 0.3, 0.3, 0.3],
      [-0.5, 0.5, 1.5, 0.7],
      [0.2, -1, 0.4, 2],
    ] as const;
    for (const [x0, y0, x1, y1] of ends) {
      const { canvas } = blank(width, height);
      drawAll(canvas, [line(x0, y0, x1, y1)]);
      const wanted = Buffer.alloc(width * height);
      const from = [Math.round(x0 * width), Math.round(y0 * height)] as const;
      const by = [Math.round(x1 * width) - from[0], Math.round(y1 * height) - from[1]] as const;
      const steps = Math.max(1, Math.abs(by[0]), Math.abs(by[1]));
      for (let step = 0; step <= steps; step++) {
        const left = Math.round(from[0] + (by[0] * step) / steps);
        const top = Math.round(from[1] + (by[1] * step) / steps);
        for (let y = Math.max(0, top); y < Math.min(height, top + thick); y++) {
          for (let x = Math.max(0, left); x < Math.min(width, left + thick); x++) wanted[y * width + x] = 255;
        }
      }
      assert.deepEqual(Buffer.from(canvas.planes[0]), wanted, `from ${x0}, ${y0} to ${x1}, ${y1}`);
    }
  });

  it('costs one run of pixels a row, for all cameras share the loop that draws', () => {
    const { canvas, writes } = blank(1920, 1080);
    drawAll(canvas, [line(0, 0.4, 1, 0.5)]);
    assert.ok(writes() < 400, `${writes()} writes for 108 rows`);
  });
});
