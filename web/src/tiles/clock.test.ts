// The page's idea of the server's clock: how good it is, and that it never claims to be better.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ServerClock, type RoundTrip } from './clock.ts';

/** A round trip to a server whose clock is ahead by `offsetMs`, with these ways there and back. */
function trip(askedMs: number, offsetMs: number, there: number, back: number): RoundTrip {
  const receivedUs = (askedMs + there + offsetMs) * 1000;
  return { askedMs, answeredMs: askedMs + there + back, receivedUs, sentUs: receivedUs, wallOffsetUs: 0 };
}

describe('the server clock', () => {
  it('is unknown before the first answer', () => {
    const clock = new ServerClock();
    assert.deepEqual([clock.serverUs(1), clock.uncertaintyMs(1), clock.unixMs(1)], [null, null, null]);
  });

  it('is wrong by no more than it says, whatever the network does', () => {
    const way = fc.double({ min: 0, max: 500, noNaN: true });
    fc.assert(
      fc.property(
        fc.double({ min: -1e9, max: 1e9, noNaN: true }),
        fc.array(fc.tuple(way, way), { minLength: 1 }),
        (offsetMs, ways) => {
          const clock = new ServerClock();
          let nowMs = 1000;
          for (const [there, back] of ways) {
            clock.add(trip(nowMs, offsetMs, there, back));
            nowMs += 1000;
          }
          const wrongMs = Math.abs(clock.serverUs(nowMs)! / 1000 - (nowMs + offsetMs));
          assert.ok(wrongMs <= clock.uncertaintyMs(nowMs)! + 1e-3, `${wrongMs} ms wrong`);
        },
      ),
    );
  });

  it('goes by the shortest round trip', () => {
    const clock = new ServerClock();
    for (const [there, back] of [
      [5, 90],
      [2, 2],
      [80, 1],
    ] as const)
      clock.add(trip(0, 5000, there, back));
    assert.equal(clock.serverUs(100), 5_100_000);
    assert.equal(clock.roundTripMs, 4);
  });

  it('prefers a newer answer once the drift of an old one outweighs it', () => {
    const clock = new ServerClock();
    clock.add(trip(0, 5000, 1, 1));
    clock.add(trip(60_000, 5002, 3, 3));
    assert.equal(clock.serverUs(60_010), 65_012_000);
  });

  it('believes the first answer after a sleep, however long it took', () => {
    const clock = new ServerClock();
    clock.add(trip(0, 5000, 1, 1));
    clock.add(trip(1000, 3_605_000, 40, 60));
    assert.ok(Math.abs(clock.serverUs(2000)! / 1000 - 3_607_000) <= 50);
  });
});
