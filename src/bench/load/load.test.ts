// Both load processes against real servers: our own gateway, and one that refuses.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { TestServer } from '../../../test/fixtures/server.ts';
import { wallUs } from '../../base/clock.ts';
import type { CameraUnderTest } from '../types.ts';
import { Load } from './load.ts';

const LIMIT = { timeout: 60_000 };
/** The test card of a server on this machine: its strip tells wall time. */
const CAMERA: CameraUnderTest = {
  ...{ source: 'test:', display: 'test:', endpoint: null, kind: 'given', codec: 'mjpeg', width: 320, height: 180 },
  ...{ fps: 15, loopFrames: null, stop: () => Promise.resolve() },
  capturedAtUs: ({ timeUs }) => timeUs - wallUs(0),
};

describe('the load client', LIMIT, () => {
  const cleanup = new AsyncDisposableStack();
  let server: TestServer;
  let load: Load;

  before(async () => {
    server = cleanup.use(await TestServer.start(['card=test:?codec=mjpeg&width=320&height=180&fps=15']));
    load = await Load.start();
    cleanup.defer(() => load.close());
  });

  after(async () => {
    await cleanup.disposeAsync();
    assert.deepEqual(await server.alive(), []);
  });

  it('counts what many viewers get, and reads frames and delay from the pixels of one', async () => {
    await load.open({ url: `${server.url}/camera`, viewers: 50 });
    const seen = await load.window(1500);
    assert.deepEqual([seen.viewers, seen.served, seen.broken, seen.refused.length], [50, 50, 0, 0]);
    assert.ok(seen.leastFps > 8 && seen.medianFps < 20, `${seen.leastFps} to ${seen.medianFps}`);
    assert.equal(seen.cold.pictureMs?.count, 1);
    assert.equal(seen.hot.pictureMs?.count, 49);
    assert.ok(seen.hot.headersMs!.p50 <= seen.hot.pictureMs.p50);
    assert.ok(seen.clientCores > 0);
    const probe = await load.probe(CAMERA);
    assert.ok(probe!.pictures > 10);
    assert.deepEqual([probe!.unread, probe!.repeated, probe!.reordered], [0, 0, 0]);
    assert.ok(probe!.delayMs!.p50 > 0 && probe!.delayMs!.p50 < 1000, JSON.stringify(probe!.delayMs));
    await load.leave();
    await server.until('card', ({ viewers }) => viewers === 0);
  });

  it('with one viewer sees by short visits how long a second one waits', async () => {
    await load.open({ url: `${server.url}/camera`, viewers: 1 });
    const seen = await load.window(500);
    assert.deepEqual([seen.served, seen.hot.pictureMs?.count, seen.cold.pictureMs?.count], [1, 5, 1]);
    await load.leave();
  });

  it('tells the problem of a server that refuses, and waits for none that says nothing', async () => {
    const refusing = createServer((request, response) => {
      if (request.url === '/silent') return;
      response.writeHead(400, { 'Content-Type': 'application/problem+json' });
      response.end(JSON.stringify({ code: 'camera-busy', detail: 'no more', hint: 'wait' }));
    }).listen(0, '127.0.0.1');
    await once(refusing, 'listening');
    const origin = `http://127.0.0.1:${(refusing.address() as AddressInfo).port}`;
    await load.open({ url: `${origin}/camera`, viewers: 3 });
    const { served, refused, leastFps } = await load.window(100);
    assert.deepEqual([served, leastFps], [0, 0]);
    assert.deepEqual(refused, [
      { status: 400, problem: { code: 'camera-busy', text: 'no more', hint: 'wait' }, count: 3 },
    ]);
    assert.equal(await load.probe(CAMERA), null);
    await load.leave();
    refusing.closeAllConnections();
    refusing.close();
    await once(refusing, 'close');
  });
});
