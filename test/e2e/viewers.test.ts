// Viewers of a running server: a thousand on one camera's session, and what each may ask for.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ProblemDocument, Viewer, ViewerList } from '../../src/gateway/api/contract.ts';
import { jpegSize } from '../../src/media/jpeg.ts';
import { Crowd } from '../fixtures/crowd.ts';
import { MjpegViewer, isPicture } from '../fixtures/mjpeg-viewer.ts';
import type { Part } from '../fixtures/mjpeg-viewer.ts';
import { RtspTap } from '../fixtures/rtsp-tap.ts';
import { TestServer } from '../fixtures/server.ts';
import { startRtspCamera } from '../peers/rtsp-camera.ts';

const CROWD = 1000;
/** Who ask for a snapshot at once. */
const ASKERS = 50;
const COUNTED_MS = 3000;
/** The grace period of 10 s, and what a busy machine adds. */
const CLOSED_MS = 14_000;

const sequence = (part: Part): number => Number(part.headers['x-sequence']);

describe('a thousand viewers of one RTSP camera', () => {
  let camera: Awaited<ReturnType<typeof startRtspCamera>>;
  let tap: RtspTap;
  let server: TestServer;
  let crowd: Crowd;

  before(async () => {
    camera = await startRtspCamera({ size: '320x240', fps: 15 });
    tap = await RtspTap.start(camera.url);
    server = await TestServer.start([`door=${tap.url}`]);
    crowd = new Crowd({ url: `${server.url}/camera`, count: CROWD, reads: true });
    await crowd.watching(CROWD);
  });

  after(async () => {
    await crowd.close();
    await server.stop();
    await tap.close();
    await camera.close();
    assert.deepEqual(await server.alive(), []);
  });

  const viewers = async (): Promise<Viewer[]> => (await server.json<ViewerList>('/api/cameras/door/viewers')).viewers;

  it('are one session for the camera', async () => {
    assert.equal(tap.connections, 1);
    assert.equal(tap.playing, 1);
    const { sessions, viewers, state } = await server.status('door');
    assert.deepEqual({ sessions, viewers, state }, { sessions: 1, viewers: CROWD, state: 'live' });
  });

  it('are listed one by one, and each gets every picture or has it counted as dropped', async () => {
    const listed = await viewers();
    assert.equal(listed.length, CROWD);
    assert.equal(new Set(listed.map(({ id }) => id)).size, CROWD);
    assert.ok(listed.every(({ via, stream, address }) => via === 'mjpeg' && stream === 'main' && address !== ''));
    const watched = new MjpegViewer(`${server.url}/camera`);
    const first = await watched.next(isPicture);
    const before = new Map((await viewers()).map((viewer) => [viewer.id, viewer]));
    const from = sequence(await watched.next(isPicture));
    await watched.next((part) => part.receivedUs > first.receivedUs + COUNTED_MS * 1000);
    const after = await viewers();
    const captured = sequence(await watched.next(isPicture)) - from;
    watched.close();
    for (const { id, sent, dropped } of after.filter((viewer) => before.has(viewer.id))) {
      const offered = sent + dropped - before.get(id)!.sent - before.get(id)!.dropped;
      assert.ok(Math.abs(offered - captured) <= 4, `${offered} pictures for viewer ${id} while ${captured} came`);
    }
  });

  it('have got as many pictures as the server says that it sent', async () => {
    const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
    const before = await crowd.count();
    const sent = total((await viewers()).map((viewer) => viewer.sent));
    const after = await crowd.count();
    assert.equal(after.closed, 0);
    const underWay = CROWD;
    assert.ok(sent >= total(before.parts) - underWay && sent <= total(after.parts) + underWay);
  });

  it('leave, and the camera is closed by TEARDOWN after its grace period', async () => {
    const left = performance.now();
    await crowd.close();
    await server.until('door', ({ viewers }) => viewers === 0, 5000);
    assert.equal(tap.playing, 1);
    assert.deepEqual(await viewers(), []);
    await tap.asked('TEARDOWN', CLOSED_MS);
    assert.ok(performance.now() - left > 9000, `closed after ${performance.now() - left} ms`);
    await server.until('door', ({ state, sessions }) => state === 'idle' && sessions === 0, 3000);
    assert.equal(tap.connections, 1);
    assert.equal(tap.open, 0);
  });
});

describe('what a viewer may ask for', () => {
  let server: TestServer;

  before(async () => {
    server = await TestServer.start(['card=test:?width=1280&height=720&fps=20', 'other=test:?width=320&height=180']);
  });

  after(async () => {
    await server.stop();
    assert.deepEqual(await server.alive(), []);
  });

  const address = (query = ''): string => `${server.url}/cameras/card/stream.mjpeg${query}`;
  const problem = async (path: string): Promise<ProblemDocument> => {
    const answer = await fetch(server.url + path);
    assert.equal(answer.headers.get('content-type')?.split(';')[0], 'application/problem+json');
    const body = (await answer.json()) as ProblemDocument;
    assert.equal(body.status, answer.status);
    return body;
  };

  it('HEAD answers and opens no camera', async () => {
    for (const path of ['/camera', '/cameras/card/stream.mjpeg', '/cameras/card/snapshot.jpg']) {
      const answer = await fetch(server.url + path, { method: 'HEAD' });
      assert.equal(answer.status, 200, path);
    }
    const { sessions, state } = await server.status('card');
    assert.deepEqual({ sessions, state }, { sessions: 0, state: 'idle' });
  });

  it('each bad parameter is named, and an unknown camera is 404', async () => {
    const bad = await problem('/cameras/card/stream.mjpeg?width=a&quality=0&fps=-1&stream=no');
    assert.equal(bad.status, 400);
    assert.deepEqual(bad.errors?.map(({ parameter }) => parameter).sort(), ['fps', 'quality', 'width']);
    const stream = await problem('/cameras/card/snapshot.jpg?stream=no');
    assert.deepEqual([stream.status, stream.errors?.map(({ parameter }) => parameter)], [400, ['stream']]);
    const age = await problem('/cameras/card/snapshot.jpg?maxAgeMs=x');
    assert.deepEqual([age.status, age.errors?.map(({ parameter }) => parameter)], [400, ['maxAgeMs']]);
    for (const path of ['/cameras/none/stream.mjpeg', '/cameras/none/snapshot.jpg', '/api/cameras/none']) {
      assert.equal((await problem(path)).status, 404, path);
    }
  });

  it('a closed camera gives all who ask at once the same snapshot within five seconds, and closes after its grace period', async () => {
    const asked = performance.now();
    const askers = Array.from({ length: ASKERS }, async () => {
      const answer = await fetch(`${server.url}/cameras/other/snapshot.jpg`);
      assert.equal(answer.status, 200);
      return Buffer.from(await answer.arrayBuffer());
    });
    const [first, ...others] = await Promise.all(askers);
    assert.ok(performance.now() - asked < 5000);
    assert.deepEqual(jpegSize(first!), { width: 320, height: 180 });
    assert.ok(others.every((body) => body.equals(first!)));
    await server.until('other', ({ state, sessions }) => state === 'idle' && sessions === 0, CLOSED_MS);
    assert.ok(performance.now() - asked > 9000, `idle after ${performance.now() - asked} ms`);
  });

  it('two viewers of different widths share one capture, each in its size', async () => {
    const large = new MjpegViewer(address());
    const small = new MjpegViewer(address('?width=300&quality=50'));
    const [one, two] = await Promise.all([large.next(isPicture), small.next(isPicture)]);
    assert.deepEqual(jpegSize(one.body), { width: 1280, height: 720 });
    assert.deepEqual(jpegSize(two.body), { width: 320, height: 180 });
    const { sessions, viewers } = await server.status('card');
    assert.deepEqual({ sessions, viewers }, { sessions: 1, viewers: 2 });
    large.close();
    small.close();
  });

  it('fps=5 gives about five pictures a second, with rising numbers', async () => {
    const viewer = new MjpegViewer(address('?fps=5'));
    const seen = [await viewer.next(isPicture)];
    while (seen.length < 16) seen.push(await viewer.next(isPicture));
    viewer.close();
    const numbers = seen.map(sequence);
    assert.ok(numbers.every((number, index) => index === 0 || number > numbers[index - 1]!));
    const times = seen.map(({ headers }) => Number(headers['x-timestamp']));
    const rate = (seen.length - 1) / (times.at(-1)! - times[0]!);
    assert.ok(rate > 3.8 && rate < 5.5, `${rate} pictures a second`);
  });

  it('a snapshot of a camera that is watched is the picture that is watched', async () => {
    const viewer = new MjpegViewer(address());
    await viewer.next(isPicture);
    const answer = await fetch(`${server.url}/cameras/card/snapshot.jpg`);
    const body = Buffer.from(await answer.arrayBuffer());
    const number = Number(answer.headers.get('x-sequence'));
    if (sequence(viewer.parts.at(-1)!) < number) await viewer.next((part) => sequence(part) >= number);
    const same = viewer.parts.find((part) => sequence(part) === number)!;
    assert.equal(same.headers['x-timestamp'], answer.headers.get('x-timestamp'));
    assert.deepEqual(body, same.body);
    viewer.close();
  });

  it('a ninth encoding of a camera is 429, and the eight go on', async () => {
    const queries = [30, 40, 50, 60, 70, 90].map((quality) => `?quality=${quality}&width=160`);
    const viewers = ['', '?width=320', ...queries].map((query) => new MjpegViewer(address(query)));
    await Promise.all(viewers.map((viewer) => viewer.next(isPicture)));
    const ninth = await fetch(address('?width=480'));
    assert.equal(ninth.status, 429);
    assert.equal(((await ninth.json()) as ProblemDocument).code, 'too-many-encodings');
    await Promise.all(viewers.map((viewer) => viewer.next(isPicture)));
    const again = new MjpegViewer(address('?width=310'));
    await again.next(isPicture);
    for (const viewer of [...viewers, again]) viewer.close();
  });
});
