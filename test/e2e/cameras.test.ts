// What viewers get when a camera goes, comes back, falls silent, or comes back as another one.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { jpegSize } from '../../src/media/jpeg.ts';
import { MjpegViewer, isPicture } from '../fixtures/mjpeg-viewer.ts';
import type { Part } from '../fixtures/mjpeg-viewer.ts';
import { TestServer } from '../fixtures/server.ts';
import type { CameraStatus } from '../fixtures/server.ts';
import { startRtspCamera } from '../peers/rtsp-camera.ts';

/** Five seconds of silence, and what a busy machine takes to notice it. */
const NOTICED_MS = 6000;
/** A camera is tried again each two seconds while somebody watches, and then sends its first keyframe. */
const BACK_MS = 4000;

const isDown = ({ state }: CameraStatus): boolean => state === 'stalled' || state === 'failed';
/** Asks for an address of a camera that is gone. */
async function refused(url: string): Promise<void> {
  const asked = performance.now();
  const answer = await fetch(url);
  assert.equal(answer.status, 503, url);
  assert.match(answer.headers.get('content-type')!, /^application\/problem\+json/);
  assert.match(answer.headers.get('retry-after')!, /^[1-9]\d*$/);
  const { code, detail, hint } = (await answer.json()) as { code: string; detail: string; hint: string };
  assert.equal(code, 'camera-refused');
  assert.match(detail, /127\.0\.0\.1:\d+/);
  assert.match(hint, /port/);
  assert.ok(performance.now() - asked < 7000);
}

const sequence = (part: Part): number => Number(part.headers['x-sequence']);

describe('with an RTSP camera and an open viewer', () => {
  const cleanup = new AsyncDisposableStack();
  let camera: Awaited<ReturnType<typeof startRtspCamera>>;
  let server: TestServer;
  let viewer: MjpegViewer;

  before(async () => {
    camera = cleanup.use(await startRtspCamera({ size: '320x240', fps: 15 }));
    server = cleanup.use(await TestServer.start([`door=${camera.url}`]));
    viewer = new MjpegViewer(`${server.url}/cameras/door/stream.mjpeg`);
    cleanup.defer(() => viewer.close());
    await viewer.next(isPicture);
  });

  after(async () => {
    await cleanup.disposeAsync();
    assert.deepEqual(await server.alive(), []);
  });

  it('a camera that loses its power is said to be gone, and the open response shows why once a second', async () => {
    const killed = performance.now();
    await camera.kill('SIGKILL');
    const status = await server.until('door', isDown, NOTICED_MS);
    assert.ok(performance.now() - killed < NOTICED_MS);
    assert.match(status.reason!.code, /^camera-(refused|closed|unreachable)$/);
    assert.ok(status.reason!.hint.length > 10);
    const slates: Part[] = [];
    while (slates.length < 5) slates.push(await viewer.next((part) => !isPicture(part)));
    for (const { headers, body } of slates) {
      assert.equal(headers['x-timestamp'], undefined);
      assert.equal(headers['x-sequence'], undefined);
      assert.deepEqual(jpegSize(body), { width: 320, height: 240 });
    }
    const seconds = (slates.at(-1)!.receivedUs - slates.at(-4)!.receivedUs) / 1e6;
    assert.ok(seconds > 1 && seconds < 4.5, `four slates in ${seconds} s`);
  });

  it('new requests and snapshots get 503 with the reason and when to ask again, never a slate', async () => {
    const addresses = ['/cameras/door/stream.mjpeg', '/cameras/door/snapshot.jpg', '/camera'];
    await Promise.all(addresses.map((address) => refused(server.url + address)));
    const head = await fetch(`${server.url}/cameras/door/snapshot.jpg`, { method: 'HEAD' });
    assert.equal(head.status, 503);
  });

  it('after it is back the same response carries pictures with rising numbers, and snapshots are pictures', async () => {
    const last = sequence(viewer.parts.findLast(isPicture) ?? viewer.parts.at(-1)!) || 0;
    await camera.restart();
    const back = performance.now();
    const first = await viewer.next(isPicture);
    assert.ok(performance.now() - back < BACK_MS, `${performance.now() - back} ms`);
    const numbers = [sequence(first)];
    while (numbers.length < 10) numbers.push(sequence(await viewer.next()));
    assert.ok(numbers[0]! > last);
    assert.deepEqual(
      numbers,
      [...new Set(numbers)].sort((a, b) => a - b),
    );
    const { state, reason, sessions } = await server.status('door');
    assert.deepEqual({ state, reason, sessions }, { state: 'live', reason: null, sessions: 1 });
    const answer = await fetch(`${server.url}/cameras/door/snapshot.jpg`);
    assert.equal(answer.status, 200);
    assert.ok(Number(answer.headers.get('x-sequence')) > last);
  });

  it('a camera that stays connected but sends nothing is stalled, and live again when it goes on', async () => {
    const before = await server.status('door');
    const stopped = performance.now();
    camera.pause();
    const status = await server.until('door', isDown, NOTICED_MS + 500);
    assert.ok(performance.now() - stopped > 3000);
    assert.equal(status.state, 'stalled');
    assert.match(status.reason!.text, /5 s/);
    assert.ok(!isPicture(await viewer.next()));
    camera.resume();
    await viewer.next(isPicture);
    const live = await server.until('door', ({ state }) => state === 'live');
    assert.ok(live.restarts > before.restarts);
    assert.equal(live.sessions, 1);
  });

  it('a camera that comes back with JPEG instead of H.264, and another size, goes on in the same response', async () => {
    const last = sequence(await viewer.next(isPicture));
    await camera.restart({ codec: 'jpeg', size: '640x480' });
    const part = await viewer.next((next) => jpegSize(next.body)?.width === 640 && isPicture(next));
    assert.ok(sequence(part) > last);
    for (let more = 0; more < 25; more++) await viewer.next(isPicture);
    const before = await server.until('door', ({ state, width }) => state === 'live' && width === 640);
    for (let more = 0; more < 25; more++) await viewer.next(isPicture);
    const status = await server.until('door', ({ frames }) => frames.in >= before.frames.in + 20);
    assert.equal(status.frames.decoded, before.frames.decoded, 'JPEG is passed through');
    await camera.restart({ codec: 'h264', size: '320x240' });
    await viewer.next((next) => jpegSize(next.body)?.width === 320 && isPicture(next));
  });

  it('no process of the server died over all this', async () => {
    for (const { title, restarts } of await server.processes()) {
      assert.equal(restarts, 0, `${title}: ${server.log.filter((line) => line.includes('died')).join('\n')}`);
    }
  });
});
