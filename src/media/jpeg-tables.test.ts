// JPEGs without Huffman tables, as webcams send them, become whole ones.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { runFfmpeg, toGrey } from '../../test/fixtures/clips.ts';
import { wholeJpeg } from './jpeg-tables.ts';

const MARK = 0xff;

/** Takes every DHT segment out. */
function withoutTables(jpeg: Buffer): Buffer {
  const parts = [jpeg.subarray(0, 2)];
  let at = 2;
  while (jpeg[at] === MARK && jpeg[at + 1] !== 0xda) {
    const end = at + 2 + jpeg.readUInt16BE(at + 2);
    if (jpeg[at + 1] !== 0xc4) parts.push(jpeg.subarray(at, end));
    at = end;
  }
  return Buffer.concat([...parts, jpeg.subarray(at)]);
}

describe('a JPEG without Huffman tables', () => {
  test('gets the standard ones and shows the same picture', async () => {
    const graph = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180', '-frames:v', '1'];
    const jpeg = await runFfmpeg([...graph, '-c:v', 'mjpeg', '-huffman', 'default', '-f', 'mjpeg', '-']);
    const bare = withoutTables(jpeg);
    assert.ok(bare.length < jpeg.length - 400);
    assert.deepEqual(await toGrey(wholeJpeg(bare)), await toGrey(jpeg));
  });

  test('and one that has them is copied byte for byte', async () => {
    const graph = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180', '-frames:v', '1'];
    const jpeg = await runFfmpeg([...graph, '-c:v', 'mjpeg', '-f', 'mjpeg', '-']);
    const whole = wholeJpeg(jpeg);
    assert.deepEqual(whole, jpeg);
    assert.notEqual(whole.buffer, jpeg.buffer);
  });

  test('or is any garbage, never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, looksRight) => {
        const input = Buffer.from(bytes);
        const garbage = looksRight ? Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), input]) : input;
        assert.ok(wholeJpeg(garbage).length >= garbage.length);
      }),
    );
  });
});
