import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { measureWallOffsetUs, nowUs, setWallOffsetUs, wallIso, wallUs } from './clock.ts';

/** Measures for so long and gives the last offset. */
function measureFor(durationUs: number): number {
  const untilUs = nowUs() + durationUs;
  while (nowUs() < untilUs) measureWallOffsetUs();
  return measureWallOffsetUs();
}

describe('the offset of the wall clock', () => {
  it('stays the same while nobody sets the clock, so that an instant is printed alike each second', () => {
    const first = measureFor(30_000);
    const later = measureFor(30_000);
    assert.equal(later, first);
  });

  it('is the wall clock, to less than a millisecond', () => {
    const before = Date.now();
    const seen = (nowUs() + measureFor(5000)) / 1000;
    assert.ok(seen > before - 1 && seen < Date.now() + 1, `${seen} beside ${before}`);
  });

  it('moves what is printed, and no instant', () => {
    const atUs = 5_000_000;
    setWallOffsetUs(1_700_000_000_000_000);
    assert.equal(wallUs(atUs), 1_700_000_005_000_000);
    assert.equal(wallIso(atUs), '2023-11-14T22:13:25.000Z');
    setWallOffsetUs(measureWallOffsetUs());
  });
});
