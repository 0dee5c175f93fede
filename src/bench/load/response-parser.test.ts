import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ResponseParser } from './response-parser.ts';

interface Seen {
  readonly status: number;
  readonly parts: Buffer[];
  readonly lengths: number[];
}

/** What comes of an answer that is read in pieces of these sizes. */
function read(answer: Buffer, cuts: readonly number[], ended: boolean): Seen {
  const seen = { status: 0, parts: [] as Buffer[], lengths: [] as number[] };
  let pieces: Buffer[] = [];
  const parser = new ResponseParser(
    {
      head: ({ status }) => (seen.status = status),
      partHead: () => undefined,
      partBytes: (bytes) => pieces.push(Buffer.from(bytes)),
      part: (bytes) => {
        seen.lengths.push(bytes);
        seen.parts.push(Buffer.concat(pieces));
        pieces = [];
      },
    },
    true,
  );
  // One buffer for all reads, as the sockets have it: nothing may be kept of it.
  const shared = Buffer.alloc(answer.length);
  let at = 0;
  for (const cut of [...cuts, answer.length]) {
    const end = Math.min(answer.length, at + cut);
    if (end === at) continue;
    const piece = shared.subarray(0, end - at);
    answer.copy(piece, 0, at, end);
    assert.ok(parser.push(piece, 1));
    piece.fill(0);
    at = end;
  }
  if (ended) parser.end();
  return seen;
}

function chunked(body: Buffer, sizes: readonly number[]): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const size of [...sizes, body.length]) {
    const piece = body.subarray(at, at + size);
    if (piece.length > 0) pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
    at += piece.length;
  }
  return Buffer.concat(pieces);
}

const picture = fc
  .array(fc.constantFrom('\r\n', '--', '--fram', '\xff\xd8', '\xff\xd9', 'frame', '\r\n\r\n', 'x'.repeat(300), '\0'))
  .map((pieces) => Buffer.from(pieces.join(''), 'latin1'));

const layout = fc.record({
  pictures: fc.array(picture, { minLength: 1, maxLength: 6 }),
  cuts: fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 40 }),
  sized: fc.boolean(),
  chunks: fc.option(fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 20 })),
  boundary: fc.constantFrom('frame', '--frame', '"frame"'),
  lengthName: fc.constantFrom('Content-Length: ', 'Content-length: ', 'content-length:     '),
});

describe('the parser of the load client', () => {
  it('gives the same whole pictures however an answer is cut, sized or not, chunked or not', () => {
    fc.assert(
      fc.property(layout, ({ pictures, cuts, sized, chunks, boundary, lengthName }) => {
        // Without a length a boundary inside of a picture would be its end, for anybody.
        fc.pre(sized || pictures.every((bytes) => !bytes.includes('--frame')));
        const parts = pictures.map((bytes) => {
          const length = sized ? `${lengthName}${bytes.length}\r\n` : '';
          const head = Buffer.from(`--frame\r\nContent-Type: image/jpeg\r\n${length}\r\n`);
          return Buffer.concat([head, bytes, Buffer.from('\r\n')]);
        });
        const body = Buffer.concat([...parts, Buffer.from('--frame\r\n')]);
        const coding = chunks === null ? '' : 'Transfer-Encoding: chunked\r\n';
        const head = `HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=${boundary}\r\n${coding}\r\n`;
        const answer = Buffer.concat([Buffer.from(head), chunks === null ? body : chunked(body, chunks)]);
        const { status, parts: seen, lengths } = read(answer, cuts, false);
        assert.equal(status, 200);
        assert.deepEqual(
          lengths,
          seen.map(({ length }) => length),
        );
        assert.deepEqual(
          seen.map((bytes) => bytes.toString('latin1')),
          pictures.map((bytes) => bytes.toString('latin1')),
        );
      }),
    );
  });

  it('counts a picture without a length that the end of the connection ends', () => {
    const head = 'HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=b\r\n\r\n--b\r\n\r\n';
    assert.deepEqual(read(Buffer.from(`${head}picture`), [3, 70], true).parts.map(String), ['picture']);
  });

  it('reads no pictures out of any other answer, and refuses what is no HTTP', () => {
    const other = 'HTTP/1.1 404 Not Found\r\nContent-Type: application/problem+json\r\n\r\n{"code":"not-found"}';
    assert.deepEqual(read(Buffer.from(other), [10], true), { status: 404, parts: [], lengths: [] });
    const parser = new ResponseParser({
      head: () => assert.fail(),
      partHead: () => assert.fail(),
      part: () => assert.fail(),
    });
    assert.ok(!parser.push(Buffer.from('SSH-2.0-OpenSSH_9.2\r\n\r\n')));
  });
});
