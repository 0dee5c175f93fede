import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { jpegSize } from '../jpeg.ts';
import { RtpHeader } from '../rtp.ts';
import type { Track } from '../types.ts';
import type { DepacketizedUnit } from './contract.ts';
import { quantizationTables } from './jpeg-header.ts';
import { JpegDepacketizer } from './jpeg.ts';

interface Sent {
  readonly payload: Buffer;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly missing?: number;
}

function depacketize(packets: readonly Sent[], size = { width: 0, height: 0 }) {
  const units: DepacketizedUnit[] = [];
  const tracks: Track[] = [];
  const quirks: string[] = [];
  const depacketizer = new JpegDepacketizer(
    { fps: 10, ...size },
    {
      track: (track) => void tracks.push(track),
      unit: (unit) => void units.push(unit),
      quirk: (name) => void quirks.push(name),
    },
  );
  const header = new RtpHeader();
  for (const { payload, timestamp, marker, missing = 0 } of packets) {
    const bytes = Buffer.from(payload);
    Object.assign(header, { start: 0, end: bytes.length, marker });
    depacketizer.push(header, bytes, { timestamp, readAtUs: timestamp, missing });
    bytes.fill(0xee);
  }
  return { units, tracks, quirks };
}

interface Shape {
  readonly type?: number;
  readonly quality?: number;
  readonly width?: number;
  readonly height?: number;
  readonly extra?: Buffer;
}

function fragment(offset: number, data: Buffer, shape: Shape = {}): Buffer {
  const { type = 1, quality = 80, width = 40, height = 30, extra = Buffer.alloc(0) } = shape;
  const head = Buffer.from([0, offset >> 16, (offset >> 8) & 255, offset & 255, type, quality, width, height]);
  return Buffer.concat([head, extra, data]);
}

const DATA = Buffer.from('0123456789');

function inBand(tables: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0, 0, tables.length >> 8, tables.length & 255]), tables]);
}

describe('JPEG out of RTP', () => {
  it('puts header, data and end together, whatever the size of the fragments', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 500 }), fc.integer({ min: 1, max: 200 }), (bytes, size) => {
        const data = Buffer.concat([Buffer.from(bytes), Buffer.from([1])]);
        const packets: Sent[] = [];
        for (let at = 0; at < data.length; at += size) {
          const payload = fragment(at, data.subarray(at, at + size));
          packets.push({ payload, timestamp: 0, marker: at + size >= data.length });
        }
        const { units, tracks } = depacketize(packets);
        assert.equal(units.length, 1);
        assert.deepEqual(jpegSize(units[0]!.data), { width: 320, height: 240 });
        assert.deepEqual([tracks[0]?.width, tracks[0]?.height], [320, 240]);
        const tail = Buffer.concat([data, Buffer.from([0xff, 0xd9])]);
        assert.ok(units[0]!.data.subarray(-tail.length).equals(tail));
      }),
    );
  });

  it('drops a picture that misses a packet, and says so with the next', () => {
    const { units } = depacketize([
      { payload: fragment(0, DATA), timestamp: 0, marker: true },
      { payload: fragment(0, DATA), timestamp: 1, marker: false },
      { payload: fragment(20, DATA), timestamp: 1, marker: true, missing: 1 },
      { payload: fragment(10, DATA), timestamp: 2, marker: true, missing: 1 },
      { payload: fragment(0, DATA), timestamp: 3, marker: true },
    ]);
    assert.deepEqual(
      units.map((unit) => [unit.timestamp, unit.discontinuity]),
      [
        [0, false],
        [3, true],
      ],
    );
  });

  it('takes tables in band, and remembers them for pictures that refer to them', () => {
    const tables = Buffer.alloc(128, 7);
    const with255 = { quality: 255, extra: inBand(tables) };
    const { units, quirks } = depacketize([
      { payload: fragment(0, DATA, { quality: 200, extra: inBand(tables) }), timestamp: 0, marker: true },
      { payload: fragment(0, DATA, { quality: 200, extra: inBand(Buffer.alloc(0)) }), timestamp: 1, marker: true },
      { payload: fragment(0, DATA, with255), timestamp: 2, marker: true },
      { payload: fragment(0, DATA, { quality: 255, extra: inBand(Buffer.alloc(0)) }), timestamp: 3, marker: true },
    ]);
    assert.equal(units.length, 3);
    assert.ok(units.every((unit) => unit.data.equals(units[0]!.data)));
    assert.deepEqual(quirks, ['jpeg-tables-missing']);
  });

  it('writes the restart interval and 4:2:2 sampling where the payload has them', () => {
    const extra = Buffer.from([0, 5, 0xff, 0xff]);
    const { units } = depacketize([{ payload: fragment(0, DATA, { type: 64, extra }), timestamp: 0, marker: true }]);
    assert.ok(units[0]!.data.includes(Buffer.from([0xff, 0xdd, 0, 4, 0, 5])));
    assert.ok(units[0]!.data.includes(Buffer.from([3, 1, 0x21, 0])));
  });

  it('announces another size, and takes sizes over 2040 from the description', () => {
    const wide = { width: 0, height: 0 };
    const packets = [
      { payload: fragment(0, DATA), timestamp: 0, marker: true },
      { payload: fragment(0, DATA, wide), timestamp: 1, marker: true },
    ];
    const sizes = depacketize(packets, { width: 2592, height: 1944 }).tracks.map((track) => [
      track.width,
      track.height,
    ]);
    assert.deepEqual(sizes, [
      [320, 240],
      [2592, 1944],
    ]);
    assert.deepEqual(depacketize(packets).quirks, ['jpeg-size-missing']);
  });

  it('computes the tables of a quality as RFC 2435 does', () => {
    assert.deepEqual([...quantizationTables(50).subarray(0, 4)], [16, 11, 12, 14]);
    assert.deepEqual([...quantizationTables(99).subarray(0, 4)], [1, 1, 1, 1]);
    assert.equal(quantizationTables(1)[0], 255);
  });

  it('throws nothing on any payload', () => {
    const packet = fc.record({
      payload: fc.oneof(
        fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
        fc.uint8Array({ maxLength: 200 }).map((bytes) => fragment(0, Buffer.from(bytes), { quality: 255 })),
      ),
      timestamp: fc.integer({ min: 0, max: 3 }),
      marker: fc.boolean(),
      missing: fc.integer({ min: 0, max: 1 }),
    });
    fc.assert(fc.property(fc.array(packet), (packets) => void depacketize(packets)));
  });
});
