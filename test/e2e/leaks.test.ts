// Connections of every kind, five hundred of each, good and broken off: nothing of them stays in the server.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, describe, it } from 'node:test';
import { MjpegViewer, isPicture } from '../fixtures/mjpeg-viewer.ts';
import { SMALL_HEAP, openFiles, residentMb } from '../fixtures/process-facts.ts';
import { handshake } from '../fixtures/raw-web-socket.ts';
import { TestServer, pause } from '../fixtures/server.ts';

const EACH = 500;
const WARM_UP = 300;
const AT_ONCE = 20;
const GROWTH_MB = 20;
const CLOSING = { connection: 'close' };
const ROLES = ['main', 'ingest', 'codec'] as const;
const CAMERA = 'test:?width=320&height=180&fps=15';
/** The grace period of 10 s, and what a busy machine adds. */
const CLOSED_MS = 14_000;

type Visit = (server: TestServer) => Promise<void>;

/** A connection that sends some bytes and stays until it has got `enough`, or is closed by the server. */
async function talk(server: TestServer, bytes: string, enough: (text: string) => boolean): Promise<string> {
  const socket = net.connect(Number(new URL(server.url).port), '127.0.0.1');
  const errors: Error[] = [];
  let text = '';
  socket.on('error', (error) => errors.push(error));
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    if (enough(text)) socket.destroy();
  });
  const closed = once(socket, 'close');
  await Promise.race([once(socket, 'connect'), closed]);
  if (bytes !== '') socket.write(bytes);
  if (enough(text)) socket.destroy();
  await closed;
  return text;
}

/** A connection that goes as soon as it has sent its bytes. */
async function leave(server: TestServer, bytes: string, reset: boolean): Promise<void> {
  const socket = net.connect(Number(new URL(server.url).port), '127.0.0.1');
  await once(socket, 'connect');
  if (bytes !== '') await new Promise((sent) => socket.write(bytes, sent));
  if (reset) socket.resetAndDestroy();
  else socket.destroy();
}

const never = (): boolean => false;
const get = (path: string, headers = ''): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`;
const FRAMES = get('/cameras/card/frames', handshake());

const KINDS: Readonly<Record<string, Visit>> = {
  async 'MJPEG viewers'(server) {
    const text = await talk(server, get('/camera'), (got) => got.split('--frame').length > 2);
    assert.match(text, /^HTTP\/1\.1 200/);
  },
  async 'MJPEG viewers that go before the answer'(server) {
    await leave(server, get('/cameras/card/stream.mjpeg'), false);
  },
  async 'MJPEG viewers that are cut off'(server) {
    await leave(server, get('/camera'), true);
  },
  async 'programs that take frames'(server) {
    const text = await talk(server, FRAMES, (got) => got.includes('"type":"frame"'));
    assert.match(text, /^HTTP\/1\.1 101/);
  },
  async 'programs that say garbage'(server) {
    const text = await talk(server, `${FRAMES}GARBAGE, AND THEN NOTHING`, never);
    assert.match(text, /^HTTP\/1\.1 101/);
  },
  async 'programs that are cut off before their first frame'(server) {
    await leave(server, FRAMES, true);
  },
  async snapshots(server) {
    const answer = await fetch(`${server.url}/cameras/card/snapshot.jpg`, { headers: CLOSING });
    assert.equal(answer.status, 200);
    await answer.arrayBuffer();
  },
  async 'questions to the API'(server) {
    const answer = await fetch(`${server.url}/api/cameras/card/viewers`, { headers: CLOSING });
    assert.equal(answer.status, 200);
    await answer.arrayBuffer();
  },
  async 'HEAD requests'(server) {
    const answer = await fetch(`${server.url}/camera`, { method: 'HEAD', headers: CLOSING });
    assert.equal(answer.status, 200);
  },
  async 'requests of garbage'(server) {
    const text = await talk(server, '\u0000\u0016\u0003GARBAGE\r\n\r\n', never);
    assert.match(text, /^HTTP\/1\.1 400/);
  },
  async 'half requests'(server) {
    await leave(server, 'GET /camera HTTP/1.1\r\nHos', true);
  },
  async 'connections that say nothing'(server) {
    await leave(server, '', false);
  },
};

async function crowd(visit: Visit, server: TestServer, count: number): Promise<void> {
  let left = count;
  const visitor = async (): Promise<void> => {
    while (left-- > 0) await visit(server);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, visitor));
}

describe(`${EACH} of each kind of connection`, () => {
  let server: TestServer;
  let keeper: MjpegViewer;
  let watched: Record<string, number>;
  let idle: Record<string, number>;
  let memory: number;

  const openNow = async (): Promise<Record<string, number>> => {
    const processes = await server.processes();
    const counts = ROLES.map(async (role) => {
      const found = processes.find((facts) => facts.role === role);
      return [role, found === undefined ? 0 : await openFiles(found.pid)] as const;
    });
    return Object.fromEntries(await Promise.all(counts));
  };

  /** Waits until the server has as many open files as before; says what it has when that never comes. */
  async function settles(expected: Record<string, number>): Promise<void> {
    const deadline = performance.now() + 5000;
    let now = await openNow();
    while (JSON.stringify(now) !== JSON.stringify(expected) && performance.now() < deadline) {
      await pause(100);
      now = await openNow();
    }
    assert.deepEqual(now, expected);
  }

  /** Goes through a camera's whole life, from opened to closed. */
  async function watchAndLeave(): Promise<void> {
    const viewer = new MjpegViewer(`${server.url}/camera`);
    await viewer.next(isPicture);
    viewer.close();
    await server.until('card', ({ state, sessions }) => state === 'idle' && sessions === 0, CLOSED_MS);
  }

  before(async () => {
    server = await TestServer.start([`card=${CAMERA}`], SMALL_HEAP);
    await watchAndLeave();
    await crowd(KINDS['questions to the API']!, server, 1);
    idle = await openNow();
    keeper = new MjpegViewer(`${server.url}/camera`);
    await keeper.next(isPicture);
    for (const visit of Object.values(KINDS)) await crowd(visit, server, WARM_UP);
    await server.until('card', ({ viewers }) => viewers === 1, 5000);
    watched = await openNow();
    memory = await residentMb(server.pid);
  });

  after(async () => {
    keeper.close();
    await server.stop();
    assert.deepEqual(await server.alive(), []);
  });

  for (const [kind, visit] of Object.entries(KINDS)) {
    it(`${kind} leave no file open and nobody on the list`, async () => {
      await crowd(visit, server, EACH);
      await server.until('card', ({ viewers }) => viewers === 1, 5000);
      const { viewers } = await server.json<{ viewers: unknown[] }>('/api/cameras/card/viewers');
      assert.equal(viewers.length, 1);
      await settles(watched);
    });
  }

  it(`make the server's memory grow by less than ${GROWTH_MB} MB, and whoever watched sees on`, async () => {
    const grown = (await residentMb(server.pid)) - memory;
    assert.ok(grown < GROWTH_MB, `${grown.toFixed(1)} MB more than after the first ${WARM_UP} of each`);
    assert.equal(keeper.ended, false);
    await keeper.next(isPicture);
    const { sessions, restarts } = await server.status('card');
    assert.deepEqual({ sessions, restarts }, { sessions: 1, restarts: 0 });
  });

  it('that never finish their request are closed by the server, and leave it as it was before the first', async () => {
    keeper.close();
    const silent = crowd((to) => talk(to, '', never).then(() => undefined), server, AT_ONCE);
    const half = crowd((to) => talk(to, 'GET /camera HTTP/1.1\r\nHos', never).then(() => undefined), server, AT_ONCE);
    await server.until('card', ({ state, sessions }) => state === 'idle' && sessions === 0, CLOSED_MS);
    await Promise.all([silent, half]);
    await settles(idle);
  });
});
