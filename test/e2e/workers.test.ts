// Several gateway workers (`--workers 4`) are one server: one capture, one viewer list, the same bytes from each; one
// that dies is replaced and nobody else notices.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { Crowd } from '../fixtures/crowd.ts';
import { MjpegViewer, isPicture, type Part } from '../fixtures/mjpeg-viewer.ts';
import { ROOT, TestServer, pause } from '../fixtures/server.ts';
import { askEach, untilAllServe, workerPids, type ListedViewer } from '../fixtures/workers.ts';
import { startRtspCamera, type RtspCamera } from '../peers/rtsp-camera.ts';

const BIN = path.join(ROOT, 'bin', 'sightline.js');
const WORKERS = 4;

describe('four workers with one RTSP camera', () => {
  let camera: RtspCamera;
  let server: TestServer;

  before(async () => {
    camera = await startRtspCamera({ size: '320x180', fps: 10 });
    server = await TestServer.start([`door=${camera.url}`, '--workers', String(WORKERS)]);
  });

  after(async () => {
    await server.stop();
    await camera.close();
  });

  it('have one session with the camera for 40 viewers, and each worker knows all of them', async () => {
    const crowd = new Crowd({ url: `${server.url}/cameras/door/stream.mjpeg`, count: 40, reads: true });
    await crowd.watching(40);
    await server.until('door', ({ viewers, sessions }) => viewers === 40 && sessions === 1);
    const lists = await askEach<{ viewers: ListedViewer[] }>(server, WORKERS, '/api/cameras/door/viewers');
    const ids = lists.map(({ viewers }) => viewers.map(({ id }) => id).toSorted());
    for (const list of ids) assert.deepEqual(list, ids[0]);
    assert.equal(ids[0]!.length, 40);
    const servedBy = new Set(ids[0]!.map((id) => Number(id.split('-')[0])));
    assert.deepEqual([...servedBy].toSorted(), (await workerPids(server)).toSorted());
    await crowd.close();
    await server.until('door', ({ viewers }) => viewers === 0);
  });

  it('give the same bytes for the same picture, head and body', async () => {
    const viewers = Array.from({ length: WORKERS }, () => new MjpegViewer(`${server.url}/camera`));
    const seen = viewers.map(() => new Map<string, Part>());
    const shared = async (): Promise<string[]> => {
      await Promise.all(
        viewers.map(async (viewer, index) => {
          const part = await viewer.next(isPicture);
          seen[index]!.set(part.headers['x-sequence']!, part);
        }),
      );
      return [...seen[0]!.keys()].filter((sequence) => seen.every((parts) => parts.has(sequence)));
    };
    while ((await shared()).length < 10);
    for (const sequence of await shared()) {
      const [first, ...others] = seen.map((parts) => parts.get(sequence)!);
      for (const other of others) {
        assert.deepEqual(other.headers, first!.headers);
        assert.ok(other.body.equals(first!.body), `picture ${sequence} differs`);
      }
    }
    for (const viewer of viewers) viewer.close();
  });

  it('know a login that one of them took, and forget it as one', async () => {
    const login = await fetch(`${server.url}/api/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ key: server.key }),
    });
    assert.equal(login.ok, true, await login.text());
    const cookie = login.headers.getSetCookie()[0]!.split(';')[0]!;
    const change = async (): Promise<number> => {
      const headers = { cookie, connection: 'close', 'content-type': 'application/json' };
      const answer = await fetch(`${server.url}/api/cameras`, { method: 'POST', headers, body: '{}' });
      return answer.status;
    };
    // An empty body is wrong; who may not change anything does not get so far.
    for (let asked = 0; asked < 3 * WORKERS; asked++) assert.equal(await change(), 400);
    await fetch(`${server.url}/api/logout`, { method: 'POST', headers: { cookie, connection: 'close' } });
    for (let asked = 0; asked < 3 * WORKERS; asked++) assert.equal(await change(), 401);
  });

  it('viewers of the others notice nothing of a death, and its own leave the list at once', async () => {
    const viewers = Array.from({ length: 2 * WORKERS }, () => new MjpegViewer(`${server.url}/camera`));
    await Promise.all(viewers.map((viewer) => viewer.next(isPicture)));
    const listed = await server.json<{ viewers: ListedViewer[] }>('/api/cameras/door/viewers');
    const [pid] = (await workerPids(server)).filter((each) =>
      listed.viewers.some(({ id }) => id.startsWith(`${each}-`)),
    );
    const others = listed.viewers.filter(({ id }) => !id.startsWith(`${pid}-`)).map(({ id }) => id);
    process.kill(pid!, 'SIGKILL');
    const ended = listed.viewers.length - others.length;
    while (viewers.filter((viewer) => viewer.ended).length < ended) await pause(10);
    const survivors = viewers.filter((viewer) => !viewer.ended);
    assert.equal(survivors.length, others.length);
    await Promise.all(survivors.map((viewer) => viewer.next(isPicture)));
    await server.until('door', (status) => status.viewers === others.length);
    await untilAllServe(server, WORKERS, [pid!]);
    for (const survivor of survivors) {
      const numbers = survivor.parts.filter(isPicture).map((part) => Number(part.headers['x-sequence']));
      for (const [index, number] of numbers.entries()) assert.ok(index === 0 || number > numbers[index - 1]!);
      assert.equal(survivor.ended, false);
      survivor.close();
    }
  });

  it('SIGTERM ends every response with its last part whole and leaves nothing, the port neither', async () => {
    const viewers = Array.from({ length: 2 * WORKERS }, () => new MjpegViewer(`${server.url}/camera`));
    await Promise.all(viewers.map((viewer) => viewer.next(isPicture)));
    server.signal('SIGTERM');
    assert.deepEqual(await server.exited(), { code: 0, signal: null });
    for (const viewer of viewers) {
      if (!viewer.ended) await once(viewer, 'end');
      const { body } = viewer.parts.at(-1)!;
      assert.equal(body.readUInt16BE(body.length - 2), 0xffd9);
    }
    assert.deepEqual(await server.alive(), []);
    assert.deepEqual(await server.leftovers(), []);
    await assertFree(Number(new URL(server.url).port));
  });
});

describe('workers without their main process', () => {
  it('end within a second and release the port', async () => {
    const server = await TestServer.start(['test:', '--workers', '2']);
    const viewer = new MjpegViewer(`${server.url}/camera`);
    await viewer.next(isPicture);
    server.signal('SIGKILL');
    await server.exited();
    const deadline = performance.now() + 1500;
    while ((await server.alive()).length > 0) assert.ok(performance.now() < deadline, 'workers are still there');
    assert.deepEqual(await server.leftovers(), []);
    await assertFree(Number(new URL(server.url).port));
    await server.stop();
  });
});

describe('workers that cannot listen', () => {
  it('are one clear line, as one process would say it', async () => {
    const blocker = net.createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as net.AddressInfo;
    const child = spawn(process.execPath, [BIN, 'test:', '--workers', '2', '--port', String(port)]);
    const [error, [code]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[number]>]);
    assert.equal(code, 1);
    assert.match(error, new RegExp(`sightline: .*${port}.*in use`));
    assert.doesNotMatch(error, /\n {4}at |died/);
    blocker.close();
  });
});

async function assertFree(port: number): Promise<void> {
  const listener = net.createServer().listen(port, '127.0.0.1');
  await once(listener, 'listening');
  listener.close();
}
