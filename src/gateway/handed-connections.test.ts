// A gateway that does not listen itself: another server accepts and hands each connection in, as main does for workers.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { RawClient, withGateway, type Running } from '../../test/fixtures/gateway.ts';
import { makeJpeg } from '../../test/fixtures/fake-media.ts';

/** Runs `body` with a gateway to which every connection of `port` is handed. */
async function withDoor(
  body: (running: Running, port: number, handedIn: net.Socket[]) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'handed-'));
  const door = net.createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(door, 'listening');
  const { port } = door.address() as net.AddressInfo;
  try {
    const handed = { address: '127.0.0.1', socket: join(folder, 'own.sock') };
    await withGateway({ handed, server: { port } }, async (running) => {
      const handedIn: net.Socket[] = [];
      door.on('connection', (socket) => {
        handedIn.push(socket);
        running.gateway.adopt(socket);
        socket.resume();
      });
      await body(running, port, handedIn);
    });
    assert.deepEqual(readdirSync(folder), []);
  } finally {
    door.close();
    rmSync(folder, { recursive: true });
  }
}

describe('a connection that was handed in', () => {
  test('is answered, and its viewer is listed with the address from which it came', async () => {
    await withDoor(async ({ gateway, media }, port) => {
      assert.deepEqual(gateway.address, { host: '127.0.0.1', port });
      assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
      const viewer = RawClient.get(port, '/camera');
      await media.next('jpegs');
      media.picture(makeJpeg(1));
      await viewer.until('X-Sequence: 1');
      const response = await fetch(`http://127.0.0.1:${port}/api/cameras/door/viewers`);
      const { viewers } = (await response.json()) as { viewers: { address: string }[] };
      assert.deepEqual(
        viewers.map(({ address }) => address),
        ['127.0.0.1'],
      );
      viewer.socket.destroy();
    });
  });

  test('ends with its last part whole when the gateway stops, which waits for it', async () => {
    await withDoor(async ({ gateway, media }, port, handedIn) => {
      const viewer = RawClient.get(port, '/camera');
      await media.next('jpegs');
      media.picture(makeJpeg(1));
      await viewer.until('X-Sequence: 1');
      await gateway.stop({ graceMs: 500 });
      assert.ok(handedIn.every(({ destroyed }) => destroyed));
      await viewer.closed();
      assert.equal(viewer.parts.length, 1);
    });
  });

  test('is cut after the grace period when it is busy with nothing', async () => {
    await withDoor(async ({ gateway }, port) => {
      const silent = net.connect(port, '127.0.0.1').resume();
      const half = net.connect(port, '127.0.0.1').resume();
      half.on('error', () => half.destroy());
      half.write('GET / HTTP/1.1\r\n');
      const closed = [once(silent, 'close'), once(half, 'close')];
      await fetch(`http://127.0.0.1:${port}/healthz`);
      await gateway.stop({ graceMs: 50 });
      await Promise.all(closed);
    });
  });
});
