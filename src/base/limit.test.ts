import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { describe, it } from 'node:test';
import { Limit } from './limit.ts';

const BLOCKED = new Int32Array(new SharedArrayBuffer(4));
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('a limit on waiting for the network', () => {
  it('passes once, and not before its time', async () => {
    const began = performance.now();
    const passed = await new Promise<number>((resolve) => new Limit(50, () => resolve(performance.now() - began)));
    assert.ok(passed >= 49);
  });

  it('begins anew, and never passes when it is stopped, as often as one likes', async () => {
    let passed = 0;
    const limit = new Limit(60, () => passed++);
    for (let n = 0; n < 4; n++) {
      await pause(30);
      limit.refresh();
    }
    limit.stop();
    limit.stop();
    await pause(100);
    assert.equal(passed, 0);
  });

  it('is no limit on our own stalls: what came meanwhile is read first', async () => {
    const server = net.createServer((socket) => socket.end('here')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
    await once(socket, 'connect');
    const said = await new Promise<string>((resolve) => {
      const limit = new Limit(20, () => resolve('too late'));
      socket.once('data', (bytes) => {
        limit.stop();
        resolve(bytes.toString());
      });
      setImmediate(() => Atomics.wait(BLOCKED, 0, 0, 200));
    });
    socket.destroy();
    server.close();
    assert.equal(said, 'here');
  });
});
