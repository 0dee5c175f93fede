import assert from 'node:assert/strict';
import { it } from 'node:test';
import { percentile, slope, spread, trend } from './statistics.ts';

it('percentiles and slopes are those of a textbook', () => {
  assert.equal(percentile([4, 1, 3, 2], 0.5), 2.5);
  assert.equal(percentile([7], 0.99), 7);
  assert.deepEqual(spread([3, 1, 2]), { median: 2, least: 1, most: 3 });
  assert.equal(slope([[0, 1], [1, 3], [2, 5]]), 2); // prettier-ignore
});

it('a slope is known exactly on a line, and less well where samples waver or resemble each other', () => {
  const line = Array.from({ length: 40 }, (_, x) => [x, 3 * x + 1] as const);
  assert.ok(Math.abs(trend(line).slope - 3) < 1e-9 && trend(line).within < 1e-6);
  const wavering = line.map(([x, y], at) => [x, y + (at % 2 === 0 ? 4 : -4)] as const);
  const waves = line.map(([x, y], at) => [x, y + (at % 20 < 10 ? 4 : -4)] as const);
  assert.ok(trend(wavering).within > 0.05 && trend(wavering).within < 0.2);
  assert.ok(trend(waves).within > 2 * trend(wavering).within);
  assert.deepEqual(trend([[0, 1], [1, 3]]), { slope: 2, within: NaN }); // prettier-ignore
});
