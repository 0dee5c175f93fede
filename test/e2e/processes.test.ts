// What becomes of viewers and cameras when the server's own processes die, hang or are stopped.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MjpegViewer, isPicture } from '../fixtures/mjpeg-viewer.ts';
import { TestServer } from '../fixtures/server.ts';
import { startRtspCamera } from '../peers/rtsp-camera.ts';

describe('with an RTSP camera and an open viewer', () => {
  let camera: Awaited<ReturnType<typeof startRtspCamera>>;
  let server: TestServer;
  let viewer: MjpegViewer;

  before(async () => {
    camera = await startRtspCamera({ codec: 'h264', size: '640x360', fps: 25 });
    server = await TestServer.start([`door=${camera.url}`]);
    viewer = new MjpegViewer(`${server.url}/cameras/door/stream.mjpeg`);
    await viewer.next(isPicture);
  });

  after(async () => {
    viewer.close();
    await server.stop();
    await camera.close();
  });

  it('killing codec loses no camera session, and the same response goes on with later pictures', async () => {
    const before = await server.until('door', ({ state }) => state === 'live');
    const last = viewer.parts.at(-1)!;
    const codec = await server.process('codec');
    process.kill(codec.pid, 'SIGKILL');
    await server.process('codec', codec.pid);
    const part = await viewer.next((next) => isPicture(next) && next !== last);
    assert.ok(Number(part.headers['x-sequence']) > Number(last.headers['x-sequence']));
    const status = await server.until('door', ({ frames }) => frames.in > before.frames.in);
    assert.equal(status.restarts, before.restarts);
    assert.equal(status.state, 'live');
  });

  it('killing ingest replaces it, the camera is opened anew and the same response goes on, its numbers never back', async () => {
    const last = Number(viewer.parts.findLast(isPicture)!.headers['x-sequence']);
    const ingest = await server.process('ingest');
    process.kill(ingest.pid, 'SIGKILL');
    await server.process('ingest', ingest.pid);
    const seen: number[] = [];
    while (seen.length < 20) seen.push(Number((await viewer.next(isPicture)).headers['x-sequence']));
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    );
    assert.equal(new Set(seen).size, seen.length);
    assert.ok(seen.at(-1)! > last);
    await server.until('door', ({ state, sessions }) => state === 'live' && sessions === 1);
  });

  it('a process that hangs is killed after five seconds of silence and replaced, and the response goes on', async () => {
    const codec = await server.process('codec');
    process.kill(codec.pid, 'SIGSTOP');
    await server.process('codec', codec.pid);
    await viewer.next(isPicture);
    assert.ok(server.log.some((line) => line.includes('not heard of for 5 s')));
  });
});

describe('with two cameras in one process', () => {
  it('one that fails again and again disturbs not the other', async () => {
    const server = await TestServer.start(['good=test:?width=320&height=180', 'bad=nothing-here.mp4']);
    const viewer = new MjpegViewer(`${server.url}/cameras/good/stream.mjpeg`);
    await viewer.next(isPicture);
    const answer = await fetch(`${server.url}/cameras/bad/snapshot.jpg`);
    assert.equal(answer.status, 503);
    const { code, detail } = (await answer.json()) as { code: string; detail: string };
    assert.equal(code, 'file-missing');
    assert.match(detail, /nothing-here\.mp4/);
    const from = Number((await viewer.next(isPicture)).headers['x-sequence']);
    for (let more = 0; more < 30; more++) await viewer.next(isPicture);
    const to = Number((await viewer.next(isPicture)).headers['x-sequence']);
    assert.ok(to - from <= 45, `${to - from} pictures were captured while 31 were seen`);
    viewer.close();
    await server.stop();
  });
});
