import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Pace } from './pace.ts';

/** Patience after pictures with these seconds between them. */
function patience(...seconds: number[]): number | undefined {
  const pace = new Pace();
  let atUs = 1e9;
  pace.note(atUs);
  for (const step of seconds) pace.note((atUs += step * 1e6));
  return pace.patienceMs;
}

describe('what counts as silence of a camera that is sent its pictures', () => {
  it('is 5 s, until its pictures have come slower', () => {
    assert.equal(patience(), undefined);
    assert.equal(patience(0.04, 0.04, 0.04), undefined);
    assert.equal(patience(1.6), undefined);
    assert.equal(new Pace().patienceUs, 5_000_000);
  });

  it('is three of its usual intervals, in steps, at most ten minutes', () => {
    assert.equal(patience(2), 15_000);
    assert.equal(patience(60), 300_000);
    assert.equal(patience(60, 61, 59, 60), 300_000);
    assert.equal(patience(300), 600_000);
    assert.equal(patience(3600), undefined, 'one an hour is never usual');
  });

  it('is not that of one pause', () => {
    assert.equal(patience(0.04, 0.04, 0.04, 300), undefined);
    assert.equal(patience(300, 0.04), undefined, 'a program that begins in earnest after a first try');
    assert.equal(patience(60, 60, 60, 0.04), 300_000, 'one picture more is not another pace');
    assert.equal(patience(60, 60, 60, 0.04, 0.04, 0.04), undefined);
  });
});
