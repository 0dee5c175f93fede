import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  annexBToUnit,
  hasRecoveryPoint,
  isAnnexB,
  makeAvcC,
  parseAvcC,
  parseSps,
  splitLengthPrefixed,
} from './h264.ts';
import { isJpeg, jpegSize } from './jpeg.ts';

const SPS = Buffer.from('6742c014da0507ec05a830303528000003000800000300f478a155', 'hex');
const PPS = Buffer.from('68ce3c80', 'hex');

describe('a sequence parameter set', () => {
  it('gives size after cropping, rate, profile and level', () => {
    const small = parseSps(SPS);
    assert.deepEqual([small?.width, small?.height, small?.fps, small?.profile, small?.level], [320, 240, 15, 66, 20]);
    const full = parseSps(Buffer.from('67640028acd940780227e5c044000003000400000300ca3c60c658', 'hex'));
    assert.deepEqual([full?.width, full?.height, full?.bitDepth, full?.chromaFormat], [1920, 1080, 8, 1]);
  });

  it('of any bytes throws nothing and gives no absurd size', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const sps = parseSps(Uint8Array.of(0x67, ...bytes));
        if (sps) assert.ok(sps.width > 0 && sps.width <= 16384 && sps.height > 0 && sps.height <= 16384);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the configuration record', () => {
  it('gives back the parameter sets that it was made of', () => {
    const config = parseAvcC(makeAvcC([SPS], [PPS, PPS]));
    assert.deepEqual(config, { lengthSize: 4, sps: [SPS], pps: [PPS, PPS] });
  });

  it('of any bytes throws nothing', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => void parseAvcC(Buffer.from([1, ...bytes]))));
  });
});

describe('an Annex B stream', () => {
  it('becomes NAL units with lengths, the parameter sets apart', () => {
    const idr = Buffer.from([0x65, 0x88, 0, 1, 5]);
    const start = Buffer.from([0, 0, 0, 1]);
    const stream = Buffer.concat([
      start,
      Buffer.from([9, 0xf0]),
      start,
      SPS,
      start,
      PPS,
      start.subarray(1),
      idr,
      start.subarray(0, 2),
    ]);
    const unit = annexBToUnit(stream);
    assert.deepEqual(splitLengthPrefixed(unit.data), [idr]);
    assert.deepEqual([unit.key, unit.sps, unit.pps], [true, [SPS], [PPS]]);
    assert.ok(isAnnexB(stream));
    assert.ok(!isAnnexB(unit.data));
  });

  it('of any bytes gives well-formed units', () => {
    const bytes = fc.array(fc.constantFrom(0, 0, 0, 1, 0x65, 0x41, 0xff), { maxLength: 200 });
    fc.assert(
      fc.property(bytes, (stream) => {
        const { data } = annexBToUnit(Buffer.from(stream));
        const size = splitLengthPrefixed(data).reduce((sum, nal) => sum + 4 + nal.length, 0);
        assert.equal(size, data.length);
      }),
    );
  });
});

describe('a SEI', () => {
  it('tells of a recovery point among other messages, and throws nothing on any bytes', () => {
    assert.ok(hasRecoveryPoint(Buffer.from([6, 5, 1, 0, 6, 1, 0xc4, 0x80])));
    assert.ok(!hasRecoveryPoint(Buffer.from([6, 5, 1, 6, 0x80])));
    fc.assert(fc.property(fc.uint8Array(), (bytes) => typeof hasRecoveryPoint(bytes) === 'boolean'));
  });
});

describe('a JPEG', () => {
  const head = 'ffd8ffe000104a46494600010100000100010000';
  const frame = 'ffc00011080168028003012200021101031101';

  it('is known by its first bytes, and its size by its frame header', () => {
    assert.deepEqual(jpegSize(Buffer.from(head + 'ffff' + frame.slice(2), 'hex')), { width: 640, height: 360 });
    assert.ok(isJpeg(Buffer.from(head, 'hex')));
    assert.equal(jpegSize(Buffer.from(head + 'ffda', 'hex')), null);
    assert.equal(jpegSize(Buffer.from('GIF89a')), null);
  });

  it('cut or damaged anywhere throws nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(40), (bytes, cut) => {
        jpegSize(Buffer.concat([Buffer.from(head + frame, 'hex').subarray(0, cut), bytes]));
      }),
    );
  });
});
