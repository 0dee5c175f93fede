import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Backoff } from './backoff.ts';

const run = (backoff: Backoff, times: number, situation: { watched: boolean; refused?: boolean }): number[] =>
  Array.from({ length: times }, () => backoff.nextMs(situation));

describe('Backoff', () => {
  it('tries again at once, then more and more slowly, up to 2 s while somebody watches', () => {
    assert.deepEqual(run(new Backoff(() => 0), 6, { watched: true }), [0, 500, 1000, 2000, 2000, 2000]);
  });

  it('goes up to 30 s while nobody watches', () => {
    const waits = run(new Backoff(() => 0), 9, { watched: false });
    assert.deepEqual(waits, [0, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  it('is slow, and not at once, when the password was refused, whoever watches', () => {
    const waits = run(new Backoff(() => 0), 8, { watched: true, refused: true });
    assert.equal(waits[0], 500);
    assert.equal(waits.at(-1), 30_000);
  });

  it('spreads the tries by up to a quarter, never beyond the limit, and begins again after a success', () => {
    const backoff = new Backoff(() => 0.999);
    assert.deepEqual(run(backoff, 3, { watched: true }), [0, 375, 750]);
    backoff.reset();
    assert.equal(backoff.nextMs({ watched: true }), 0);
  });
});
