import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SlabPool } from './slab-pool.ts';
import { UnitSlab } from './slab.ts';

/** A picture of this length that tells its number in each byte. */
function assemble(slab: UnitSlab, length: number, fill: number): ReturnType<UnitSlab['finish']> {
  slab.begin();
  for (let left = length; left > 0; left -= 50) slab.append(Buffer.alloc(50, fill), 0, Math.min(50, left));
  return slab.finish();
}

describe('memory for pictures', () => {
  it('is used again once all who hold it have let go, not before', () => {
    const pool = new SlabPool({ slabBytes: 64 });
    const slab = pool.take(10);
    slab.retain();
    slab.release();
    assert.notEqual(pool.take(10), slab);
    slab.release();
    assert.equal(pool.take(10), slab);
  });

  it('that is let go of twice is said to be a fault', () => {
    const slab = new SlabPool().take(10);
    slab.release();
    assert.throws(() => slab.release(), /more often/);
    assert.throws(() => slab.retain(), /after its last/);
  });

  it('is the same few slabs for as many pictures as may come, of whatever size', () => {
    const pool = new SlabPool({ slabBytes: 1024 });
    const slab = new UnitSlab(100_000, pool);
    const seen = new Set<ArrayBufferLike>();
    for (let n = 0; n < 10_000; n++) {
      const { data, memory } = assemble(slab, n % 30 === 0 ? 3000 : 100 + (n % 7) * 40, n & 0xff);
      seen.add(data.buffer);
      memory?.release();
    }
    assert.ok(seen.size <= 4, `${seen.size} slabs`);
  });

  it('waits for use up to a bound, and what nobody needed between two trims is given up', () => {
    const pool = new SlabPool({ slabBytes: 64, maxFreeBytes: 640 });
    const slabs = Array.from({ length: 20 }, () => pool.take(64 / 2));
    for (const slab of slabs) slab.release();
    assert.equal(pool.freeBytes, 640);
    pool.trim();
    const [one, two] = [pool.take(32), pool.take(32)];
    one.release();
    two.release();
    pool.trim();
    assert.equal(pool.freeBytes, 2 * 64);
    pool.trim();
    assert.equal(pool.freeBytes, 0);
  });

  it('of one picture never changes while somebody holds it, whoever lets go of others in whatever order', () => {
    const step = fc.record({
      length: fc.integer({ min: 1, max: 400 }),
      unfinished: fc.integer({ min: 0, max: 200 }),
      apart: fc.boolean(),
      drop: fc.option(fc.nat(), { nil: null }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const pool = new SlabPool({ slabBytes: 128 });
        const slabs = [new UnitSlab(1000, pool), new UnitSlab(1000, pool)];
        const held: { data: Buffer; release: () => void; fill: number; length: number }[] = [];
        steps.forEach(({ length, unfinished, apart, drop }, n) => {
          const slab = slabs[n % 2]!;
          slab.begin();
          slab.append(Buffer.alloc(unfinished, 0xff), 0, unfinished);
          if (apart) slab.separate();
          const { data, memory } = assemble(slab, length, n + 1);
          held.push({ data, fill: n + 1, length, release: () => memory?.release() });
          if (drop !== null) held.splice(drop % held.length, 1)[0]?.release();
        });
        for (const { data, fill, length } of held) assert.deepEqual(data, Buffer.alloc(length, fill));
      }),
      { numRuns: 300 },
    );
  });
});
