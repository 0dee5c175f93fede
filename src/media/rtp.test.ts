import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CameraClock } from './camera-clock.ts';
import { buildReceiverReport, parseRtcp } from './rtcp.ts';
import { RtpHeader, SequenceTracker, TimestampExtender } from './rtp.ts';

describe('an RTP header', () => {
  it('is read with contributing sources, extension and padding', () => {
    const packet = Buffer.from(
      'b2e00007000003e80000002a' + '0000000100000002' + 'bede0001aabbccdd' + '010203' + '0002',
      'hex',
    );
    const header = new RtpHeader();
    assert.ok(header.parse(packet, 0, packet.length));
    assert.deepEqual([header.marker, header.payloadType, header.sequence], [true, 96, 7]);
    assert.deepEqual([header.timestamp, header.ssrc], [1000, 42]);
    assert.equal(packet.toString('hex', header.start, header.end), '010203');
  });

  it('of any bytes is refused or stays inside them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const header = new RtpHeader();
        if (!header.parse(Buffer.from(bytes), 0, bytes.length)) return;
        assert.ok(header.start >= 12 && header.start <= header.end && header.end <= bytes.length);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('sequence numbers', () => {
  it('count lost, late and repeated packets over the wrap', () => {
    const tracker = new SequenceTracker();
    const results = [65533, 65534, 65535, 0, 3, 1, 1, 3, 4].map((sequence) => tracker.push(sequence));
    assert.deepEqual(results, [0, 0, 0, 0, 2, -1, -1, -1, 0]);
    assert.deepEqual([tracker.lost, tracker.reordered, tracker.duplicates], [1, 1, 2]);
    assert.deepEqual([tracker.highest, tracker.expected, tracker.received], [65540, 8, 7]);
  });

  it('that jump far begin anew', () => {
    const tracker = new SequenceTracker();
    assert.deepEqual(
      [100, 40_000, 40_001].map((sequence) => tracker.push(sequence)),
      [0, 1, 0],
    );
    assert.equal(tracker.expected, 2);
  });
});

describe('RTP timestamps', () => {
  it('go on over the wrap, whatever the steps', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.array(fc.integer({ min: -9000, max: 2 ** 30 })),
        (first, steps) => {
          const extender = new TimestampExtender();
          let sum = 0;
          assert.equal(extender.extend(first), 0);
          for (const step of steps) {
            sum += step;
            assert.equal(extender.extend((((first + sum) % 2 ** 32) + 2 ** 32) % 2 ** 32), sum);
          }
        },
      ),
    );
  });
});

describe('RTCP', () => {
  it('gives the sender reports of a compound packet', () => {
    const report = Buffer.alloc(28);
    report.writeUInt32BE(0x80c80006);
    report.writeUInt32BE(9, 4);
    report.writeUInt32BE(100, 8);
    report.writeUInt32BE(2 ** 31, 12);
    report.writeUInt32BE(4500, 16);
    const seen: unknown[] = [];
    const both = Buffer.concat([report, Buffer.from('81cb000100000009', 'hex')]);
    const handler = {
      senderReport: (...values: unknown[]) => void seen.push(values),
    };
    assert.ok(parseRtcp(both, [0, both.length], handler));
    assert.deepEqual(seen, [[9, 100_500_000, 4500]]);
  });

  it('that we write is read as well-formed, whatever the numbers', () => {
    const number = fc.double({ min: 0, max: 2 ** 40, noNaN: true });
    const fields = fc.record({
      ...{ ssrc: number, mediaSsrc: number, fractionLost: number, cumulativeLost: number, highestSequence: number },
      ...{ jitter: number, lastReport: number, sinceLastReport: number },
    });
    const ignore = { senderReport: () => undefined };
    fc.assert(
      fc.property(fields, fc.string({ maxLength: 300 }), (report, name) => {
        const bytes = buildReceiverReport(report, name);
        assert.equal(bytes.length % 4, 0);
        assert.ok(parseRtcp(bytes, [0, bytes.length], ignore));
      }),
    );
  });

  it('of any bytes throws nothing', () => {
    const ignore = { senderReport: () => undefined };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const packet = Buffer.from([0x80, 200, ...bytes]);
        parseRtcp(packet, [0, packet.length], ignore);
      }),
    );
  });
});

/** Plays a camera at 25 fps with a delay of 20 ms and up to 30 ms of jitter; `ntpUs` is its lying clock. */
function play(clock: CameraClock, seconds: number, ntpUs: (timeUs: number) => number, driftPpm = 0) {
  const errors: number[] = [];
  let last = '';
  for (let picture = 0; picture < seconds * 25; picture++) {
    const timeUs = 5_000_000 + picture * 40_000;
    const ticks = Math.round(picture * 3600 * (1 + driftPpm / 1e6));
    const jitterUs = (picture * 7919) % 30_000;
    const arrivalUs = timeUs + 20_000 + jitterUs;
    if (picture % 50 === 0) clock.senderReport(ntpUs(timeUs), ticks);
    const stamp = clock.stamp(ticks, arrivalUs);
    assert.ok(stamp.capturedAtUs <= arrivalUs);
    last = stamp.clock;
    if (stamp.clock === 'rtcp') errors.push(stamp.capturedAtUs - timeUs - 20_000);
  }
  return { errors, last };
}

describe("the camera's clock", () => {
  it('takes the jitter of the network out and keeps the constant delay', () => {
    const { errors, last } = play(new CameraClock(90_000), 60, (timeUs) => timeUs);
    assert.equal(last, 'rtcp');
    assert.ok(
      errors.every((error) => error >= -1 && error < 1000),
      `${Math.max(...errors)}`,
    );
  });

  it('is used after three good reports, also when it believes in 1970 or in local time', () => {
    const clock = new CameraClock(90_000);
    const { errors } = play(clock, 10, (timeUs) => timeUs + 2_208_988_800e6);
    assert.equal(errors.length, 10 * 25 - 100);
  });

  it('may be stepped by an hour and by minus a day without moving any capture time', () => {
    const clock = new CameraClock(90_000);
    const steps = (timeUs: number): number =>
      timeUs + (timeUs > 20e6 ? 3600e6 : 0) - (timeUs > 40e6 ? 86_400e6 : 0) + 10 ** 12;
    const { errors, last } = play(clock, 60, steps);
    assert.equal(last, 'rtcp');
    assert.equal(clock.steps, 2);
    assert.ok(errors.every((error) => Math.abs(error) < 1000));
  });

  it('that drifts against its timestamps moves capture times slowly', () => {
    const { errors } = play(new CameraClock(90_000), 120, (timeUs) => timeUs, 100);
    for (let at = 1; at < errors.length; at++) assert.ok(Math.abs(errors[at]! - errors[at - 1]!) < 1000);
    assert.ok(
      errors.every((error) => Math.abs(error) < 8000),
      `${Math.max(...errors.map(Math.abs))}`,
    );
  });

  it('that jumps in its timestamps is learned anew', () => {
    const clock = new CameraClock(90_000);
    play(clock, 20, (timeUs) => timeUs);
    assert.equal(clock.stamp(10 ** 9, 40e6).clock, 'arrival');
  });

  it('whose reports make no sense is not used', () => {
    let turn = 0;
    const { errors } = play(new CameraClock(90_000), 30, () => (turn = (turn * 48271 + 11) % 2147483647) * 1000);
    assert.equal(errors.length, 0);
  });
});
