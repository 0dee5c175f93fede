// Leased pixels: given back, used again, and of no use to who kept them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nowUs, wallUs } from '../base/clock.ts';
import { LeasedFrame, PixelPool } from './lease.ts';

const BYTES = 4 * 2 * 3;

function lease(pool: PixelPool, fill = 0, sequence = 7): LeasedFrame {
  const data = pool.take(BYTES).fill(fill);
  const stamp = { capturedAtUs: nowUs() - 40_000, clock: 'rtcp', uncertaintyUs: 1500 } as const;
  return new LeasedFrame(data, pool, { width: 4, height: 2, format: 'bgr', sequence, stamp, positionUs: null });
}

describe('a leased frame', () => {
  it('says when it was captured, and how long ago that is', () => {
    const beforeUs = nowUs();
    using frame = lease(new PixelPool());
    const afterUs = nowUs();
    const { unixUs, clock, uncertaintyUs } = frame.capturedAt;
    assert.ok(unixUs >= wallUs(beforeUs - 40_000) && unixUs <= wallUs(afterUs - 40_000));
    assert.deepEqual([clock, uncertaintyUs], ['rtcp', 1500]);
    assert.ok(frame.ageMs() >= 40 && frame.ageMs() <= (nowUs() - beforeUs) / 1000 + 40);
  });

  it('throws what to do instead when it is used after it was given back, and may be given back twice', () => {
    const frame = lease(new PixelPool());
    frame[Symbol.dispose]();
    frame[Symbol.dispose]();
    assert.throws(() => frame.data, {
      code: 'usage',
      message: 'Frame 7 was used after it had been given back.',
      hint: /frame\.data\.slice\(\)/,
    });
    assert.equal(frame.sequence, 7);
  });

  it('leaves who kept a view of its pixels with nothing, never with those of another frame', () => {
    const pool = new PixelPool();
    const first = lease(pool, 1);
    const kept = first.data;
    const copy = first.data.slice();
    first[Symbol.dispose]();
    using second = lease(pool, 2);
    assert.equal(kept.length, 0);
    assert.throws(() => new Uint8Array(BYTES).set(new Uint8Array(kept.buffer)), TypeError);
    assert.deepEqual([copy[0], copy.length, second.data[0]], [1, BYTES, 2]);
  });

  it('is made in the same memory as the one before', () => {
    const pool = new PixelPool();
    lease(pool, 9)[Symbol.dispose]();
    assert.equal(pool.take(BYTES)[0], 9);
  });

  it('may be transferred to a worker, and is then simply gone', () => {
    const pool = new PixelPool();
    const frame = lease(pool, 5);
    const moved = structuredClone(frame.data, { transfer: [frame.data.buffer as ArrayBuffer] });
    frame[Symbol.dispose]();
    assert.equal(moved[0], 5);
    assert.equal(pool.take(BYTES)[0], 0);
  });

  it('that nobody gave back keeps its own pixels', () => {
    const pool = new PixelPool();
    const frames = Array.from({ length: 20 }, (_, index) => lease(pool, index, index));
    assert.deepEqual(
      frames.map(({ data }) => data[0]),
      frames.map((_, index) => index),
    );
  });
});
