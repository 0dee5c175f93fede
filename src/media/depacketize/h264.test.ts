import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { splitLengthPrefixed } from '../h264.ts';
import { RtpHeader } from '../rtp.ts';
import type { Track } from '../types.ts';
import type { DepacketizedUnit } from './contract.ts';
import { H264Depacketizer } from './h264.ts';
import { SlabPool } from './slab-pool.ts';

const SPS = Buffer.from('6742c014da0507ec05a830303528000003000800000300f478a155', 'hex');
const PPS = Buffer.from('68ce3c80', 'hex');
const IDR = Buffer.from([0x65, 0x88, 0x84, 1, 2, 3]);
const SLICE = Buffer.from([0x41, 0x9a, 0x24, 9, 9]);
const SECOND_SLICE = Buffer.from([0x41, 0x1a, 0x24, 8, 8]);
const AUD = Buffer.from([0x09, 0xf0]);
const RECOVERY_POINT = Buffer.from([0x06, 0x06, 0x01, 0xc4, 0x80]);

interface Sent {
  readonly payload: Buffer;
  readonly timestamp: number;
  readonly marker?: boolean;
  readonly missing?: number;
}

interface Output {
  readonly units: DepacketizedUnit[];
  readonly tracks: Track[];
  readonly quirks: string[];
  readonly depacketizer: H264Depacketizer;
}

function depacketize(packets: readonly Sent[], sets: readonly Buffer[] = [SPS, PPS]): Output {
  const units: DepacketizedUnit[] = [];
  const tracks: Track[] = [];
  const quirks: string[] = [];
  const depacketizer = new H264Depacketizer(
    { parameterSets: sets, fps: null },
    {
      track: (track) => void tracks.push(track),
      unit: (unit) => void units.push(unit),
      quirk: (name) => void quirks.push(name),
    },
  );
  const header = new RtpHeader();
  for (const packet of packets) {
    const bytes = Buffer.from(packet.payload);
    header.start = 0;
    header.end = bytes.length;
    header.marker = packet.marker ?? false;
    const { timestamp, missing = 0 } = packet;
    depacketizer.push(header, bytes, { timestamp, readAtUs: timestamp * 11, missing });
    bytes.fill(0xee);
  }
  return { units, tracks, quirks, depacketizer };
}

/** FU-A fragments of this size. */
function fragments(nal: Buffer, size: number): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 1; at < nal.length || at === 1; at += size) {
    const flags = (at === 1 ? 0x80 : 0) | (at + size >= nal.length ? 0x40 : 0);
    const head = Buffer.from([(nal[0]! & 0xe0) | 28, flags | (nal[0]! & 0x1f)]);
    parts.push(Buffer.concat([head, nal.subarray(at, at + size)]));
  }
  return parts;
}

function aggregate(nals: readonly Buffer[]): Buffer {
  const sized = nals.flatMap((nal) => [Buffer.from([nal.length >> 8, nal.length & 255]), nal]);
  return Buffer.concat([Buffer.from([24]), ...sized]);
}

function withLengths(...nals: readonly Buffer[]): Buffer {
  return Buffer.concat(nals.flatMap((nal) => [Buffer.from([0, 0, nal.length >> 8, nal.length & 255]), nal]));
}

describe('H.264 out of RTP', () => {
  it('hands a picture on at its marker, without delimiters and parameter sets', () => {
    const { units, tracks, quirks } = depacketize([
      { payload: aggregate([AUD, SPS, PPS]), timestamp: 0 },
      { payload: IDR, timestamp: 0, marker: true },
    ]);
    assert.equal(units.length, 1);
    assert.deepEqual(units[0]?.data, withLengths(IDR));
    assert.deepEqual([units[0].key, units[0].damaged, units[0].discontinuity], [true, false, false]);
    assert.deepEqual([tracks[0]?.width, tracks[0]?.height, quirks], [320, 240, []]);
  });

  it('gives the same units however their NAL units were packed', () => {
    const nal = fc
      .tuple(fc.constantFrom(0x41, 0x06), fc.uint8Array({ minLength: 1, maxLength: 200 }))
      .map(([head, bytes]) => Buffer.from([head, 0x80 | bytes[0]!, ...bytes]));
    const packing = fc.record({
      kind: fc.constantFrom('single', 'aggregate', 'fragments'),
      size: fc.integer({ min: 1, max: 90 }),
    });
    const picture = fc.array(fc.tuple(nal, packing), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(picture, { maxLength: 5 }), (pictures) => {
        const packets: Sent[] = [{ payload: IDR, timestamp: 0, marker: true }];
        const expected = [withLengths(IDR)];
        pictures.forEach((nals, index) => {
          const all = [...nals, [SLICE, { kind: 'single', size: 1 }] as const];
          const payloads = all.flatMap(([bytes, { kind, size }]) => {
            if (kind === 'fragments') return fragments(bytes, size);
            return [kind === 'aggregate' ? aggregate([bytes]) : bytes];
          });
          payloads.forEach((payload, at) => {
            packets.push({ payload, timestamp: (index + 1) * 3000, marker: at === payloads.length - 1 });
          });
          expected.push(withLengths(...all.map(([bytes]) => bytes)));
        });
        const { units } = depacketize(packets);
        assert.deepEqual(
          units.map((unit) => unit.data),
          expected,
        );
        assert.ok(units.every((unit) => !unit.damaged && !unit.discontinuity));
      }),
    );
  });

  it('gives the same units from memory that is used again as soon as each has been looked at', () => {
    const sizes = fc.array(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.boolean()), { maxLength: 40 });
    fc.assert(
      fc.property(sizes, (pictures) => {
        const pool = new SlabPool({ slabBytes: 256 });
        const seen: Buffer[] = [];
        const depacketizer = new H264Depacketizer(
          { parameterSets: [SPS, PPS], fps: null, pool },
          {
            track: () => undefined,
            unit: ({ data, memory }) => {
              seen.push(Buffer.from(data));
              memory?.release();
            },
            quirk: () => undefined,
          },
        );
        const all = [[4, true] as const, ...pictures];
        const nals = all.map(([size, key], n) => Buffer.concat([key ? IDR : SLICE, Buffer.alloc(size, n | 1)]));
        nals.forEach((nal, n) => {
          const parts = [RECOVERY_POINT, ...fragments(nal, 50)];
          parts.forEach((part, at) => {
            const header = Object.assign(new RtpHeader(), { end: part.length, marker: at === parts.length - 1 });
            depacketizer.push(header, part, { timestamp: n, readAtUs: n, missing: 0 });
          });
        });
        assert.deepEqual(
          seen,
          nals.map((nal) => withLengths(RECOVERY_POINT, nal)),
        );
      }),
    );
  });

  it('throws nothing on any payload, in any order, and gives only well-formed units', () => {
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom(IDR, SLICE, SPS, PPS, ...fragments(IDR, 2), aggregate([SPS, IDR])),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.concat([SPS.subarray(0, 4), bytes])),
    );
    const packet = fc.record({
      payload: payload.map((bytes) => Buffer.from(bytes)),
      timestamp: fc.integer({ min: 0, max: 3 }),
      marker: fc.boolean(),
      missing: fc.integer({ min: 0, max: 2 }),
    });
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 60 }), (packets) => {
        for (const { data } of depacketize(packets).units) {
          const nals = splitLengthPrefixed(data);
          assert.equal(
            nals.reduce((sum, nal) => sum + 4 + nal.length, 0),
            data.length,
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  it('begins with the first keyframe, and says what it lacks until then', () => {
    const waiting = depacketize([{ payload: SLICE, timestamp: 0, marker: true }]);
    assert.equal(waiting.units.length, 0);
    assert.equal(waiting.depacketizer.lacks, 'a keyframe');
    const bare = depacketize([{ payload: IDR, timestamp: 0, marker: true }], []);
    assert.match(bare.depacketizer.lacks ?? '', /parameter sets/);
  });

  it('marks a picture that misses a packet as damaged, and what follows a lost one as discontinuous', () => {
    const [first, , last] = fragments(Buffer.concat([SLICE, Buffer.alloc(30)]), 12);
    const { units } = depacketize([
      { payload: IDR, timestamp: 0, marker: true },
      { payload: SLICE, timestamp: 1 },
      { payload: first!, timestamp: 1 },
      { payload: last!, timestamp: 1, marker: true, missing: 1 },
      { payload: SLICE, timestamp: 2, marker: true },
      { payload: SLICE, timestamp: 4, marker: true, missing: 3 },
      { payload: SLICE, timestamp: 5, marker: true },
    ]);
    assert.deepEqual(
      units.map((unit) => [unit.timestamp, unit.damaged, unit.discontinuity]),
      [
        [0, false, false],
        [1, true, false],
        [2, false, false],
        [4, false, true],
        [5, false, false],
      ],
    );
    assert.deepEqual(units[1]?.data, withLengths(SLICE));
  });

  it('hands on at the change of the timestamp where no marker comes', () => {
    const { units, quirks } = depacketize([IDR, SLICE, SLICE].map((payload, timestamp) => ({ payload, timestamp })));
    assert.deepEqual(
      units.map((unit) => unit.timestamp),
      [0, 1],
    );
    assert.deepEqual(quirks, ['marker-missing', 'marker-missing']);
  });

  it('stops trusting markers of a camera that sets one in each slice', () => {
    const picture = (timestamp: number, first: Buffer): Sent[] => [
      { payload: first, timestamp, marker: true },
      { payload: SECOND_SLICE, timestamp, marker: true },
    ];
    const packets = [...picture(0, IDR), ...picture(1, SLICE), ...picture(2, SLICE), ...picture(3, SLICE)];
    const { units, quirks } = depacketize(packets);
    assert.deepEqual(quirks, ['marker-inside-picture']);
    assert.deepEqual(units.at(-1)?.data, withLengths(SLICE, SECOND_SLICE));
    assert.equal(units.at(-1)?.damaged, false);
  });

  it('begins a new track before the keyframe of another size, and not for the same sets again', () => {
    const other = Buffer.from('67640028acd940780227e5c044000003000400000300ca3c60c658', 'hex');
    const { units, tracks } = depacketize([
      { payload: aggregate([SPS, PPS, IDR]), timestamp: 0, marker: true },
      { payload: aggregate([SPS, PPS, IDR]), timestamp: 1, marker: true },
      { payload: aggregate([other, PPS, IDR]), timestamp: 2, marker: true },
    ]);
    assert.equal(units.length, 3);
    assert.deepEqual(
      tracks.map((track) => [track.width, track.height]),
      [
        [320, 240],
        [1920, 1080],
      ],
    );
  });

  it('takes recovery points for keyframes where no IDR picture comes', () => {
    const { units, quirks } = depacketize([
      { payload: aggregate([RECOVERY_POINT, SLICE]), timestamp: 0, marker: true },
    ]);
    assert.deepEqual([units[0]?.key, quirks], [true, ['no-idr']]);
  });

  it('rejects what RFC 6184 calls interleaved, and counts it', () => {
    const types = [25, 26, 27, 29];
    const { quirks } = depacketize(types.map((type) => ({ payload: Buffer.from([type, 1, 2, 3]), timestamp: 0 })));
    assert.deepEqual(
      quirks,
      types.map(() => 'packetization-unsupported'),
    );
  });

  it('drops a picture of more than 8 MB and goes on', () => {
    const huge = fragments(Buffer.concat([SLICE, Buffer.alloc(9_000_000)]), 60_000);
    const { units, quirks } = depacketize([
      { payload: IDR, timestamp: 0, marker: true },
      ...huge.map((payload, at) => ({ payload, timestamp: 1, marker: at === huge.length - 1 })),
      { payload: IDR, timestamp: 2, marker: true },
    ]);
    assert.deepEqual(quirks, ['picture-too-large']);
    assert.deepEqual(
      units.map((unit) => [unit.timestamp, unit.discontinuity]),
      [
        [0, false],
        [2, true],
      ],
    );
  });
});
