// When a process sheds load, and when it stops to.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { LoadWatch } from './load-watch.ts';

function beats(watch: LoadWatch, delayMs: number, count: number): number {
  for (let beat = 0; beat < count; beat++) watch.beat(delayMs);
  return watch.level;
}

it('a loop that is late for ten seconds begins nothing new, after ten more it halves its rates', () => {
  const watch = new LoadWatch();
  assert.deepEqual(
    [beats(watch, 80, 9), beats(watch, 80, 1), beats(watch, 80, 10), beats(watch, 80, 60)],
    [0, 1, 2, 2],
  );
});

it('one second in time begins the count anew, and ten of them lower the level', () => {
  const watch = new LoadWatch();
  assert.equal(beats(watch, 80, 9), 0);
  beats(watch, 5, 1);
  assert.deepEqual([beats(watch, 80, 9), beats(watch, 80, 1), beats(watch, 5, 9), beats(watch, 5, 1)], [0, 1, 1, 0]);
});
