// The wall's arithmetic.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { layOut } from './layout.ts';

const desk = { width: 1440, height: 852, caption: 36 };

describe('a wall', () => {
  it('makes pictures as large as they can be with all in view', () => {
    const expected: Readonly<Record<number, readonly [number, number]>> = {
      1: [1, 1422],
      2: [2, 708],
      4: [2, 671],
      6: [3, 469],
      9: [3, 422],
      16: [4, 297],
    };
    for (const [count, [columns, width]] of Object.entries(expected)) {
      const layout = layOut(Number(count), desk);
      assert.equal(layout.columns, columns, count);
      assert.ok(Math.abs(layout.width - width) <= 2, `${count}: ${layout.width}`);
    }
  });

  it('is one column from edge to edge on a phone', () => {
    assert.deepEqual(layOut(3, { width: 390, height: 796, caption: 44 }), { columns: 1, width: 390, narrow: true });
  });

  it('never is wider than its room, nor has tiles narrower than 280', () => {
    fc.assert(
      fc.property(
        fc.nat(100),
        fc.integer({ min: 320, max: 2560 }),
        fc.integer({ min: 300, max: 1600 }),
        (count, width, height) => {
          const layout = layOut(count, { width, height, caption: 36 });
          const room = layout.narrow ? width : width - 16;
          assert.ok(layout.columns * (layout.width + 8) - 8 <= room, `${layout.columns} of ${layout.width}`);
          assert.ok(layout.width >= 280);
        },
      ),
    );
  });
});
