import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Demand, Due } from './due.ts';
import type { Wanting } from './due.ts';

/** How many of the pictures of so many seconds at `fps` are wanted, after the first second. */
function rate(wanting: Wanting, fps: number, seconds = 10, jitterUs = 0): number {
  let taken = 0;
  for (let n = 0; n < fps * (seconds + 1); n += 1) {
    const jitter = n % 2 === 0 ? jitterUs : -jitterUs;
    if (wanting.isDue((n * 1e6) / fps + jitter) && n >= fps) taken += 1;
  }
  return taken / seconds;
}

describe('pictures that are due at a rate', () => {
  it('are all of them when no rate was asked for, or a higher one than they come at', () => {
    assert.equal(rate(new Due(null), 30), 30);
    assert.equal(rate(new Due(50), 30), 30);
  });

  it('come at that rate, also when the camera has no whole multiple of it or its captures jitter', () => {
    for (const fps of [15, 24, 25, 30, 60]) assert.ok(Math.abs(rate(new Due(10), fps) - 10) < 0.2, `${fps}`);
    assert.ok(Math.abs(rate(new Due(10), 30, 10, 8000) - 10) < 0.2);
  });

  it('come at the same rate when they were thinned to it before', () => {
    const [first, second] = [new Due(10), new Due(10)];
    for (let n = 0; n < 7; n += 1) first.isDue((n * 1e6) / 30 - 1e6);
    assert.ok(rate({ isDue: (us) => first.isDue(us) && second.isDue(us) }, 30) > 9.7);
  });

  it('come no sooner one after the other at the beginning and after a pause', () => {
    const due = new Due(10);
    for (const beginUs of [0, 60e6]) {
      assert.equal(due.isDue(beginUs), true);
      assert.equal(due.isDue(beginUs + 33_000), false);
      assert.equal(due.isDue(beginUs + 100_000), true);
    }
  });

  it('go on at once after a pause', () => {
    const due = new Due(1);
    assert.equal(due.isDue(0), true);
    assert.equal(due.isDue(60e6), true);
  });

  it('go on when the clock of the camera was set back', () => {
    const due = new Due(10);
    rate(due, 30);
    assert.ok(Math.abs(rate(due, 30) - 10) < 0.2);
  });
});

describe('a demand', () => {
  it('wants nothing without members, and what any of them wants', () => {
    const demand = new Demand();
    assert.equal(demand.isDue(0), false);
    const leave = demand.add(new Due(5));
    assert.ok(Math.abs(rate(demand, 30) - 5) < 0.2);
    const all = demand.add(new Due(null));
    assert.equal(demand.isDue(20e6), true);
    assert.equal(demand.isDue(20e6 + 1), true);
    all();
    leave();
    assert.equal(demand.isDue(30e6), false);
  });
});
