// The ffmpeg: source against real servers of this test: live streams, clips, silence, refusals, and what it must not open.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runFfmpeg } from '../../../test/fixtures/clips.ts';
import { addressOf, runSession } from '../../../test/fixtures/session.ts';
import { nowUs } from '../../base/clock.ts';
import type { Source } from '../../media/types.ts';
import { createFfmpegSource } from './ffmpeg.ts';

const GRAPH = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=50:duration=0.5', '-pix_fmt', 'yuv420p'];
const H264 = ['-c:v', 'libx264', '-bf', '0', '-g', '10'];

let folder = '';
let stream: Buffer = Buffer.alloc(0);
const servers: Server[] = [];
const sockets = new Set<Socket>();

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sightline-ffmpeg-'));
  stream = await runFfmpeg([...GRAPH, ...H264, '-f', 'mpegts', '-']);
  await runFfmpeg([...GRAPH, ...H264, join(folder, 'clip.mp4')]);
});

after(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  await rm(folder, { recursive: true, force: true });
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function http(answer: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createHttpServer(answer))}`;
}

function sourceOf(target: string): Source {
  return createFfmpegSource({ address: addressOf('ffmpeg', target) });
}

describe('the ffmpeg: source', () => {
  test('hands on a live stream, each unit stamped with its arrival', async () => {
    const port = await listen(createServer((socket) => socket.write(stream)));
    const session = await runSession(sourceOf(`tcp://127.0.0.1:${port}`), 20);
    const track = session.tracks[0]?.[0];
    assert.deepEqual([track?.codec, track?.width, track?.height], ['h264', 320, 180]);
    assert.ok(session.units[0]?.key);
    for (const [index, { stamp }] of session.units.entries()) {
      assert.equal(stamp.clock, 'arrival');
      assert.ok(stamp.capturedAtUs <= session.handedUs[index]!);
    }
    assert.ok(session.endMs !== null && session.endMs < 1000);
  });

  test('ends with the stream', async () => {
    const port = await listen(createServer((socket) => socket.end(stream)));
    const session = await runSession(sourceOf(`tcp://127.0.0.1:${port}`), Infinity);
    assert.equal(session.endMs, null);
    assert.ok(session.units.length >= 24);
  });

  test('plays a clip of this machine like the file source does', async () => {
    const session = await runSession(sourceOf(join(folder, 'clip.mp4')), 30);
    assert.equal(session.units[0]?.stamp.clock, 'device');
    assert.equal(session.units.length, 30);
  });

  test('ends within a second when it is closed while a server is silent', async () => {
    const server = createServer();
    const port = await listen(server);
    for (const scheme of ['tcp', 'http', 'rtsp']) {
      const controller = new AbortController();
      const sink = { begin: () => undefined, unit: () => undefined, quirk: () => undefined };
      const connected = once(server, 'connection');
      const running = sourceOf(`${scheme}://127.0.0.1:${port}/`).run(sink, controller.signal);
      await connected;
      const abortedUs = nowUs();
      controller.abort();
      await running;
      assert.ok(nowUs() - abortedUs < 1e6, scheme);
    }
  });

  test('names what is wrong: refused, unknown host, unauthorized, not found, not a stream', async () => {
    const base = await http((request, response) => {
      if (request.url === '/text') response.end('hello '.repeat(2000));
      else if (request.url === '/gone') response.writeHead(404).end();
      else response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="camera"' }).end();
    });
    const unused = await listen(createServer());
    servers.pop()?.close();
    const cases = [
      [`tcp://127.0.0.1:${unused}`, 'camera-refused'],
      ['http://camera.invalid/', 'camera-unknown-host'],
      [`${base}/secret`, 'camera-unauthorized'],
      [`${base}/gone`, 'camera-not-found'],
      [`${base}/text`, 'camera-protocol'],
    ] as const;
    for (const [target, code] of cases) await assert.rejects(runSession(sourceOf(target), 1), { code }, target);
  });

  test('sends user name and password as they are, and never shows them', async () => {
    let seen = '';
    const base = await http((request, response) => {
      const { authorization = '' } = request.headers;
      if (authorization !== '') seen = Buffer.from(authorization.slice(6), 'base64').toString();
      response.writeHead(authorization === '' ? 401 : 404, { 'WWW-Authenticate': 'Basic realm="camera"' }).end();
    });
    const credentials = { username: 'us er', password: 'p@s:s/w?r#d%20' };
    const address = { ...addressOf('ffmpeg', `${base}/video`), credentials };
    const error: unknown = await runSession(createFfmpegSource({ address }), 1).catch((reason: unknown) => reason);
    assert.equal(seen, 'us er:p@s:s/w?r#d%20');
    assert.ok(error instanceof Error && !error.message.includes('p@s'));
  });

  test('opens neither protocols that join or read other things, nor local files named by a server', async () => {
    for (const target of ['concat:/etc/passwd', 'subfile:/x', 'pipe:0', 'data:text/plain,x', 'lavfi:testsrc']) {
      assert.throws(() => sourceOf(target), { code: 'source-invalid' }, target);
    }
    const clip = join(folder, 'clip.mp4');
    const base = await http((request, response) => {
      if (request.url === '/list') response.end(`ffconcat version 1.0\nfile '${clip}'\n`);
      else response.end(`#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://${clip}\n#EXT-X-ENDLIST\n`);
    });
    for (const path of ['/list', '/index.m3u8']) {
      await assert.rejects(runSession(sourceOf(base + path), 1), { code: 'camera-protocol' }, path);
    }
  });
});
