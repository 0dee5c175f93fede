import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { PacketBudget } from './packet-budget.ts';
import { createPaths } from './paths.ts';
import type { FoundCamera } from './types.ts';

describe('the paths of a device', { timeout: 30_000 }, () => {
  it('are tried whatever it calls its maker, be it a word that JavaScript gives a meaning', async () => {
    let asked = 0;
    await using server = createServer((socket) => {
      asked += 1;
      socket.on('error', () => undefined).end('HTTP/1.1 400 Bad\r\n\r\n');
      socket.resume();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { signal } = new AbortController();
    const ground = { networks: [], login: null, budget: new PacketBudget(10_000), signal, seen: () => undefined };
    for (const maker of ['constructor', '__proto__', 'toString']) {
      const device: FoundCamera = {
        ...{ id: 'address:127.0.0.1', address: '127.0.0.1', otherAddresses: [], mac: null, serial: null },
        ...{ endpoint: null, name: null, maker, model: null, ways: ['onvif'], streams: [], needsPassword: false },
        services: [{ kind: 'rtsp', port, url: `rtsp://127.0.0.1:${port}/` }],
      };
      const paths = createPaths();
      await paths.inspect(device, paths.subjects(device), ground);
    }
    assert.equal(asked, 3);
  });
});
