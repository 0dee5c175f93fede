import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SightlineError } from '../base/errors.ts';
import { InterleavedParser } from './interleaved.ts';
import { headerOf } from './message.ts';

interface Seen {
  readonly events: string[];
  readonly error: string | null;
}

/** Feeds the bytes in pieces of these sizes (again and again), through one reused buffer as a socket does. */
function parse(bytes: Buffer, sizes: readonly number[]): Seen {
  const events: string[] = [];
  const parser = new InterleavedParser({
    frame: (channel, data, start, end) => void events.push(`frame ${channel} ${data.toString('hex', start, end)}`),
    message: (message) => {
      const line = message.kind === 'response' ? String(message.status) : `${message.method} ${message.uri}`;
      events.push(`message ${line} ${JSON.stringify([...message.headers])} ${message.body.toString('hex')}`);
    },
    quirk: (name) => void events.push(`quirk ${name}`),
  });
  const reused = Buffer.alloc(bytes.length + 1);
  try {
    for (let at = 0, turn = 0; at < bytes.length; turn++) {
      const size = Math.min(sizes[turn % sizes.length]!, bytes.length - at);
      reused.fill(0xee);
      bytes.copy(reused, 0, at, at + size);
      parser.push(reused, size, at);
      at += size;
    }
    return { events, error: null };
  } catch (error) {
    assert.ok(error instanceof SightlineError && error.code === 'camera-protocol', String(error));
    return { events, error: error.message };
  }
}

function frame(channel: number, data: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([0x24, channel, data.length >> 8, data.length & 255]), data]);
}

const anyFrame = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.uint8Array({ maxLength: 300 }))
  .map(([channel, data]) => frame(channel, Uint8Array.of(0x80, 96, ...data, 0, 0, 0, 0, 0, 0)));
const anyAnswer = fc
  .tuple(fc.integer({ min: 100, max: 599 }), fc.uint8Array({ maxLength: 300 }), fc.constantFrom('\r\n', '\n'))
  .map(([status, body, end]) =>
    Buffer.concat([
      Buffer.from(`RTSP/1.0 ${status} OK${end}CSeq: 1${end}Content-Length: ${body.length}${end}${end}`),
      body,
    ]),
  );
const anyRequest = fc
  .constantFrom('OPTIONS', 'GET_PARAMETER', 'SET_PARAMETER')
  .map((method) => Buffer.from(`${method} rtsp://x/ RTSP/1.0\r\nCSeq: 3\r\n\r\n`));
const anyStray = fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Buffer.from(bytes));
const anySizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 8 });

describe('the parser of an RTSP connection', () => {
  it('gives the same in whatever pieces the bytes come', () => {
    const traffic = fc.array(fc.oneof(anyFrame, anyAnswer, anyRequest, anyStray), { maxLength: 12 });
    fc.assert(
      fc.property(traffic, anySizes, (parts, sizes) => {
        const bytes = Buffer.concat(parts);
        assert.deepEqual(parse(bytes, sizes), parse(bytes, [bytes.length + 1]));
      }),
      { numRuns: 500 },
    );
  });

  it('hands on every frame and message of a clean connection', () => {
    const traffic = fc.array(fc.oneof(anyFrame, anyAnswer, anyRequest), { maxLength: 12 });
    fc.assert(
      fc.property(traffic, anySizes, (parts, sizes) => {
        const { events, error } = parse(Buffer.concat(parts), sizes);
        assert.equal(error, null);
        assert.equal(events.length, parts.length);
        assert.ok(events.every((event) => !event.startsWith('quirk')));
      }),
    );
  });

  it('throws nothing but a protocol error on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), anySizes, (bytes, sizes) => {
        parse(Buffer.from(bytes), sizes);
      }),
    );
  });

  it('finds its way back to frames after stray bytes', () => {
    const media = frame(0, Uint8Array.of(0x80, 96, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
    for (const stray of ['\x00', '\x01\x02\x03$$$', 'garbage', 'A', 'RT', 'GET /x', '\xff'.repeat(5000)]) {
      const bytes = Buffer.concat([media, Buffer.from(stray, 'latin1'), media, media]);
      const { events, error } = parse(bytes, [bytes.length]);
      assert.equal(error, null);
      assert.equal(events.filter((event) => event.startsWith('frame')).length, 3, stray.slice(0, 10));
    }
  });

  it('gives up after 64 KB that are nothing', () => {
    const { error } = parse(Buffer.alloc(70_000, 0xff), [1000]);
    assert.match(error ?? '', /neither RTSP nor RTP/);
  });

  const head = 'RTSP/1.0 200 OK\r\n';
  const limits: readonly (readonly [string, string, RegExp])[] = [
    ['a line of 9 KB', `${head}X: ${'a'.repeat(9000)}`, /line of more than 8 KB/],
    ['folded lines of 9 KB', `${head}X: a\r\n${` ${'b'.repeat(1000)}\r\n`.repeat(9)}`, /line of more than 8 KB/],
    ['101 headers', head + 'X: a\r\n'.repeat(101), /more than 100 headers/],
    ['a body of 1 GB', `${head}Content-Length: 1000000000\r\n\r\n`, /body of more than 128 KB/],
    ['a negative length', `${head}Content-Length: -1\r\n\r\n`, /not a number/],
    ['a status that is none', 'RTSP/1.0 abc\r\n\r\n', /malformed status line/],
  ];
  for (const [what, text, message] of limits) {
    it(`refuses ${what}`, () => assert.match(parse(Buffer.from(text), [7]).error ?? '', message));
  }

  it('joins folded headers and keeps repeated ones apart', () => {
    const text = `${head}WWW-Authenticate: Digest realm="a",\r\n nonce="b"\r\nWWW-Authenticate: Basic\r\nbroken\r\n\r\n`;
    const { events } = parse(Buffer.from(text), [3]);
    assert.equal(events[0], 'quirk header-malformed');
    assert.match(events[1] ?? '', /"Digest realm=\\"a\\", nonce=\\"b\\"","Basic"/);
    assert.equal(headerOf({ headers: new Map([['a', ['1', '2']]]) }, 'a'), '1');
  });
});
