import assert from 'node:assert/strict';
import { it } from 'node:test';
import { judge, table } from './figures.ts';
import type { Figure, Target } from './figures.ts';
import { spread } from '../../src/bench/statistics.ts';

function figure(median: number, peer: number | null, target: Target): Figure {
  const value = peer === null ? null : spread([peer]);
  return { name: 'a figure', unit: 'ms', ours: spread([median]), peers: [{ name: 'a peer', value }], target };
}

it('a ratio is judged against the first peer', () => {
  const target: Target = { of: 'ratio', bound: 'at most', value: 0.8 };
  assert.equal(judge(figure(6, 10, target)).met, true);
  assert.equal(judge(figure(9, 10, target)).met, false);
  assert.match(judge(figure(9, 10, target)).words, /^MISSED by 13 %/);
});

it('a ratio to an absent peer is not judged, and nothing measured is a miss', () => {
  const target: Target = { of: 'ratio', bound: 'at most', value: 0.8 };
  assert.equal(judge(figure(6, null, target)).met, null);
  assert.match(table([figure(6, null, target)]), /a peer absent/);
  assert.equal(judge(figure(NaN, 10, target)).met, false);
});

it('a lower bound is met from above', () => {
  const target: Target = { of: 'ours', bound: 'at least', value: 28 };
  assert.equal(judge(figure(29, null, target)).met, true);
  assert.equal(judge(figure(27, null, target)).met, false);
});

it('a target of none is met by none only', () => {
  const target: Target = { of: 'ours', bound: 'at most', value: 0 };
  assert.deepEqual(judge(figure(0, null, target)), { ratio: null, met: true, words: 'met' });
  assert.deepEqual(judge(figure(1, null, target)), { ratio: null, met: false, words: 'MISSED' });
});
