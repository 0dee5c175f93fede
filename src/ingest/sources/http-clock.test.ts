import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SenderClock } from './http-clock.ts';

const FRAME_US = 40_000;
const UNIX_US = 1_700_000_000_000_000;

/** Stamps 100 pictures whose camera time and network delay the functions give. */
function run(camera: (i: number) => number | null, delayUs: (i: number) => number): { age: number; clock: string }[] {
  const clock = new SenderClock();
  return Array.from({ length: 100 }, (_, i) => {
    const arrivalUs = 5e9 + i * FRAME_US + delayUs(i);
    const stamp = clock.stamp(camera(i), arrivalUs);
    assert.ok(stamp.capturedAtUs <= arrivalUs);
    return { age: arrivalUs - stamp.capturedAtUs, clock: stamp.clock };
  });
}

describe('the X-Timestamp of an HTTP camera', () => {
  it('takes the jitter of the network out of the capture time', () => {
    const ages = run(
      (i) => UNIX_US + i * FRAME_US,
      (i) => (i % 5 === 4 ? 30_000 : 1000),
    ).slice(10);
    assert.ok(ages.every(({ age, clock }, i) => clock === 'sender' && Math.abs(age - (i % 5 === 4 ? 29_000 : 0)) <= 1));
  });

  it('that stands still, goes back or is not there is not believed', () => {
    for (const camera of [() => UNIX_US, (i: number) => UNIX_US - i * FRAME_US, () => null]) {
      assert.ok(run(camera, () => 1000).every(({ age, clock }) => age === 0 && clock === 'arrival'));
    }
  });

  it('that is stepped by an hour makes no picture old', () => {
    for (const hour of [3.6e9, -3.6e9]) {
      const ages = run(
        (i) => UNIX_US + i * FRAME_US + (i > 50 ? hour : 0),
        () => 1000,
      );
      assert.ok(ages.every(({ age }) => age <= 1));
      assert.equal(ages[51]?.clock, 'arrival');
      assert.equal(ages[60]?.clock, 'sender');
    }
  });
});
