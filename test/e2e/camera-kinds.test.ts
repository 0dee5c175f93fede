// Every kind of source through the whole server, with real cameras, files and encoders: what comes out is their picture.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { jpegSize } from '../../src/media/jpeg.ts';
import { mjpegClip, runFfmpeg, toGrey } from '../fixtures/clips.ts';
import { noise } from '../fixtures/garbage.ts';
import { MjpegViewer, isPicture } from '../fixtures/mjpeg-viewer.ts';
import type { Part } from '../fixtures/mjpeg-viewer.ts';
import { TestServer } from '../fixtures/server.ts';
import { ClipCamera, sizedClip } from '../peers/clip-camera.ts';
import { HttpCamera, head } from '../peers/http-camera.ts';
import { startRtspCamera } from '../peers/rtsp-camera.ts';

const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** The next pictures of a camera, and its status when they have come. */
async function watch(server: TestServer, id: string, count = 5): Promise<Part[]> {
  const viewer = new MjpegViewer(`${server.url}/cameras/${id}/stream.mjpeg`);
  const parts: Part[] = [];
  while (parts.length < count) parts.push(await viewer.next(isPicture));
  const numbers = parts.map(({ headers }) => Number(headers['x-sequence']));
  assert.deepEqual(
    numbers,
    [...new Set(numbers)].sort((a, b) => a - b),
  );
  await server.until(id, ({ state, frames }) => state === 'live' && frames.in > 0);
  viewer.close();
  return parts;
}

/** ffmpeg as an HTTP camera: its multipart muxer over one connection after the other. */
async function startMpjpeg(): Promise<{ url: string; close: () => Promise<void> }> {
  const server = net.createServer((socket) => {
    const input = ['-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=15'];
    const args = ['-v', 'error', '-nostdin', ...input, '-c:v', 'mjpeg', '-f', 'mpjpeg', '-'];
    const child = spawn('ffmpeg', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    socket.write('HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=ffmpeg\r\n\r\n');
    child.stdout.pipe(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => child.kill('SIGKILL'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const close = async (): Promise<void> => {
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${port}/feed`, close };
}

describe('each kind of source', { concurrency: 2 }, () => {
  const cleanup = new AsyncDisposableStack();
  const sent = new Map<string, Buffer>();
  let jpegs: readonly Buffer[];
  let server: TestServer;

  before(async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'sl-kinds-'));
    cleanup.defer(() => rm(folder, { recursive: true, force: true }));
    const clip = path.join(folder, 'clip.mp4');
    const graph = ['-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=25', '-frames:v', '50', '-pix_fmt', 'yuv420p'];
    await runFfmpeg([...graph, '-c:v', 'libx264', '-bf', '3', '-g', '25', clip]);
    await writeFile(path.join(folder, 'broken.mp4'), noise(50_000));
    jpegs = (
      await mjpegClip({ graph: 'testsrc2=size=320x240:rate=15', frames: 30, width: 320, height: 240 })
    ).packets.map(({ data }) => data);
    for (const jpeg of jpegs) sent.set(hash(jpeg), jpeg);

    const phone = cleanup.use(
      await HttpCamera.open((socket) => {
        head(socket, '200 OK', { 'Content-Type': 'multipart/x-mixed-replace; boundary=b' });
        let at = 0;
        const timer = setInterval(() => {
          const jpeg = jpegs[at++ % jpegs.length]!;
          const part = `--b\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`;
          socket.write(Buffer.concat([Buffer.from(part), jpeg, Buffer.from('\r\n')]));
        }, 66);
        socket.once('close', () => clearInterval(timer));
      }),
    );
    const polled = cleanup.use(
      await HttpCamera.open((socket, { index }) => {
        const jpeg = jpegs[index % jpegs.length]!;
        head(socket, '200 OK', { 'Content-Type': 'image/jpeg', 'Content-Length': String(jpeg.length) });
        socket.write(jpeg);
      }),
    );
    const mpjpeg = await startMpjpeg();
    cleanup.defer(() => mpjpeg.close());
    const h264 = await startRtspCamera({ size: '320x240' });
    cleanup.defer(() => h264.close());
    const jpeg = await startRtspCamera({ codec: 'jpeg', size: '320x240' });
    cleanup.defer(() => jpeg.close());
    const halves = await startRtspCamera({ pattern: 'halves', size: '320x240' });
    cleanup.defer(() => halves.close());
    server = await TestServer.start([
      `h264=${h264.url}`,
      `jpeg=${jpeg.url}`,
      `halves=${halves.url}`,
      `phone=${phone.url()}`,
      `polled=${polled.url('/shot.jpg')}`,
      `mpjpeg=${mpjpeg.url}`,
      `clip=${clip}`,
      `broken=${path.join(folder, 'broken.mp4')}`,
      'webcam=0',
      'card=test:?width=320&height=240',
      'jpegcard=test:?codec=mjpeg&width=320&height=240',
    ]);
    cleanup.defer(() => server.stop());
  });

  after(async () => {
    for (const { title, restarts } of await server.processes()) assert.equal(restarts, 0, title);
    await cleanup.disposeAsync();
    assert.deepEqual(await server.alive(), []);
  });

  const DECODED = { h264: 'an RTSP camera with H.264', clip: 'a file with B pictures', card: 'the test card' };
  for (const [id, what] of Object.entries(DECODED)) {
    it(`${what} is decoded and shown`, async () => {
      const parts = await watch(server, id);
      for (const { body } of parts) assert.deepEqual(jpegSize(body), { width: 320, height: 240 });
      const status = await server.until(id, ({ frames }) => frames.decoded > 0);
      assert.equal(status.sessions, 1);
      assert.ok(new Set(parts.map(({ body }) => hash(body))).size > 1, 'it moves');
    });
  }

  it('a file begins again at its end, with times and numbers that go on', async () => {
    const parts = await watch(server, 'clip', 70);
    const times = parts.map(({ headers }) => Number(headers['x-timestamp']));
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    const seconds = times.at(-1)! - times[0]!;
    assert.ok(seconds > 2.2 && seconds < 6, `70 pictures of 25 a second in ${seconds} s`);
  });

  const PASSED = {
    jpeg: 'an RTSP camera with JPEG',
    phone: 'an HTTP camera',
    polled: 'an HTTP camera of single pictures',
    mpjpeg: 'ffmpeg as an HTTP camera',
    jpegcard: 'the test card as JPEG',
  };
  for (const [id, what] of Object.entries(PASSED)) {
    it(`${what} is passed through: nothing is decoded or encoded`, async () => {
      // Long enough for codec to have reported what it did.
      const parts = await watch(server, id, 30);
      for (const { body } of parts) assert.deepEqual(jpegSize(body), { width: 320, height: 240 });
      const status = await server.status(id);
      assert.deepEqual({ ...status.frames, in: 0 }, { in: 0, decoded: 0, encoded: 0, dropped: 0 });
      if (id !== 'phone' && id !== 'polled') return;
      for (const { body } of parts) assert.ok(sent.has(hash(body)), 'a picture was changed on the way');
    });
  }

  it('a camera of JPEGs asked for another width is decoded for that one only', async () => {
    const viewer = new MjpegViewer(`${server.url}/cameras/jpeg/stream.mjpeg?width=160`);
    assert.deepEqual(jpegSize((await viewer.next(isPicture)).body), { width: 160, height: 120 });
    viewer.close();
  });

  const MISSING = { broken: 'file-unreadable', webcam: 'device-missing' };
  for (const [id, code] of Object.entries(MISSING)) {
    it(`a source that is not there or not readable is ${code}`, async () => {
      const answer = await fetch(`${server.url}/cameras/${id}/snapshot.jpg`);
      assert.equal(answer.status, 503);
      assert.equal(((await answer.json()) as { code: string }).code, code);
    });
  }

  it('black is black and white is white', async () => {
    const part = (await watch(server, 'halves', 3)).at(-1)!;
    const grey = await toGrey(part.body);
    const at = (x: number, y: number): number => grey[y * 320 + x]!;
    for (const y of [20, 120, 220]) {
      assert.ok(at(60, y) > 245, `white is ${at(60, y)}`);
      assert.ok(at(260, y) < 10, `black is ${at(260, y)}`);
    }
  });
});

describe('cameras of a config file', () => {
  it('a camera that is switched off is 503 disabled and never opened; one with always: true is open without a viewer and closed with TEARDOWN', async () => {
    await using off = await ClipCamera.start(await sizedClip(320, 240));
    await using always = await ClipCamera.start(await sizedClip(320, 240));
    const folder = await mkdtemp(path.join(tmpdir(), 'sl-config-'));
    const file = path.join(folder, 'cams.yaml');
    const lines = ['cameras:', '  off:', `    source: ${off.url}`, '    enabled: false'];
    await writeFile(file, [...lines, '  door:', `    source: ${always.url}`, '    always: true', ''].join('\n'));
    await using server = await TestServer.start(['--config', file]);
    await server.until('door', ({ state, sessions }) => state === 'live' && sessions === 1);
    assert.equal((await server.status('off')).state, 'disabled');
    for (const address of ['/cameras/off/stream.mjpeg', '/cameras/off/snapshot.jpg']) {
      const answer = await fetch(server.url + address);
      assert.equal(answer.status, 503);
      assert.equal(((await answer.json()) as { code: string }).code, 'disabled');
    }
    assert.equal(off.fake.asked.length, 0);
    await server.stop();
    const methods = always.fake.asked.map(({ method }) => method);
    assert.deepEqual(
      methods.filter((method) => method === 'PLAY' || method === 'TEARDOWN'),
      ['PLAY', 'TEARDOWN'],
    );
    assert.deepEqual(await server.alive(), []);
    await rm(folder, { recursive: true, force: true });
  });
});
