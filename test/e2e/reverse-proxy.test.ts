// The server behind nginx, set up as docs/operations.md says, below a path.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { launchChromium, openPage } from '../fixtures/chromium.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { TestServer } from '../fixtures/server.ts';
import { Nginx } from '../peers/nginx.ts';

const CONFIG = `
server:
  basePath: /sightline
  token: a-token-of-the-test
cameras:
  door:
    source: 'test:'
`;
const BEARER = { authorization: 'Bearer a-token-of-the-test' };

describe('behind nginx below a path', () => {
  let server: TestServer;
  let nginx: Nginx;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  before(async () => {
    folder = await temporaryFolder();
    const file = path.join(folder.path, 'sightline.yaml');
    await writeFile(file, CONFIG);
    server = await TestServer.start(['--config', file]);
    nginx = await Nginx.start(server.url);
  });

  after(async () => {
    await nginx[Symbol.asyncDispose]();
    await server.stop();
    await folder.remove();
  });

  test('nobody is local: without a credential nothing is shown', async () => {
    for (const address of ['/api/cameras', '/cameras/door/snapshot.jpg', '/metrics', '/openapi.json']) {
      assert.equal((await fetch(`${nginx.url}/sightline${address}`)).status, 401, address);
    }
    assert.equal((await fetch(`${nginx.url}/sightline/healthz`)).status, 200);
  });

  test('pictures come through one by one, not in heaps', async () => {
    const response = await fetch(`${nginx.url}/sightline/cameras/door/stream.mjpeg`, { headers: BEARER });
    const ages: number[] = [];
    let head = '';
    for await (const chunk of response.body!) {
      // Pictures hold no such line; one that is cut between two chunks is whole with the next.
      head = head.slice(-64) + Buffer.from(chunk as Uint8Array).toString('latin1');
      for (const [, seconds] of head.matchAll(/X-Timestamp: (\d+\.\d+)\r\n/g))
        ages.push(Date.now() - Number(seconds) * 1000);
      head = head.slice(head.lastIndexOf('X-Timestamp: ') + 'X-Timestamp: '.length);
      if (ages.length >= 20) break;
    }
    ages.sort((a, b) => a - b);
    assert.ok(ages[10]! < 500, `half of the pictures are older than ${ages[10]!.toFixed(0)} ms`);
  });

  test('a WebSocket of tiles gets through', async () => {
    const address = `${nginx.url.replace('http', 'ws')}/sightline/tiles?token=a-token-of-the-test`;
    const socket = new WebSocket(address);
    socket.binaryType = 'arraybuffer';
    const picture = Promise.withResolvers<number>();
    socket.onopen = () => socket.send(JSON.stringify({ type: 'show', tile: 1, camera: 'door', width: 320, fps: 10 }));
    socket.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer) picture.resolve(data.byteLength);
    };
    socket.onerror = () => picture.reject(new Error('the WebSocket failed'));
    assert.ok((await picture.promise) > 1000);
    socket.close();
  });

  test('the page finds everything below the path', async () => {
    const browser = await launchChromium();
    try {
      const { page, faults, hosts } = await openPage(browser);
      await page.setExtraHTTPHeaders(BEARER);
      await page.goto(`${nginx.url}/sightline/`);
      await page.getByText('door').first().waitFor();
      assert.deepEqual([...hosts], [new URL(nginx.url).host]);
      assert.deepEqual(faults, []);
    } finally {
      await browser.close();
    }
  });
});
