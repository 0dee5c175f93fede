// Gateway workers that die, again and again: who watches at another notices nothing, who was served by it comes again
// and is served, and no connection is refused or lost on its way to a worker.

import assert from 'node:assert/strict';
import net from 'node:net';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { MjpegViewer, isPicture } from '../fixtures/mjpeg-viewer.ts';
import { openFiles } from '../fixtures/process-facts.ts';
import { TestServer, pause } from '../fixtures/server.ts';
import { askEach, servingPids, untilAllServe, workerPids, type ListedViewer } from '../fixtures/workers.ts';

const WORKERS = 4;
const VIEWERS = 200;
const DEATHS = 10;
/** Pictures come five times a second. */
const STALL_US = 3_000_000;

describe('four workers that die', () => {
  let server: TestServer;

  before(async () => {
    server = await TestServer.start(['cam=test:?width=320&height=180&fps=5', '--workers', String(WORKERS)]);
  });

  after(() => server.stop());

  it('one that hangs and dies leaves the connections that it had not taken to the others', async () => {
    const [hung] = await workerPids(server);
    process.kill(hung!, 'SIGSTOP');
    const asked = Array.from({ length: 2 * WORKERS }, () => healthOf(server.url));
    await Promise.all(asked.map(({ connected }) => connected));
    process.kill(hung!, 'SIGKILL');
    for (const answer of await Promise.all(asked.map(({ answer }) => answer))) assert.match(answer, /^HTTP\/1\.1 200 /);
    await untilAllServe(server, WORKERS, [hung!]);
  });

  it('all at once: the port is never refused, and who asks at that moment is answered when they are back', async () => {
    const pids = await workerPids(server);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    const asked = [healthOf(server.url)];
    const back = asked[0]!.answer.then(() => true);
    while (!(await Promise.race([back, pause(100)]))) {
      asked.push(healthOf(server.url));
      await asked.at(-1)!.connected;
    }
    for (const { answer } of asked) assert.match(await answer, /^HTTP\/1\.1 200 /);
    await untilAllServe(server, WORKERS, pids);
  });

  it('one each second under 200 viewers: the others notice nothing, who comes again is served, all stays one', async () => {
    const crowd = Array.from({ length: VIEWERS }, () => new Returning(`${server.url}/cameras/cam/stream.mjpeg`));
    await Promise.all(crowd.map((viewer) => viewer.again()));
    const filesBefore = await openFiles(server.pid);
    for (let death = 0; death < DEATHS; death++) {
      const serving = await twoServing(server);
      process.kill(serving[death % serving.length]!, 'SIGKILL');
      await pause(1000);
      const { sessions, restarts } = await server.status('cam');
      assert.deepEqual({ sessions, restarts }, { sessions: 1, restarts: 0 });
    }
    const pids = await untilAllServe(server, WORKERS);
    await Promise.all(crowd.map((viewer) => viewer.again()));
    assert.ok(crowd.some(({ connections }) => connections > 1));
    assert.deepEqual(
      crowd.flatMap(({ faults }) => faults),
      [],
    );
    await server.until('cam', ({ viewers }) => viewers === VIEWERS);
    for (const { viewers } of await askEach<{ viewers: ListedViewer[] }>(server, WORKERS, '/api/cameras/cam/viewers')) {
      assert.equal(new Set(viewers.map(({ id }) => id)).size, VIEWERS);
      for (const { id } of viewers) assert.ok(pids.includes(Number(id.split('-')[0])), id);
    }
    assert.ok((await openFiles(server.pid)) <= filesBefore, `main had ${filesBefore} open files`);
    for (const viewer of crowd) viewer.leave();
    await server.until('cam', ({ viewers }) => viewers === 0);
  });

  it('leave nothing when the server ends', async () => {
    server.signal('SIGTERM');
    assert.deepEqual(await server.exited(), { code: 0, signal: null });
    assert.deepEqual(await server.alive(), []);
    assert.deepEqual(await server.leftovers(), []);
  });
});

/** A request on a connection of its own. */
function healthOf(url: string): { readonly connected: Promise<unknown>; readonly answer: Promise<string> } {
  const { hostname, port, host } = new URL(url);
  const socket = net.connect(Number(port), hostname);
  socket.write(`GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  const answer = text(socket);
  answer.catch(() => undefined);
  return { connected: once(socket, 'connect'), answer };
}

/** Pids of those that serve, once there are two: one is to live on. */
async function twoServing(server: TestServer): Promise<number[]> {
  for (;;) {
    const pids = await servingPids(server);
    if (pids.length > 1) return pids;
    await pause(50);
  }
}

/** A viewer that comes again whenever its connection ends, as a page does, and watches for what must not be. */
class Returning {
  /** In words; empty when all was well. */
  readonly faults: string[] = [];
  connections = 0;
  readonly #url: string;
  #viewer: MjpegViewer;
  #left = false;
  #came = Promise.withResolvers<undefined>();

  constructor(url: string) {
    this.#url = url;
    this.#viewer = this.#connect();
  }

  /** Resolves when one more picture has come. */
  again(): Promise<undefined> {
    return this.#came.promise;
  }

  leave(): void {
    this.#left = true;
    this.#viewer.close();
  }

  #connect(): MjpegViewer {
    const viewer = new MjpegViewer(this.#url);
    this.connections += 1;
    let last = -1;
    let lastUs = Number.POSITIVE_INFINITY;
    viewer.socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') this.faults.push('the port was refused');
    });
    viewer.on('part', (part) => {
      viewer.parts.length = 0;
      if (part.receivedUs - lastUs > STALL_US) this.faults.push(`nothing for ${part.receivedUs - lastUs} us`);
      lastUs = part.receivedUs;
      if (!isPicture(part)) return;
      const sequence = Number(part.headers['x-sequence']);
      if (sequence <= last) this.faults.push(`picture ${sequence} after ${last}`);
      last = sequence;
      this.#came.resolve(undefined);
      this.#came = Promise.withResolvers<undefined>();
    });
    viewer.on('end', () => {
      if (!this.#left) setTimeout(() => this.#left || (this.#viewer = this.#connect()), 100);
    });
    return viewer;
  }
}
