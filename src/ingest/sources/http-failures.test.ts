import { UNGUARDED } from '../../base/dial-guard.ts';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { SightlineError, type ErrorCode } from '../../base/errors.ts';
import { parseAddress } from '../../config/address.ts';
import type { Source } from '../../media/types.ts';
import { RecordingSink, take } from '../../../test/fixtures/recording-sink.ts';
import { tinyJpeg } from '../../../test/fixtures/tiny-jpeg.ts';
import { answer, basic, digest, guarded, head, HttpCamera, type Script } from '../../../test/peers/http-camera.ts';
import { createHttpSource } from './http.ts';

const MIXED = { 'Content-Type': 'multipart/x-mixed-replace; boundary=b' };
const LIMITS = { connectMs: 300, headersMs: 300, firstPictureMs: 300, silenceMs: 300 };

function sourceOf(url: string, fields: { username?: string; password?: string } = {}): Source {
  const address = parseAddress(url, { cwd: '/', ...fields });
  return createHttpSource({ address, tlsVerify: true, guard: UNGUARDED, limits: LIMITS });
}

async function failure(source: Source, sink = new RecordingSink()): Promise<SightlineError> {
  try {
    await source.run(sink, new AbortController().signal);
  } catch (error) {
    assert.ok(error instanceof SightlineError, String(error));
    assert.ok(!`${error.message}${error.hint}`.includes('secret'), error.message);
    return error;
  }
  return assert.fail('the session did not fail');
}

/** Begins a stream with one picture. */
function begin(socket: Socket): void {
  head(socket, '200 OK', MIXED);
  socket.write(Buffer.concat([Buffer.from('--b\r\n\r\n'), tinyJpeg(1)]));
}

/** Sends as fast as the other side reads, until it leaves. */
function flood(socket: Socket, make: () => Buffer): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(make()));
  };
  socket.on('drain', more);
  more();
}

function trickle(socket: Socket, text: string): void {
  const timer = setInterval(() => socket.write(text), 20);
  socket.on('close', () => clearInterval(timer));
}

/** What a camera does, and the failure that a person then reads. */
const FAILURES: Readonly<Record<string, [Script, ErrorCode, RegExp]>> = {
  'a web page': [
    answer('200 OK', 'text/html; charset=utf-8', '<html>'),
    'camera-protocol',
    /answered a web page, not a picture$/,
  ],
  'some JSON': [
    answer('200 OK', 'application/json', '{}'),
    'camera-protocol',
    /answered application\/json, not a JPEG/,
  ],
  'no content': [(socket) => head(socket, '204 No Content'), 'camera-protocol', /status 204/],
  'a text that says it is a picture': [
    answer('200 OK', 'image/jpeg', 'error'),
    'camera-protocol',
    /sent 5 bytes without a JPEG/,
  ],
  'an empty picture': [answer('200 OK', 'image/jpeg', ''), 'camera-closed', /ended its answer without a picture/],
  'status 401': [
    answer('401 Unauthorized', 'text/plain', 'no'),
    'camera-unauthorized',
    /asks for a user name and password/,
  ],
  'status 403': [answer('403 Forbidden', 'text/plain', 'no'), 'camera-unauthorized', /refused access \(status 403\)/],
  'status 404': [answer('404 Not Found', 'text/plain', 'no'), 'camera-not-found', /status 404/],
  'status 503': [answer('503 Busy', 'text/plain', 'no'), 'camera-busy', /status 503/],
  'status 500': [answer('500 Oops', 'text/plain', 'no'), 'camera-protocol', /status 500/],
  nothing: [() => undefined, 'camera-timeout', /connected to .*, but the request was not answered within 0\.3 s/],
  'headers that never end': [
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      trickle(socket, 'X: y\r\n');
    },
    'camera-timeout',
    /was not answered within/,
  ],
  'headers without end': [
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      flood(socket, () => Buffer.from(`X: ${'y'.repeat(1000)}\r\n`));
    },
    'camera-protocol',
    /not HTTP \(HPE_HEADER_OVERFLOW\)/,
  ],
  'something that is not HTTP': [(socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'), 'camera-protocol', /not HTTP/],
  'an end before its answer': [(socket) => socket.end(), 'camera-closed', /before it answered/],
  'an answer without a picture': [
    (socket) => head(socket, '200 OK', MIXED),
    'camera-timeout',
    /answered, but the first picture was not sent within/,
  ],
  'a picture that trickles in': [
    (socket) => {
      head(socket, '200 OK', MIXED);
      socket.write(Buffer.concat([Buffer.from('--b\r\n\r\n'), tinyJpeg(1).subarray(0, 100)]));
      trickle(socket, '.');
    },
    'camera-protocol',
    /sent \d+ bytes without a JPEG/,
  ],
  'silence after a picture': [(socket) => begin(socket), 'camera-stalled', /answered, but no picture was sent within/],
  'a reset in mid-picture': [
    (socket) => {
      begin(socket);
      socket.write(tinyJpeg(2).subarray(0, 200), () => setTimeout(() => socket.resetAndDestroy(), 20));
    },
    'camera-closed',
    /closed the connection in the middle of a picture/,
  ],
  'an end after two pictures': [
    (socket) => {
      begin(socket);
      socket.end(tinyJpeg(2));
    },
    'camera-closed',
    /closed the connection$/,
  ],
  'an unknown encoding': [
    (socket) => head(socket, '200 OK', { ...MIXED, 'Content-Encoding': 'br' }),
    'camera-protocol',
    /an encoding that was not asked for/,
  ],
  'gzip that is none': [
    (socket) => {
      head(socket, '200 OK', { ...MIXED, 'Content-Encoding': 'gzip' });
      socket.write('nonsense');
    },
    'camera-closed',
    /ended its answer without a picture/,
  ],
  'a redirect in a circle': [
    (socket) => head(socket, '302 Found', { Location: '/again', 'Content-Length': '0' }),
    'camera-protocol',
    /redirects more than 3 times, at last to \/again/,
  ],
  'a redirect to another scheme': [
    (socket) => head(socket, '302 Found', { Location: 'rtsp://u:secret@cam/x', 'Content-Length': '0' }),
    'camera-protocol',
    /redirects to rtsp:\/\/\*\*\*@cam\/x, which is no http address/,
  ],
};

describe('an HTTP camera that answers', () => {
  for (const [name, [script, code, text]] of Object.entries(FAILURES)) {
    it(`${name} fails with ${code}, and says at which step`, async () => {
      await using camera = await HttpCamera.open(script);
      const error = await failure(sourceOf(camera.url()));
      assert.equal(error.code, code, error.message);
      assert.match(error.message, text);
      assert.ok(camera.requests.length <= 4);
    });
  }

  it('garbage fails soon, in bounded memory', async () => {
    const noise = randomBytes(1_048_576);
    for (const make of [
      () => noise,
      () => Buffer.alloc(65_536),
      () => Buffer.from('--b\r\nA: b\r\n\r\n'.repeat(4000)),
    ]) {
      await using camera = await HttpCamera.open((socket) => {
        head(socket, '200 OK', MIXED);
        flood(socket, make);
      });
      const before = process.memoryUsage.rss();
      const error = await failure(sourceOf(camera.url()));
      assert.equal(error.code, 'camera-protocol');
      assert.match(error.message, /sent \d+ bytes without a JPEG picture in them/);
      assert.ok(process.memoryUsage.rss() - before < 64e6);
    }
  });

  it('garbage between its pictures is counted, and a broken picture is dropped', async () => {
    await using camera = await HttpCamera.open((socket) => {
      head(socket, '200 OK', MIXED);
      const noSize = Buffer.from([0xff, 0xd8, 0xff, 0xda, 0, 2, 1, 2, 3, 0xff, 0xd9]);
      const parts = [tinyJpeg(1), Buffer.alloc(50_000), noSize, Buffer.from('--b\r\n\r\n'), tinyJpeg(2)];
      socket.write(Buffer.concat(parts));
    });
    const sink = new RecordingSink();
    const stop = new AbortController();
    const run = sourceOf(camera.url()).run(sink, stop.signal);
    await sink.until(2);
    stop.abort();
    await run;
    assert.ok(sink.units[1]?.data.equals(tinyJpeg(2)));
    assert.equal(sink.quirks.get('jpeg-broken'), 1);
    assert.ok(sink.quirks.has('garbage-between-pictures'));
  });
});

describe('the password of an HTTP camera', () => {
  const never: Script = () => assert.fail('a wrong password was accepted');

  it('that is wrong is said to be wrong, after one try', async () => {
    for (const challenge of [basic('u', 'right'), digest('u', 'right', 'MD5'), digest('u', 'right', 'SHA-256')]) {
      await using camera = await HttpCamera.open(guarded(challenge, never));
      const error = await failure(sourceOf(camera.url(), { username: 'u', password: 'secret' }));
      assert.equal(error.code, 'camera-unauthorized');
      assert.match(error.message, /refused user name and password/);
      assert.equal(camera.requests.length, 2);
    }
  });

  it('is never sent as Basic after the camera has asked for Digest', async () => {
    await using camera = await HttpCamera.open((socket, request) => {
      const challenge = request.index === 0 ? digest('u', 'x', 'MD5').header : 'Basic realm="cam"';
      head(socket, '401 Unauthorized', { 'WWW-Authenticate': challenge, 'Content-Length': '0' });
    });
    const error = await failure(sourceOf(camera.url(), { username: 'u', password: 'secret' }));
    assert.equal(error.code, 'camera-unauthorized');
    assert.ok(camera.requests.every(({ headers }) => headers.get('authorization')?.startsWith('Basic') !== true));
  });

  it('is not asked for without end by a camera that calls every nonce stale', async () => {
    await using camera = await HttpCamera.open((socket, request) => {
      const header = `Digest realm="c", nonce="${request.index}", qop="auth", stale=true`;
      head(socket, '401 Unauthorized', { 'WWW-Authenticate': header, 'Content-Length': '0' });
    });
    const error = await failure(sourceOf(camera.url(), { username: 'u', password: 'secret' }));
    assert.equal(error.code, 'camera-unauthorized');
    assert.ok(camera.requests.length <= 4);
  });
});

describe('an HTTP camera that cannot be reached', () => {
  it('because nothing listens there is refused', async () => {
    const camera = await HttpCamera.open(() => undefined);
    const url = camera.url();
    await camera[Symbol.asyncDispose]();
    const error = await failure(sourceOf(url));
    assert.equal(error.code, 'camera-refused');
    assert.match(error.message, /^connect to 127\.0\.0\.1:\d+ was refused$/);
  });

  it('because its name is unknown says so', async () => {
    const address = parseAddress('http://no-such-camera.invalid/', { cwd: '/' });
    const error = await failure(createHttpSource({ address, tlsVerify: true, guard: UNGUARDED }));
    assert.equal(error.code, 'camera-unknown-host');
  });

  it('because it speaks no TLS, or its certificate is its own, says so; tlsVerify: false accepts that', async () => {
    await using plain = createServer((socket) => {
      socket.on('error', () => socket.destroy()).resume();
      socket.end('HTTP/1.1 400 Bad\r\n\r\n');
    }).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const plainPort = (plain.address() as AddressInfo).port;
    assert.equal((await failure(sourceOf(`https://127.0.0.1:${plainPort}/`))).code, 'camera-tls');
    const pem = readFileSync(new URL('../../../test/fixtures/self-signed.pem', import.meta.url));
    const server = createTlsServer({ key: pem, cert: pem }, (socket) => begin(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const address = parseAddress(`https://127.0.0.1:${port}/`, { cwd: '/' });
    try {
      const error = await failure(createHttpSource({ address, tlsVerify: true, guard: UNGUARDED, limits: LIMITS }));
      assert.equal(error.code, 'camera-tls');
      assert.match(error.message, /the certificate was not accepted/);
      await take(createHttpSource({ address, tlsVerify: false, guard: UNGUARDED, limits: LIMITS }), 1);
    } finally {
      server.close();
    }
  });
});
