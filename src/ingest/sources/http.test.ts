import { freePort } from '../../../test/fixtures/free-port.ts';
import { UNGUARDED } from '../../base/dial-guard.ts';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { parseAddress } from '../../config/address.ts';
import type { Source } from '../../media/types.ts';
import { RecordingSink, take } from '../../../test/fixtures/recording-sink.ts';
import { tinyJpeg } from '../../../test/fixtures/tiny-jpeg.ts';
import { answer, basic, digest, guarded, head, HttpCamera, type Script } from '../../../test/peers/http-camera.ts';
import { createHttpSource } from './http.ts';

const LIMITS = { connectMs: 2000, headersMs: 2000, firstPictureMs: 2000, silenceMs: 2000 };

function sourceOf(url: string, fields: { username?: string; password?: string } = {}): Source {
  const address = parseAddress(url, { cwd: '/', ...fields });
  return createHttpSource({ address, tlsVerify: true, guard: UNGUARDED, limits: LIMITS });
}

const pictures = [tinyJpeg(1), tinyJpeg(2, { codedBytes: 70_000 }), tinyJpeg(3)];

/** An endless stream: these pieces for each picture. */
function stream(type: string, piece: (picture: Buffer) => (string | Buffer)[], cut?: number): Script {
  return (socket) => {
    head(socket, '200 OK', { 'Content-Type': type });
    const parts = pictures
      .flatMap(piece)
      .map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part));
    void writeInChunks(socket, Buffer.concat(parts), cut);
  };
}

async function writeInChunks(socket: Socket, bytes: Buffer, size = bytes.length): Promise<void> {
  for (let at = 0; at < bytes.length && !socket.destroyed; at += size) {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    socket.write(bytes.subarray(at, at + size), () => setImmediate(resolve, undefined));
    await promise;
  }
}

const withLength = (boundary: string, error = 0) => {
  return (p: Buffer): (string | Buffer)[] => [
    `--${boundary}\r\nContent-Type: image/jpeg\r\nContent-Length: ${p.length + error}\r\n\r\n`,
    p,
    '\r\n',
  ];
};

const bare = (p: Buffer): (string | Buffer)[] => ['--b\r\nContent-Type: image/jpeg\r\n\r\n', p, '\r\n'];

/** How cameras answer, each as its own program does. */
const STREAMS: Readonly<Record<string, Script>> = {
  'mjpg-streamer': stream('multipart/x-mixed-replace;boundary=boundarydonotcross', withLength('boundarydonotcross')),
  'IP Webcam on Android': stream(
    'multipart/x-mixed-replace;boundary=Ba4oTvQMY8ew04N8dcnM',
    withLength('Ba4oTvQMY8ew04N8dcnM'),
  ),
  'ESP32-CAM, boundary after the picture': stream(
    'multipart/x-mixed-replace;boundary=123456789000000000000987654321',
    (p) => [
      `Content-Type: image/jpeg\r\nContent-Length: ${p.length}\r\n\r\n`,
      p,
      '\r\n--123456789000000000000987654321\r\n',
    ],
  ),
  'Axis, quotes in the Content-Type': stream(
    'multipart/x-mixed-replace; boundary="myboundary"',
    withLength('myboundary'),
  ),
  'motion, dashes in the Content-Type': stream(
    'multipart/x-mixed-replace; boundary=--BoundaryString',
    withLength('BoundaryString'),
  ),
  'without Content-Length': stream('multipart/x-mixed-replace; boundary=b', bare),
  'with a Content-Length too small': stream('multipart/x-mixed-replace; boundary=b', withLength('b', -50)),
  'with a Content-Length too large': stream('multipart/x-mixed-replace; boundary=b', withLength('b', 50)),
  'with a Content-Length of 9999999999': stream('multipart/x-mixed-replace; boundary=b', (p) => [
    '--b\r\nContent-Length: 9999999999\r\n\r\n',
    p,
    '\r\n',
  ]),
  'with LF only in its parts': stream('multipart/x-mixed-replace; boundary=b', (p) => [
    `--b\nContent-Length: ${p.length}\n\n`,
    p,
    '\n',
  ]),
  'with bytes behind each picture': stream('multipart/x-mixed-replace; boundary=b', (p) => [
    ...bare(p),
    '\0\0junk\r\n',
  ]),
  'that names no boundary': stream('multipart/x-mixed-replace', bare),
  'that names no type': stream('', bare),
  'that cuts pictures into chunks': stream('multipart/x-mixed-replace; boundary=b', withLength('b'), 499),
  'that says image/jpeg and never ends': stream('image/jpeg', (p) => [p]),
};

describe('an HTTP camera', () => {
  for (const [name, script] of Object.entries(STREAMS)) {
    it(`${name}: every picture arrives whole, on one connection`, async () => {
      await using camera = await HttpCamera.open(script);
      const sink = await take(sourceOf(camera.url()), pictures.length);
      assert.deepEqual(
        sink.units.map(({ data }) => data.length),
        pictures.map(({ length }) => length),
      );
      assert.ok(sink.units.every(({ data, key, damaged }, i) => data.equals(pictures[i]!) && key && !damaged));
      assert.deepEqual(sink.tracks, [
        [{ id: 0, kind: 'video', codec: 'mjpeg', width: 64, height: 48, fps: null, config: null }],
      ]);
      assert.equal(camera.connections, 1);
    });
  }

  it('with LF only in the head of its answer is understood', async () => {
    await using camera = await HttpCamera.open((socket) => {
      socket.write('HTTP/1.0 200 OK\nContent-Type: multipart/x-mixed-replace; boundary=b\n\n');
      socket.write(Buffer.concat([Buffer.from('--b\n\n'), pictures[0]!]));
    });
    await take(sourceOf(camera.url()), 1);
  });

  it('that changes its size begins anew', async () => {
    const sizes = [tinyJpeg(1), tinyJpeg(2), tinyJpeg(3, { width: 1280, height: 720 })];
    await using camera = await HttpCamera.open((socket) => {
      head(socket, '200 OK', { 'Content-Type': 'multipart/x-mixed-replace; boundary=b' });
      for (const picture of sizes) socket.write(Buffer.concat([Buffer.from('--b\r\n\r\n'), picture]));
    });
    const sink = await take(sourceOf(camera.url()), 3);
    assert.deepEqual(
      sink.tracks.map(([track]) => [track?.width, track?.height]),
      [
        [64, 48],
        [1280, 720],
      ],
    );
  });

  it('with X-Timestamp gives capture times by its own clock', async () => {
    await using camera = await HttpCamera.open((socket) => {
      head(socket, '200 OK', { 'Content-Type': 'multipart/x-mixed-replace; boundary=b' });
      for (let i = 0; i < 5; i++) {
        const stamp = (1_700_000_000 + i * 0.001).toFixed(6);
        socket.write(Buffer.concat([Buffer.from(`--b\r\nX-Timestamp: ${stamp}\r\n\r\n`), tinyJpeg(i)]));
      }
    });
    const sink = await take(sourceOf(camera.url()), 5);
    assert.deepEqual(
      sink.units.map(({ stamp }) => stamp.clock),
      ['arrival', 'arrival', 'sender', 'sender', 'sender'],
    );
  });

  it('with one picture for each request is polled on one connection, and the same picture is not sent on', async () => {
    await using camera = await HttpCamera.open((socket, request) => {
      answer('200 OK', 'image/jpeg', tinyJpeg(Math.floor(request.index / 2)))(socket, request);
    });
    const begun = performance.now();
    const sink = await take(sourceOf(camera.url('/shot.jpg')), 3);
    assert.deepEqual(
      sink.units.map(({ data }) => data),
      [tinyJpeg(0), tinyJpeg(1), tinyJpeg(2)],
    );
    assert.equal(camera.connections, 1);
    assert.equal(camera.requests.length, 5);
    assert.ok(performance.now() - begun >= 390, 'at most ten requests a second');
  });

  it('whose picture does not change is alive: its picture is sent on again after a while', async () => {
    await using camera = await HttpCamera.open(answer('200 OK', 'image/jpeg', tinyJpeg(1)));
    const address = parseAddress(camera.url(), { cwd: '/' });
    await take(
      createHttpSource({ address, tlsVerify: true, guard: UNGUARDED, limits: { ...LIMITS, repeatMs: 250 } }),
      2,
    );
    assert.equal(camera.requests.length, 4);
  });

  it('that closes after each picture is asked again, which is no failure', async () => {
    const scripts: Script[] = [
      (socket) => {
        head(socket, '200 OK', { 'Content-Type': 'multipart/x-mixed-replace; boundary=b' });
        socket.end(
          Buffer.concat([Buffer.from('--b\r\n\r\n'), tinyJpeg(socket.remotePort ?? 0), Buffer.from('\r\n--b--\r\n')]),
        );
      },
      (socket) => {
        head(socket, '200 OK', { 'Content-Type': 'image/jpeg', Connection: 'close' });
        socket.end(tinyJpeg(socket.remotePort ?? 0));
      },
    ];
    for (const [index, script] of scripts.entries()) {
      await using camera = await HttpCamera.open(script);
      const sink = await take(sourceOf(camera.url()), 3);
      assert.equal(camera.connections, 3);
      assert.equal(sink.quirks.has('closes-after-picture'), index === 0);
    }
  });

  it('that closes a kept connection between two polls is asked again at once', async () => {
    await using camera = await HttpCamera.open((socket, request) => {
      if (request.connection === 1 && request.index === 1) socket.resetAndDestroy();
      else answer('200 OK', 'image/jpeg', tinyJpeg(request.index))(socket, request);
    });
    await take(sourceOf(camera.url()), 3);
    assert.equal(camera.connections, 2);
  });

  it('that compresses although nobody asked is understood', async () => {
    const body = Buffer.concat([
      Buffer.from('--b\r\n\r\n'),
      pictures[1]!,
      Buffer.from('\r\n--b\r\n\r\n'),
      pictures[2]!,
    ]);
    for (const [encoding, packed] of [
      ['gzip', gzipSync(body)],
      ['deflate', deflateSync(body)],
    ] as const) {
      await using camera = await HttpCamera.open((socket) => {
        head(socket, '200 OK', {
          'Content-Type': 'multipart/x-mixed-replace; boundary=b',
          'Content-Encoding': encoding,
        });
        socket.write(packed);
      });
      const sink = await take(sourceOf(camera.url()), 2);
      assert.ok(sink.units[1]!.data.equals(pictures[2]!) && sink.quirks.has('content-encoding'));
    }
  });

  const username = 'ädmin"x';
  const password = 'p@ss:w/rd#1?%41 "ö\\';
  const userInfo = `${encodeURIComponent(username)}:${encodeURIComponent(password)}`;
  for (const [name, challenge] of [
    ['Basic', () => basic(username, password)],
    ['Digest with MD5', () => digest('admin', password, 'MD5')],
    ['Digest with SHA-256', () => digest('admin', password, 'SHA-256')],
  ] as const) {
    it(`that asks for ${name} gets a password with special characters, in each poll`, async () => {
      const inner: Script = (socket, request) =>
        answer('200 OK', 'image/jpeg', tinyJpeg(request.index))(socket, request);
      await using camera = await HttpCamera.open(guarded(challenge(), inner));
      const info = name === 'Basic' ? userInfo : `admin:${encodeURIComponent(password)}`;
      await take(sourceOf(camera.url('/a?b=c d').replace('://', `://${info}@`)), 3);
      assert.equal(camera.requests.filter(({ headers }) => !headers.has('authorization')).length, 1);
    });
  }

  it('that redirects is followed, with credentials on the same host only', async () => {
    await using other = await HttpCamera.open(STREAMS['without Content-Length']!);
    await using camera = await HttpCamera.open((socket, request) => {
      if (request.path === '/video') head(socket, '302 Found', { Location: '/next', 'Content-Length': '0' });
      else if (!request.headers.has('authorization')) {
        head(socket, '401 Unauthorized', { 'WWW-Authenticate': 'Basic realm="x"', 'Content-Length': '0' });
      } else head(socket, '307 Moved', { Location: other.url('/there'), 'Content-Length': '0' });
    });
    await take(sourceOf(camera.url(), { username: 'u', password: 'p' }), 1);
    assert.deepEqual(
      camera.requests.map(({ path }) => path),
      ['/video', '/next', '/next'],
    );
    assert.equal(other.requests[0]?.path, '/there');
    assert.ok(!other.requests[0].headers.has('authorization'));
  });

  it('is left at once when the session is stopped, at any step', async () => {
    const scripts: Script[] = [
      () => undefined,
      (socket) => head(socket, '200 OK', { 'Content-Type': 'image/jpeg' }),
      STREAMS['mjpg-streamer']!,
    ];
    for (const script of scripts) {
      const asked = Promise.withResolvers<Socket>();
      await using camera = await HttpCamera.open((socket, request) => {
        asked.resolve(socket);
        script(socket, request);
      });
      const stop = new AbortController();
      const run = sourceOf(camera.url()).run(new RecordingSink(), stop.signal);
      const socket = await asked.promise;
      const closed = Promise.withResolvers<undefined>();
      socket.on('close', () => closed.resolve(undefined));
      stop.abort();
      await run;
      await closed.promise;
    }
    await sourceOf('http://127.0.0.1:1/').run(new RecordingSink(), AbortSignal.abort());
  });

  it('played by ffmpeg gives its pictures', async () => {
    const url = `http://127.0.0.1:${await freePort()}/`;
    const graph = ['-re', '-f', 'lavfi', '-i', 'testsrc=size=320x240:rate=25', '-c:v', 'mjpeg', '-f', 'mpjpeg'];
    const ffmpeg = spawn('ffmpeg', ['-v', 'info', ...graph, '-listen', '1', url], {
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    try {
      await once(ffmpeg.stderr, 'data');
      const sink = await untilItListens(() => take(sourceOf(url), 5));
      assert.deepEqual([sink.tracks[0]?.[0]?.width, sink.tracks[0]?.[0]?.height], [320, 240]);
      assert.ok(
        sink.units.every(({ data, damaged }) => data.subarray(-2).equals(Buffer.from([0xff, 0xd9])) && !damaged),
      );
    } finally {
      ffmpeg.kill('SIGKILL');
    }
  });
});

/** Tries until the port is open: ffmpeg does not say when it is. */
async function untilItListens<T>(action: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await action();
    } catch (error) {
      if ((error as { code?: string }).code !== 'camera-refused' || tries > 100) throw error;
      const { promise, resolve } = Promise.withResolvers<undefined>();
      setTimeout(resolve, 50, undefined);
      await promise;
    }
  }
}
