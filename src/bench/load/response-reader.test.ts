import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PictureKeeper } from './picture-keeper.ts';
import { ResponseReader } from './response-reader.ts';

/** Reads an answer in pieces of these sizes, through one buffer, as the sockets do: nothing may be kept of it. */
function read(answer: Buffer, cuts: readonly number[]): { reader: ResponseReader; pictures: string[] } {
  const reader = new ResponseReader();
  const keeper = new PictureKeeper();
  keeper.begin();
  const shared = Buffer.alloc(answer.length);
  let at = 0;
  for (const cut of [...cuts, answer.length]) {
    const length = answer.copy(shared, 0, at, at + cut);
    at += length;
    const body = reader.status === 0 ? reader.takeHead(shared, length) : 0;
    if (reader.isGarbage) break;
    if (reader.counter !== null) reader.counter.sink ??= keeper;
    if (reader.status !== 0) reader.take(shared, body, length);
    shared.fill(0);
  }
  return { reader, pictures: keeper.take().map(({ bytes }) => bytes.toString('latin1')) };
}

function chunked(body: Buffer, sizes: readonly number[]): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const size of [...sizes, body.length]) {
    const piece = body.subarray(at, at + size);
    if (piece.length > 0) pieces.push(Buffer.from(`${piece.length.toString(16)};x=1\r\n`), piece, Buffer.from('\r\n'));
    at += piece.length;
  }
  return Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')]);
}

const LIKE_A_DELIMITER = [
  '\r\n--fram',
  '\r\n--framed',
  '--frame',
  '\r\n--frame-',
  '\n--frame x',
  '\n\n--f',
  'frame\r\n',
];
const OTHERS = ['\r', '\n', '\r\n\r\n', '--', '\xff\xd8', '\xff\xd9', 'Content-Length: 3\r\n', 'x'.repeat(300), '\0'];
const picture = fc.array(fc.constantFrom(...LIKE_A_DELIMITER, ...OTHERS), { maxLength: 12 }).map((all) => all.join(''));

const layout = fc.record({
  pictures: fc.array(picture, { maxLength: 6 }),
  cuts: fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 60 }),
  sized: fc.boolean(),
  chunks: fc.option(fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 20 })),
  boundary: fc.constantFrom('; boundary=frame', '; boundary=--frame', ';Boundary="frame"; x=y', ''),
  field: fc.constantFrom('Content-Length: ', 'Content-length:', 'content-length:   \t'),
  preamble: fc.constantFrom('', '\r\n', 'This is a multipart message.\r\n--framed\r\n'),
  isClosed: fc.boolean(),
});

/** For everybody this is the end of a part whose length is not declared. */
const DELIMITER = /\n--frame([ \t\r]*\n|--)/;

describe('the reader of the load client', () => {
  it('gives the same whole pictures however an answer is cut, sized or not, chunked or not', () => {
    fc.assert(
      fc.property(layout, ({ pictures, cuts, sized, chunks, boundary, field, preamble, isClosed }) => {
        fc.pre(sized || pictures.every((bytes) => !DELIMITER.test(`${bytes}\r\n`)));
        fc.pre(boundary !== '' || preamble.length < 3);
        const parts = pictures.map((bytes) => {
          const length = sized ? `${field}${bytes.length}\r\n` : '';
          return `--frame\r\nContent-Type: image/jpeg\r\n${length}X-Content-Length: 9\r\n\r\n${bytes}\r\n`;
        });
        const body = Buffer.from(`${preamble}${parts.join('')}--frame${isClosed ? '--' : ''}\r\n`, 'latin1');
        const coding = chunks === null ? '' : 'Transfer-Encoding: chunked\r\n';
        const head = `HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace${boundary}\r\n${coding}\r\n`;
        const answer = Buffer.concat([Buffer.from(head), chunks === null ? body : chunked(body, chunks)]);
        const { reader, pictures: seen } = read(answer, cuts);
        assert.equal(reader.status, 200);
        assert.deepEqual(seen, pictures);
        assert.equal(reader.counter?.parts, pictures.length);
        assert.equal(reader.counter.bytes, pictures.join('').length);
        assert.equal(reader.isOver, chunks !== null || (isClosed && pictures.length > 0));
      }),
      { numRuns: 500 },
    );
  });

  it('finds the next picture behind a declared length that is wrong, or without a line break', () => {
    const head = 'HTTP/1.0 200 OK\nContent-Type: multipart/x-mixed-replace;boundary=b\n\n';
    const parts = '--b\nContent-Length: 2\n\nlonger\n--b\nContent-Length: 2\n\nab--b\nContent-Length: 1\n\nc';
    assert.deepEqual(read(Buffer.from(head + parts), [3, 70]).pictures, ['lo', 'ab', 'c']);
  });

  it('does not count a picture that the end of the connection cut', () => {
    const head = 'HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=b\r\n\r\n';
    const whole = '--b\r\n\r\nwhole\r\n';
    assert.deepEqual(read(Buffer.from(`${head}${whole}--b\r\n\r\nhal`), []).pictures, ['whole']);
    assert.deepEqual(read(Buffer.from(`${head}--b\r\nContent-Length: 4\r\n\r\nhal`), []).pictures, []);
  });

  it('reads what any other answer says, to its end', () => {
    const body = '{"code":"not-found"}';
    const sized = `HTTP/1.1 404 Not Found\r\nContent-Length: ${body.length}\r\n\r\n${body} more`;
    const coded = Buffer.concat([
      Buffer.from('HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n'),
      chunked(Buffer.from(body), [3, 9]),
    ]);
    for (const answer of [Buffer.from(sized), coded]) {
      const { reader } = read(answer, [10, 20, 1]);
      assert.deepEqual([reader.status, reader.counter, reader.isOver], [404, null, true]);
      assert.equal(reader.refusal(), body);
    }
  });

  it('gives up what is no HTTP, and a head without end', () => {
    for (const bytes of [
      'SSH-2.0-OpenSSH_9.2\r\n\r\n',
      'HTTP/1.1 OK\r\n\r\n',
      `HTTP/1.1 200 OK\r\n${'x'.repeat(20_000)}`,
    ]) {
      assert.ok(read(Buffer.from(bytes), [2, 5000]).reader.isGarbage, bytes.slice(0, 20));
    }
  });
});
