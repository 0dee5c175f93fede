import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RateMeter } from './rate-meter.ts';

const INTERVAL_US = 40_000;

/** Adds `count` units of 1,000 bytes that are 40 ms apart in their stream and come `stepUs` apart. */
function metered(count: number, stepUs: number): { meter: RateMeter; lastUs: number } {
  const meter = new RateMeter();
  for (let index = 0; index < count; index++) {
    meter.add({ atUs: 5_000_000 + index * stepUs, dtsUs: index * INTERVAL_US, bytes: 1000 });
  }
  return { meter, lastUs: 5_000_000 + (count - 1) * stepUs };
}

describe('the measured rate of a camera', () => {
  it('is unknown until two units came, and again when none came for four seconds', () => {
    const { meter, lastUs } = metered(1, INTERVAL_US);
    assert.deepEqual(meter.read(lastUs), { fps: 0, bitrate: 0 });
    const live = metered(50, INTERVAL_US);
    assert.deepEqual(live.meter.read(live.lastUs + 4_000_001), { fps: 0, bitrate: 0 });
  });

  it('is what came, over the last four seconds', () => {
    const { meter, lastUs } = metered(250, INTERVAL_US);
    assert.deepEqual(meter.read(lastUs), { fps: 25, bitrate: 200_000 });
  });

  it('is not taken from the few milliseconds in which the first units came together', () => {
    const { meter, lastUs } = metered(6, 200);
    assert.deepEqual(meter.read(lastUs), { fps: 25, bitrate: 200_000 });
    const atOnce = metered(6, 0);
    assert.equal(atOnce.meter.read(atOnce.lastUs).fps, 25);
  });

  it('is what really came when the clock of the camera runs at another pace', () => {
    const { meter, lastUs } = metered(100, 2 * INTERVAL_US);
    assert.equal(meter.read(lastUs).fps, 12.5);
  });
});
