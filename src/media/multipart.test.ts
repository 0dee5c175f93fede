import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { boundaryOf, MAX_PICTURE_BYTES, MAX_UNDECLARED_BYTES, MultipartParser, type Part } from './multipart.ts';

/** A JPEG in structure: a thumbnail with an end of its own in APP1, a frame header, coded data with stuffed bytes. */
function jpeg(seed: number, codedBytes = 300): Buffer {
  const thumbnail = Buffer.from([0xff, 0xd8, 0xff, 0xdb, 0, 2, 0xff, 0xd9, seed & 0xff]);
  const app1 = Buffer.concat([Buffer.from([0xff, 0xe1, 0, thumbnail.length + 2]), thumbnail]);
  const frame = Buffer.from([0xff, 0xc0, 0, 11, 8, 0, 48, 0, 64, 1, 1, 0x11, 0]);
  const scan = Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0]);
  const coded = Buffer.from(Array.from({ length: codedBytes }, (_, i) => (i * 7 + seed) % 255));
  const stuffed = Buffer.from([0xff, 0x00, 0xff, 0xd0, 1, 0xff, 0xff, 0x00]);
  const end = Buffer.from([0xff, 0xd9]);
  return Buffer.concat([Buffer.from([0xff, 0xd8]), app1, frame, scan, coded, stuffed, end]);
}

interface Read {
  readonly parts: Part[];
  readonly quirks: Set<string>;
}

function read(body: Buffer, boundary: string | null, sizes: readonly number[] = [body.length]): Read {
  const parts: Part[] = [];
  const quirks = new Set<string>();
  const parser = new MultipartParser({
    boundary,
    part: (part) => parts.push(part),
    quirk: (name) => quirks.add(name),
  });
  let at = 0;
  for (let i = 0; at < body.length; i++) {
    const chunk = Buffer.from(body.subarray(at, at + Math.max(1, sizes[i % sizes.length]!)));
    parser.push(chunk, i);
    at += chunk.length;
    chunk.fill(0xee);
  }
  parser.end();
  return { parts, quirks };
}

const pictures = [jpeg(1), jpeg(2, 5000), jpeg(3, 1), jpeg(4, 90_000)];

function body(part: (picture: Buffer) => (string | Buffer)[], tail = ''): Buffer {
  const pieces = pictures
    .flatMap(part)
    .map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece));
  return Buffer.concat([...pieces, Buffer.from(tail)]);
}

/** What cameras send, the boundary their Content-Type names, and the deviations that are counted. */
const DIALECTS: { name: string; boundary: string | null; body: Buffer; quirks: string[] }[] = [
  {
    name: 'as RFC 2046 says',
    boundary: 'frame',
    body: body(
      (p) => [`--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${p.length}\r\n\r\n`, p, '\r\n'],
      '--frame--\r\n',
    ),
    quirks: [],
  },
  {
    name: 'with the dashes in the Content-Type',
    boundary: '--myboundary',
    body: body((p) => [`--myboundary\r\nContent-Type: image/jpeg\r\nContent-Length: ${p.length}\r\n\r\n`, p, '\r\n']),
    quirks: [],
  },
  {
    name: 'without a boundary in the Content-Type',
    boundary: null,
    body: body((p) => [`--x1\r\nContent-Type: image/jpeg\r\nContent-Length: ${p.length}\r\n\r\n`, p, '\r\n']),
    quirks: ['boundary-missing'],
  },
  {
    name: 'with another boundary than announced',
    boundary: 'announced',
    body: body((p) => [`--sent\r\nContent-Type: image/jpeg\r\n\r\n`, p, '\r\n']),
    quirks: ['content-length-missing'],
  },
  {
    name: 'without Content-Length',
    boundary: 'frame',
    body: body((p) => ['--frame\r\nContent-Type: image/jpeg\r\n\r\n', p, '\r\n']),
    quirks: ['content-length-missing'],
  },
  ...[-100, -1, 1, 2, 100, 70_000].map((error) => ({
    name: `with a Content-Length wrong by ${error}`,
    boundary: 'frame',
    body: body((p) => [`--frame\r\nContent-Length: ${Math.max(0, p.length + error)}\r\n\r\n`, p, '\r\n']),
    quirks: ['content-length-wrong'],
  })),
  {
    name: 'with a Content-Length of 9999999999',
    boundary: 'frame',
    body: body((p) => ['--frame\r\nContent-Length: 9999999999\r\n\r\n', p, '\r\n']),
    quirks: ['content-length-wrong'],
  },
  {
    name: 'with LF only',
    boundary: 'frame',
    body: body((p) => [`--frame\nContent-Type: image/jpeg\nContent-Length: ${p.length}\n\n`, p, '\n']),
    quirks: ['lf-headers'],
  },
  {
    name: 'with the boundary after the picture',
    boundary: 'frame',
    body: body((p) => [`Content-Type: image/jpeg\r\nContent-Length: ${p.length}\r\n\r\n`, p, '\r\n--frame\r\n']),
    quirks: [],
  },
  {
    name: 'with bytes behind each picture',
    boundary: 'frame',
    body: body((p) => [`--frame\r\nContent-Length: ${p.length}\r\n\r\n`, p, '\0\0\0\0junk\r\n']),
    quirks: ['trailing-bytes'],
  },
  {
    name: 'with many bytes behind each picture',
    boundary: 'frame',
    body: body((p) => [`--frame\r\nContent-Length: ${p.length}\r\n\r\n`, p, '\0'.repeat(20_000), '\r\n']),
    quirks: ['trailing-bytes', 'garbage-between-pictures'],
  },
  {
    name: 'without part headers',
    boundary: 'frame',
    body: body((p) => ['--frame\r\n\r\n', p, '\r\n']),
    quirks: ['content-length-missing'],
  },
  { name: 'without boundaries', boundary: null, body: body((p) => [p]), quirks: [] },
];

describe('an MJPEG stream', () => {
  for (const dialect of DIALECTS) {
    it(`${dialect.name} gives every picture whole`, () => {
      const { parts, quirks } = read(dialect.body, dialect.boundary);
      assert.deepEqual(
        parts.map(({ bytes }) => bytes.length),
        pictures.map(({ length }) => length),
      );
      for (const [index, { bytes, damaged }] of parts.entries()) {
        assert.ok(bytes.equals(pictures[index]!) && !damaged);
        assert.equal(bytes.length, bytes.buffer.byteLength, 'a buffer of its own');
      }
      assert.deepEqual([...quirks].sort(), [...dialect.quirks].sort());
    });
  }

  it('gives the same pictures in any chunking', () => {
    const short = DIALECTS.filter(({ name }) => !name.includes('many bytes'));
    const small = short.map(({ body, ...rest }) => ({ ...rest, body: body.subarray(0, 9000) }));
    fc.assert(
      fc.property(
        fc.constantFrom(...small),
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }),
        (dialect, sizes) => {
          const { parts } = read(dialect.body, dialect.boundary, sizes);
          assert.ok(parts.length >= 3);
          for (const [index, { bytes }] of parts.slice(0, 3).entries()) assert.ok(bytes.equals(pictures[index]!));
        },
      ),
      { numRuns: 300 },
    );
    for (const { body, boundary } of small) assert.ok(read(body, boundary, [1]).parts.length >= 3);
  });

  it('hands a picture on with its last byte, before the next boundary', () => {
    const head = Buffer.from('--frame\r\nContent-Type: image/jpeg\r\n\r\n');
    assert.equal(read(Buffer.concat([head, pictures[1]!]), 'frame').parts.length, 1);
  });

  it('gives the moment of the first byte and the time that the camera wrote', () => {
    const head = Buffer.from('--frame\r\nX-Timestamp: 1700000000.250000\r\n\r\n');
    const { parts } = read(Buffer.concat([head, pictures[1]!]), 'frame', [head.length, 1000]);
    assert.deepEqual([parts[0]?.readAtUs, parts[0]?.senderUs], [1, 1_700_000_000_250_000]);
  });

  it('gives the number that its sender wrote, and none that is no number', () => {
    const body = ['12', '-1', 'x', '1'.repeat(16), '013'].flatMap((number) => {
      return [Buffer.from(`\r\n--frame\r\nX-Sequence: ${number}\r\n\r\n`), pictures[1]!];
    });
    const { parts } = read(Buffer.concat(body), 'frame');
    assert.deepEqual(
      parts.map(({ senderNumber }) => senderNumber),
      [12, null, null, null, 13],
    );
  });

  it('with a picture whose end is missing gives it, marked, and all others', () => {
    const cut = pictures[1]!.subarray(0, -2);
    const at = (length: string): Buffer =>
      Buffer.concat([Buffer.from(`--frame\r\n${length}\r\n`), cut, Buffer.from('\r\n--frame\r\n\r\n'), pictures[0]!]);
    for (const length of ['', `Content-Length: ${cut.length}\r\n`, 'Content-Length: 7\r\n']) {
      for (const size of [100_000, 100, 7]) {
        const { parts, quirks } = read(at(length), 'frame', [size]);
        assert.deepEqual(
          parts.map(({ damaged }) => damaged),
          [true, false],
        );
        assert.ok(parts[0]!.bytes.equals(pictures[1]!) && parts[1]!.bytes.equals(pictures[0]!));
        assert.ok(quirks.has('jpeg-without-end'));
      }
    }
    const { parts } = read(Buffer.concat([cut, pictures[0]!]), null, [50]);
    assert.deepEqual(
      parts.map(({ bytes }) => bytes.length),
      [cut.length + 2, pictures[0]!.length],
    );
  });

  it('that ends with a picture as long as was declared, but without its end, gives it marked and with one', () => {
    const cut = pictures[1]!.subarray(0, -2);
    const { parts } = read(Buffer.concat([Buffer.from(`Content-Length: ${cut.length}\r\n\r\n`), cut]), null);
    assert.deepEqual([parts.length, parts[0]?.damaged], [1, true]);
    assert.ok(parts[0]!.bytes.equals(pictures[1]!));
  });

  it('that ends in mid-picture gives no half picture', () => {
    const head = Buffer.from('--frame\r\nContent-Length: 5000\r\n\r\n');
    const { parts, quirks } = read(Buffer.concat([head, pictures[1]!.subarray(0, 3000)]), 'frame');
    assert.deepEqual([parts.length, [...quirks]], [0, ['picture-cut']]);
  });

  it('of garbage gives nothing and holds a bounded amount of it', () => {
    const parser = new MultipartParser({ boundary: 'frame', part: () => assert.fail(), quirk: () => undefined });
    const zeros = Buffer.alloc(65_536);
    for (let i = 0; i < 200; i++) parser.push(zeros, i);
    assert.ok(parser.skippedBytes > 12_000_000 && !parser.inPicture);
  });

  it('with a picture that never ends gives it up and goes on: at 8 MB, or 16 MB of a declared length', () => {
    for (const [most, header] of [
      [MAX_UNDECLARED_BYTES, ''],
      [MAX_PICTURE_BYTES, `Content-Length: ${MAX_PICTURE_BYTES - 1}\r\n`],
    ] as const) {
      const quirks: string[] = [];
      const parts: Part[] = [];
      const parser = new MultipartParser({
        boundary: 'frame',
        part: (part) => parts.push(part),
        quirk: (name) => quirks.push(name),
      });
      parser.push(Buffer.from(`--frame\r\n${header}\r\n`), 0);
      parser.push(jpeg(1).subarray(0, -2), 0);
      const zeros = Buffer.alloc(1_048_576);
      let sent = 0;
      while (!quirks.includes('picture-too-large')) {
        parser.push(zeros, 0);
        sent += zeros.length;
        assert.ok(sent <= most + zeros.length);
      }
      assert.ok(sent > most - zeros.length);
      parser.push(jpeg(2), 0);
      assert.equal(parts.length, 1);
    }
  });

  it('of any bytes never throws', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '--frame\r\n',
        '\r\n',
        'Content-Length: 20\r\n',
        '\xff\xd8\xff',
        '\xff\xd9',
        '\xff\xda\0\x02',
        '\xff\xe1\0\x09',
        '\n',
      ),
      fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) }),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
        (pieces, sizes) => {
          const bytes = Buffer.from(pieces.join(''), 'latin1');
          for (const { bytes: picture } of read(bytes, 'frame', sizes).parts) {
            assert.ok(picture.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])));
            assert.ok(picture.subarray(-2).equals(Buffer.from([0xff, 0xd9])));
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('the boundary of a Content-Type', () => {
  it('is read with and without quotes, dashes and blanks', () => {
    const table: [string, string | null][] = [
      ['multipart/x-mixed-replace; boundary=frame', 'frame'],
      ['multipart/x-mixed-replace;boundary=--myboundary', '--myboundary'],
      ['multipart/x-mixed-replace; boundary="a b;c"', 'a b;c'],
      ['multipart/x-mixed-replace; Boundary = "x"; charset=y', 'x'],
      ['multipart/x-mixed-replace', null],
      ['multipart/x-mixed-replace; boundary=', null],
    ];
    for (const [text, boundary] of table) assert.equal(boundaryOf(text), boundary, text);
  });
});
