// What waits for a decoder: bounded, and never begun in the middle of a group.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Packet } from '../media/types.ts';
import { DecodeQueue } from './decode-queue.ts';

const MEGABYTE = Buffer.alloc(1024 * 1024);

function packet(sequence: number, changes: Partial<Packet> = {}): Packet {
  const stamp = { capturedAtUs: sequence, clock: 'arrival' } as const;
  const times = { ptsUs: sequence, dtsUs: sequence };
  const whole = { key: false, discontinuity: false, damaged: false, data: Buffer.alloc(10) };
  return { trackId: 0, epoch: 1, sequence, group: 1, ...times, stamp, ...whole, ...changes };
}

function drain(queue: DecodeQueue): number[] {
  const taken: number[] = [];
  for (let next = queue.take(); next !== undefined; next = queue.take()) taken.push(next.sequence);
  return taken;
}

describe('packets that wait for the decoder', () => {
  it('begin with a whole keyframe', () => {
    const queue = new DecodeQueue();
    queue.push(packet(1));
    queue.push(packet(2, { key: true, damaged: true }));
    queue.push(packet(3, { key: true }));
    queue.push(packet(4, { damaged: true }));
    assert.deepEqual(drain(queue), [3, 4]);
    assert.equal(queue.dropped, 2);
  });

  it('wait for a keyframe after something is missing', () => {
    const queue = new DecodeQueue();
    queue.push(packet(1, { key: true }));
    queue.push(packet(4, { discontinuity: true }));
    queue.push(packet(5));
    queue.push(packet(6, { key: true, discontinuity: true }));
    queue.expectKey();
    queue.push(packet(9));
    assert.deepEqual(drain(queue), [1, 6]);
  });

  it('are leapt over when many of them wait and a whole keyframe comes, where that was asked for', () => {
    const [patient, leaping] = [new DecodeQueue(), new DecodeQueue(true)];
    for (const queue of [patient, leaping]) {
      for (let sequence = 1; sequence <= 22; sequence++) {
        queue.push(packet(sequence, { key: sequence % 10 === 1, damaged: sequence === 21 }));
      }
    }
    assert.equal(drain(patient).length, 22);
    assert.deepEqual(drain(leaping), [11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22]);
    assert.deepEqual([leaping.dropped, leaping.leapt, patient.leapt], [10, 10, 0]);
  });

  it('fall back to the newest keyframe when they are more than 8 MB', () => {
    const queue = new DecodeQueue();
    for (let sequence = 1; sequence <= 9; sequence++) {
      queue.push(packet(sequence, { key: sequence === 1 || sequence === 5, data: MEGABYTE }));
    }
    assert.deepEqual(drain(queue), [5, 6, 7, 8, 9]);
    assert.equal(queue.dropped, 4);
  });

  it('are all let go when one group alone is more than 8 MB, until the next keyframe', () => {
    const queue = new DecodeQueue();
    for (let sequence = 1; sequence <= 12; sequence++) {
      queue.push(packet(sequence, { key: sequence === 1, data: MEGABYTE }));
    }
    queue.push(packet(13, { key: true }));
    assert.deepEqual(drain(queue), [13]);
  });

  it('are taken in order and each is taken or counted, whatever comes', () => {
    const arbitrary = fc.record({
      key: fc.boolean(),
      damaged: fc.boolean(),
      discontinuity: fc.boolean(),
      take: fc.boolean(),
      size: fc.integer({ min: 0, max: 1024 * 1024 }),
    });
    fc.assert(
      fc.property(fc.array(arbitrary, { maxLength: 150 }), (steps) => {
        const queue = new DecodeQueue();
        const taken: number[] = [];
        steps.forEach(({ key, damaged, discontinuity, take, size }, index) => {
          queue.push(packet(index, { key, damaged, discontinuity, data: MEGABYTE.subarray(0, size) }));
          const next = take ? queue.take() : undefined;
          if (next) taken.push(next.sequence);
        });
        taken.push(...drain(queue));
        assert.equal(taken.length + queue.dropped, steps.length);
        assert.deepEqual(
          taken,
          taken.toSorted((a, b) => a - b),
        );
        const first = taken[0];
        assert.ok(first === undefined || steps[first]!.key);
      }),
    );
  });
});
