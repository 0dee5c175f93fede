import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { PartCutter } from './mjpeg-reader.ts';

function response(pictures: readonly Uint8Array[]): Buffer {
  const head = Buffer.from(
    'HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n--frame\r\n',
  );
  const parts = pictures.flatMap((picture) => [
    Buffer.from(`Content-Type: image/jpeg\r\nContent-Length: ${picture.length}\r\n\r\n`),
    picture,
    Buffer.from('\r\n--frame\r\n'),
  ]);
  return Buffer.concat([head, ...parts]);
}

it('a viewer of the bench gets each picture whole, however the response is cut', () => {
  const pictures = fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), { maxLength: 5 });
  fc.assert(
    fc.property(pictures, fc.integer({ min: 1, max: 40 }), (expected, step) => {
      const seen: number[][] = [];
      const cutter = new PartCutter(({ bytes }) => seen.push([...bytes]));
      const bytes = response(expected);
      for (let at = 0; at < bytes.length; at += step) assert.equal(cutter.push(bytes.subarray(at, at + step)), null);
      assert.deepEqual(
        seen,
        expected.map((picture) => [...picture]),
      );
    }),
  );
});

it('an answer that is not 200 is told with its status line', () => {
  const cutter = new PartCutter(() => undefined);
  assert.equal(cutter.push(Buffer.from('HTTP/1.1 503 Sorry\r\n\r\n')), 'answered HTTP/1.1 503 Sorry');
});
