import assert from 'node:assert/strict';
import { it } from 'node:test';
import { percentile, slope, spread } from './statistics.ts';

it('percentiles and slopes are those of a textbook', () => {
  assert.equal(percentile([4, 1, 3, 2], 0.5), 2.5);
  assert.equal(percentile([7], 0.99), 7);
  assert.deepEqual(spread([3, 1, 2]), { median: 2, least: 1, most: 3 });
  assert.equal(slope([[0, 1], [1, 3], [2, 5]]), 2); // prettier-ignore
});
