import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { H264Depacketizer } from '../media/depacketize/h264.ts';
import type { SourceUnit, Track } from '../media/types.ts';
import { VideoReceiver } from './receiver.ts';

const SPS = Buffer.from('6742c014da0507ec05a830303528000003000800000300f478a155', 'hex');
const PPS = Buffer.from('68ce3c80', 'hex');
const IDR = Buffer.from([0x65, 0x88, 0x84, 1, 2, 3]);
const SLICE = Buffer.from([0x41, 0x9a, 0x24, 9, 9]);

function receive() {
  const units: SourceUnit[] = [];
  const tracks: Track[] = [];
  const quirks: string[] = [];
  const receiver = new VideoReceiver(
    {
      payloadType: 96,
      clockRate: 90_000,
      makeDepacketizer: (events) => new H264Depacketizer({ parameterSets: [SPS, PPS], fps: null }, events),
    },
    {
      begin: (begun) => void tracks.push(...begun),
      unit: (unit) => void units.push(unit),
      quirk: (name) => void quirks.push(name),
    },
  );
  return { receiver, units, tracks, quirks };
}

interface Fields {
  readonly sequence: number;
  readonly timestamp?: number;
  readonly ssrc?: number;
  readonly type?: number;
  readonly payload?: Buffer;
}

function rtp({ sequence, timestamp = sequence * 3000, ssrc = 7, type = 96, payload = SLICE }: Fields): Buffer {
  const head = Buffer.alloc(12);
  head[0] = 0x80;
  head[1] = 0x80 | type;
  head.writeUInt16BE(sequence, 2);
  head.writeUInt32BE(timestamp >>> 0, 4);
  head.writeUInt32BE(ssrc, 8);
  return Buffer.concat([head, payload]);
}

/** Gives packets to the receiver, one each 33 ms. */
function give(receiver: VideoReceiver, packets: readonly Buffer[], { sure = true, fromUs = 1e6 } = {}): void {
  packets.forEach((packet, at) => receiver.media(packet, [0, packet.length], fromUs + at * 33_333, sure));
}

describe('the receiver of a medium', () => {
  it('gives units on a timeline without wraps, stamped with the arrival of their first byte', () => {
    const { receiver, units } = receive();
    const wrap = 2 ** 32 - 3000;
    give(receiver, [
      rtp({ sequence: 1, timestamp: wrap, payload: IDR }),
      rtp({ sequence: 2, timestamp: 0 }),
      rtp({ sequence: 3, timestamp: 3000 }),
    ]);
    assert.deepEqual(
      units.map((unit) => [unit.ptsUs, unit.stamp.capturedAtUs, unit.stamp.clock]),
      [
        [0, 1_000_000, 'arrival'],
        [33_333, 1_033_333, 'arrival'],
        [66_667, 1_066_666, 'arrival'],
      ],
    );
  });

  it('leaves out other payload types, repeated packets and, on channels not agreed, whatever is not its own', () => {
    const { receiver, units, quirks } = receive();
    give(receiver, [rtp({ sequence: 1, payload: IDR }), rtp({ sequence: 2, type: 8 }), rtp({ sequence: 2 })]);
    give(receiver, [rtp({ sequence: 2 })]);
    give(receiver, [rtp({ sequence: 9, type: 8 })], { sure: false });
    assert.equal(units.length, 2);
    assert.deepEqual(quirks, ['payload-type-unknown', 'rtp-out-of-order']);
  });

  it('takes a payload type that the description did not name when no other comes', () => {
    const { receiver, units } = receive();
    give(
      receiver,
      Array.from({ length: 12 }, (_, sequence) => rtp({ sequence, type: 97, payload: IDR })),
    );
    assert.equal(units.length, 3);
  });

  it('stays with its sender when another one speaks between, and follows a new one', () => {
    const { receiver, units, quirks } = receive();
    give(receiver, [rtp({ sequence: 1, payload: IDR }), rtp({ sequence: 500, ssrc: 8 }), rtp({ sequence: 2 })]);
    assert.deepEqual([units.length, quirks], [2, []]);
    give(
      receiver,
      [600, 601, 602, 603, 604].map((sequence) => rtp({ sequence, ssrc: 8, payload: IDR })),
      { fromUs: 1.1e6 },
    );
    assert.deepEqual(quirks, ['sender-changed']);
    assert.deepEqual([units.length, units[2]?.discontinuity], [4, true]);
  });

  it('uses sender reports, also those on the wrong channel, for capture times', () => {
    const { receiver, units } = receive();
    for (let second = 0; second < 4; second++) {
      const report = Buffer.alloc(28);
      report.writeUInt32BE(0x80c80006);
      report.writeUInt32BE(7, 4);
      report.writeUInt32BE(1000 + second, 8);
      report.writeUInt32BE(second * 90_000, 16);
      const readAtUs = 1e6 + second * 1e6 + second * 500;
      give(receiver, [rtp({ sequence: second, timestamp: second * 90_000, payload: IDR })], { fromUs: readAtUs });
      receiver.media(report, [0, 28], readAtUs, true);
    }
    assert.deepEqual([units[3]?.stamp.clock, units[2]?.stamp.clock], ['rtcp', 'arrival']);
    assert.ok(Math.abs(units[3]!.stamp.capturedAtUs - 4_000_500) < 10);
  });

  it('throws nothing on any frames on any channel', () => {
    const any = fc.uint8Array({ maxLength: 120 }).map((bytes) => Buffer.from(bytes));
    const almost = fc
      .tuple(fc.nat(65535), fc.nat(20_000), fc.constantFrom(7, 8), fc.uint8Array({ maxLength: 50 }))
      .map(([sequence, timestamp, ssrc, bytes]) => rtp({ sequence, timestamp, ssrc, payload: Buffer.from(bytes) }));
    const control = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from([0x80, 200, 0, 6, ...bytes]));
    const frames = fc.array(fc.tuple(fc.oneof(any, almost, control), fc.integer({ min: 0, max: 2 })), {
      maxLength: 50,
    });
    fc.assert(
      fc.property(frames, (list) => {
        const { receiver } = receive();
        list.forEach(([bytes, channel], at) => {
          if (channel === 1) receiver.control(bytes, [0, bytes.length], at * 1000);
          else receiver.media(bytes, [0, bytes.length], at * 1000, channel === 0);
          receiver.report(at * 1000);
        });
      }),
      { numRuns: 300 },
    );
  });
});
