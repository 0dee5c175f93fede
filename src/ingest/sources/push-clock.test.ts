import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PushClock } from './push-clock.ts';

const FRAME_US = 40_000;
const START_US = 5e9;

/** Ages and clocks of pictures whose sender says that they are `saidAgo` microseconds old. */
function run(count: number, saidAgo: (i: number) => number, clock = new PushClock(), from = 0) {
  return Array.from({ length: count }, (_, i) => {
    const arrivalUs = START_US + (from + i) * FRAME_US;
    const stamp = clock.stamp(arrivalUs - saidAgo(i), arrivalUs);
    return { ageUs: arrivalUs - stamp.capturedAtUs, clock: stamp.clock };
  });
}

describe('the capture time of a picture that is sent in', () => {
  it('is what its sender says, to the microsecond, however it varies', () => {
    const stamps = run(100, (i) => (i * 7919) % 400_001);
    assert.deepEqual(
      stamps.map(({ ageUs, clock }) => [ageUs, clock]),
      stamps.map((_, i) => [(i * 7919) % 400_001, 'sender']),
    );
  });

  it('is the arrival where nothing is said', () => {
    assert.deepEqual(new PushClock().stamp(null, 7), { capturedAtUs: 7, clock: 'arrival' });
  });

  it('may be a minute old, and a thousandth ahead as two readings of one clock are', () => {
    assert.deepEqual(
      run(1, () => 59_000_000),
      [{ ageUs: 59_000_000, clock: 'sender' }],
    );
    assert.deepEqual(
      run(1, () => -1000),
      [{ ageUs: -1000, clock: 'sender' }],
    );
  });

  it('of a clock that is an hour ahead or behind is judged by its differences, and makes no picture old', () => {
    for (const wrong of [-3.6e9, 3.6e9]) {
      const stamps = run(100, (i) => wrong + (i % 5 === 4 ? 30_000 : 1000));
      for (const [i, { ageUs, clock }] of stamps.slice(10).entries()) {
        assert.equal(clock, 'sender');
        assert.ok(Math.abs(ageUs - (i % 5 === 4 ? 29_000 : 0)) <= 1, `${ageUs}`);
      }
    }
  });

  it('of a clock that is a little ahead is judged so for as long as that shows, and believed a minute later', () => {
    const clock = new PushClock();
    const ahead = (i: number): number => (i % 2 === 0 ? -5000 : 1000);
    const stamps = run(200, ahead, clock);
    assert.ok(stamps.every(({ ageUs }) => ageUs >= 0));
    const right = run(1600, () => 20_000, clock, 200);
    assert.ok(right.slice(0, 1400).some(({ ageUs }) => ageUs !== 20_000));
    assert.deepEqual(right.at(-1), { ageUs: 20_000, clock: 'sender' });
  });
});
