import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inRoom, makeJpeg } from '../../../../test/fixtures/fake-media.ts';
import { setWallOffsetUs } from '../../../base/clock.ts';
import { picturePart, slatePart, unixSeconds } from './part.ts';

test('a part is written around the picture in its own memory, without a copy', () => {
  const jpeg = inRoom(makeJpeg(42));
  const part = picturePart(jpeg);
  assert.equal(part.bytes.buffer, jpeg.bytes.buffer);
  const text = part.bytes.toString('latin1');
  assert.match(
    text,
    /^Content-Type: image\/jpeg\r\nContent-Length: 2000\r\nX-Timestamp: \d+\.\d{6}\r\nX-Sequence: 42\r\n/,
  );
  assert.ok(text.endsWith('\r\n--frame\r\n'));
  assert.ok(text.includes('X-Timestamp-Source: rtcp\r\n\r\n\xff\xd8'));
});

test('a picture that may have neighbours in memory is copied and they stay untouched', () => {
  const pool = Buffer.alloc(5000, 7);
  const source = makeJpeg(1).bytes;
  source.copy(pool, 1000);
  const part = picturePart({ ...makeJpeg(1), bytes: pool.subarray(1000, 3000) });
  assert.notEqual(part.bytes.buffer, pool.buffer);
  assert.ok(pool.subarray(0, 1000).every((byte) => byte === 7) && pool.subarray(3000).every((byte) => byte === 7));
  assert.ok(part.bytes.includes(source));
});

test('a slate carries no capture time', () => {
  const text = slatePart(inRoom(makeJpeg(1)).bytes, 0).bytes.toString('latin1');
  assert.ok(!text.includes('X-Timestamp') && !text.includes('X-Sequence'));
});

test('capture times are Unix seconds with six decimals', () => {
  setWallOffsetUs(1_700_000_000_000_000);
  assert.equal(unixSeconds(0), '1700000000.000000');
  assert.equal(unixSeconds(1_000_042), '1700000001.000042');
  assert.equal(unixSeconds(999_999), '1700000000.999999');
});
