import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { tinyJpeg } from '../../test/fixtures/tiny-jpeg.ts';
import { readWholeJpeg } from './whole-jpeg.ts';

const JPEG = tinyJpeg(1, { width: 320, height: 240 });

function fault(bytes: Buffer): string {
  const found = readWholeJpeg(bytes);
  return 'fault' in found ? found.fault : assert.fail(`${bytes.length} bytes were taken for a JPEG`);
}

describe('a picture that somebody sends in', () => {
  it('is a JPEG with its size and its end, behind which nothing counts', () => {
    assert.deepEqual(readWholeJpeg(JPEG), { width: 320, height: 240, end: JPEG.length });
    const padded = Buffer.concat([JPEG, Buffer.alloc(100)]);
    assert.deepEqual(readWholeJpeg(padded), { width: 320, height: 240, end: JPEG.length });
  });

  it('that is something else is called what it is', () => {
    const table: [string | Buffer, RegExp][] = [
      [Buffer.alloc(0), /is empty/],
      ['\x89PNG\r\n\x1a\n', /PNG/],
      ['GIF89a', /GIF/],
      ['RIFF\0\0\0\0WEBP', /WebP/],
      [JPEG.toString('base64'), /Base64/],
      [`data:image/jpeg;base64,${JPEG.toString('base64')}`, /data URL/],
      ['{"picture": 1}', /JSON/],
      ['--frame\r\n', /multipart/],
      [Buffer.from([0xff, 0xd8]), /begins with ff d8/],
      ['hello', /begins with 68 65 6c 6c/],
    ];
    for (const [body, words] of table) {
      assert.match(fault(typeof body === 'string' ? Buffer.from(body, 'latin1') : body), words);
    }
  });

  it('that is cut anywhere is none, and says so', () => {
    for (let length = 4; length < JPEG.length; length++) assert.match(fault(JPEG.subarray(0, length)), /JPEG/);
    assert.match(fault(JPEG.subarray(0, -1)), /cut off/);
    assert.match(fault(Buffer.concat([JPEG.subarray(0, -2), JPEG])), /another one begins/);
    assert.match(fault(Buffer.from([0xff, 0xd8, 0xff, 0xd9])), /size/);
  });

  it('is judged whatever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.boolean(), (bytes, begins) => {
        const body = begins ? Buffer.concat([JPEG.subarray(0, 60), bytes]) : Buffer.from(bytes);
        const found = readWholeJpeg(body);
        assert.ok('fault' in found || found.end <= body.length);
      }),
    );
  });
});
