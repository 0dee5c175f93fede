// The offered sizes and qualities: few, never larger than the camera's own.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { WIDTHS, scaledSize, snapQuality, snapWidth } from './picture-size.ts';

describe('offered picture sizes', () => {
  it('snap up to the next offered width or the camera’s own', () => {
    const cases: [number | null, number, number][] = [
      [null, 1280, 1280],
      [1, 1280, 160],
      [161, 1280, 320],
      [700, 1280, 960],
      [700, 800, 800],
      [5000, 1280, 1280],
      [5000, 2560, 2560],
      [1920, 2560, 1920],
      [2000, 2560, 2560],
      [640, 100, 100],
      [700, 0, 960],
      [5000, 0, 1920],
      [null, 0, 0],
    ];
    for (const [wanted, own, offered] of cases)
      assert.equal(snapWidth(wanted, own), offered, `${wanted ?? 'null'} ${own}`);
  });

  it('are the camera’s own or of the list, and stay what they are when snapped again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 8000 }), (wanted, own) => {
        const offered = snapWidth(wanted, own);
        assert.ok(offered === own || (WIDTHS.includes(offered) && offered < own));
        assert.equal(snapWidth(offered, own), offered);
      }),
    );
  });

  it('have qualities in tens from 30 to 90, 80 when none is asked for', () => {
    assert.deepEqual([null, 0, 30, 34, 36, 85, 100, NaN].map(snapQuality), [80, 30, 30, 30, 40, 90, 90, 80]);
  });

  it('keep the picture’s shape with an even height and never grow', () => {
    assert.deepEqual(scaledSize(1280, 720, 640), { width: 640, height: 360 });
    assert.deepEqual(scaledSize(1280, 720, 1920), { width: 1280, height: 720 });
    assert.deepEqual(scaledSize(1279, 719, null), { width: 1279, height: 719 });
    assert.deepEqual(scaledSize(5000, 3, 160), { width: 160, height: 2 });
  });
});
