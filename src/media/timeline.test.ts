import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Timeline } from './timeline.ts';
import type { RepairedTime, TimedUnit } from './timeline.ts';

const FRAME_US = 40_000;

function unit(ptsUs: number | null, capturedAtUs: number, more: Partial<TimedUnit> = {}): TimedUnit {
  return { trackId: 0, ptsUs, dtsUs: null, stamp: { capturedAtUs, clock: 'arrival' }, ...more };
}

function repairAll(units: readonly TimedUnit[], timeline = new Timeline()): RepairedTime[] {
  return units.map((one) => timeline.repair(one));
}

function assertOrdered(times: readonly RepairedTime[]): void {
  for (const [at, time] of times.entries()) {
    assert.ok(time.ptsUs >= time.dtsUs, `pts >= dts at ${at}`);
    if (at > 0) assert.ok(time.dtsUs > times[at - 1]!.dtsUs, `dts rises at ${at}`);
  }
}

/** Frame numbers of `groups` groups in decoding order, each P or I overtaking `depth` B frames. */
function decodingOrder(groups: number, depth: number): number[] {
  const order = [0];
  for (let g = 0; g < groups; g++) {
    const base = g * (depth + 1);
    order.push(base + depth + 1);
    for (let b = 1; b <= depth; b++) order.push(base + b);
  }
  return order;
}

describe('Timeline', () => {
  it('leaves regular input as it is, offset aside, with dts = pts', () => {
    const anyStart = fc.integer({ min: -1e9, max: 1e12 });
    const steps = fc.array(fc.integer({ min: 1, max: 9_000_000 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(anyStart, steps, (startUs, stepsUs) => {
        let at = startUs;
        const sourceUs = [startUs, ...stepsUs.map((step) => (at += step))];
        const times = repairAll(sourceUs.map((us) => unit(us, 5e9 + us - startUs)));
        for (const [n, time] of times.entries()) {
          assert.equal(time.ptsUs - 5e9, sourceUs[n]! - startUs);
          assert.equal(time.dtsUs, time.ptsUs);
          assert.equal(time.discontinuity, false);
        }
      }),
    );
  });

  it('gives rising dts and pts >= dts whatever the source sends', () => {
    const us = fc.oneof(
      fc.constant(null),
      fc.constant(0),
      fc.integer({ min: -1000, max: 1e6 }),
      fc.integer({ min: -1e13, max: 1e13 }),
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY),
    );
    const anyUnit = fc.record({ ptsUs: us, dtsUs: us, stepUs: fc.integer({ min: -50_000, max: 20_000_000 }) });
    fc.assert(
      fc.property(fc.array(anyUnit, { maxLength: 100 }), (units) => {
        let nowUs = 1e9;
        assertOrdered(repairAll(units.map(({ ptsUs, dtsUs, stepUs }) => unit(ptsUs, (nowUs += stepUs), { dtsUs }))));
      }),
    );
  });

  it('makes missing timestamps from the arrival', () => {
    const times = repairAll([0, 1, 2, 3].map((n) => unit(null, 1e9 + n * FRAME_US)));
    assert.deepEqual(
      times.map(({ ptsUs }) => ptsUs),
      [0, 1, 2, 3].map((n) => 1e9 + n * FRAME_US),
    );
  });

  it('makes constant timestamps from the arrival', () => {
    const times = repairAll([0, 1, 2, 3].map((n) => unit(777, 1e9 + n * FRAME_US)));
    assert.deepEqual(
      times.map(({ ptsUs }) => ptsUs - times[0]!.ptsUs),
      [0, 1, 2, 3].map((n) => n * FRAME_US),
    );
  });

  for (const jumpUs of [12e6, 3600e6, -3600e6, -3e6]) {
    it(`puts a jump of ${jumpUs / 1e6} s onto the timeline as one discontinuity`, () => {
      const times = repairAll(
        Array.from({ length: 40 }, (_, n) => unit(n * FRAME_US + (n >= 20 ? jumpUs : 0), 1e9 + n * FRAME_US)),
      );
      assertOrdered(times);
      assert.deepEqual(
        times.flatMap(({ discontinuity }, n) => (discontinuity ? [n] : [])),
        [20],
      );
      assert.equal(times[39]!.ptsUs, 1e9 + 39 * FRAME_US, 'time goes on as if nothing had happened');
    });
  }

  it('takes a true pause of the camera for what it is', () => {
    const times = repairAll([unit(0, 1e9), unit(15e6, 1e9 + 15e6)]);
    assert.deepEqual(times[1], { ptsUs: 1e9 + 15e6, dtsUs: 1e9 + 15e6, discontinuity: false });
  });

  it('keeps sound and picture together over a jump that both make', () => {
    const units: TimedUnit[] = [];
    for (let n = 0; n < 60; n++) {
      const jumpUs = n >= 30 ? -100e6 : 0;
      for (const trackId of [0, 1])
        units.push(unit(n * FRAME_US + 200e6 + jumpUs, 1e9 + n * FRAME_US + trackId, { trackId }));
    }
    const times = repairAll(units);
    assert.equal(times.at(-1)!.ptsUs, times.at(-2)!.ptsUs);
  });

  it('keeps the pts of a stream with B frames, the first group aside, and derives rising dts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 4, max: 30 }), (depth, groups) => {
        const order = decodingOrder(groups, depth);
        const times = repairAll(order.map((frame, n) => unit(frame * FRAME_US, 1e9 + n * FRAME_US)));
        assertOrdered(times);
        for (let n = 2 * (depth + 1) + 1; n < order.length; n++) {
          assert.equal(times[n]!.ptsUs, 1e9 + order[n]! * FRAME_US);
          assert.equal(times[n]!.discontinuity, false);
        }
      }),
    );
  });

  it('keeps every pts of a stream whose parameters announce the reordering', () => {
    const order = decodingOrder(10, 2);
    const times = repairAll(
      order.map((frame, n) => unit(frame * FRAME_US, 1e9 + n * FRAME_US)),
      new Timeline({ reorderDepth: 1 }),
    );
    assertOrdered(times);
    assert.deepEqual(
      times.map(({ ptsUs }) => ptsUs),
      order.map((frame) => 1e9 + frame * FRAME_US),
    );
  });

  it('keeps the dts that a source gives', () => {
    const order = decodingOrder(10, 2);
    const times = repairAll(
      order.map((frame, n) => unit((frame + 2) * FRAME_US, 1e9 + n * FRAME_US, { dtsUs: n * FRAME_US })),
    );
    assert.deepEqual(
      times.map(({ dtsUs }, n) => dtsUs - times[0]!.dtsUs - n * FRAME_US),
      order.map(() => 0),
    );
    assertOrdered(times);
  });
});
