import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { describe, it } from 'node:test';
import { PacketBudget } from './packet-budget.ts';
import { ports } from './ports.ts';
import type { FoundCamera } from './types.ts';

const ADDRESSES = ['127.83.0.1', '127.83.0.2', '127.83.0.3', '127.83.0.4'];
/** One that is looked at on every device, and that needs no privilege. */
const PORT = 8554;

/** Servers that say nothing. `most`: how many connections were open together, once all are or the first was given up. */
async function listenMute(): Promise<{ servers: Server[]; most: Promise<number> }> {
  const { promise: most, resolve } = Promise.withResolvers<number>();
  let open = 0;
  const servers = ADDRESSES.map((address) =>
    createServer((socket) => {
      socket.on('error', () => undefined).resume();
      socket.once('close', () => resolve(open));
      open += 1;
      if (open === ADDRESSES.length) resolve(open);
    }).listen(PORT, address),
  );
  await Promise.all(servers.map((server) => once(server, 'listening')));
  return { servers, most };
}

describe('the ports of a device', { timeout: 30_000 }, () => {
  it('are looked at on several of its addresses at once: a router may answer for all of a network', async () => {
    const [address = '', ...otherAddresses] = ADDRESSES;
    const device: FoundCamera = {
      ...{ id: 'mac:c0:56:e3:00:00:20', address, otherAddresses, mac: 'c0:56:e3:00:00:20', serial: null },
      ...{ endpoint: null, name: null, maker: null, model: null, ways: ['neighbours'], services: [], streams: [] },
      needsPassword: false,
    };
    const { servers, most } = await listenMute();
    const stop = new AbortController();
    const ground = { networks: [], login: null, budget: new PacketBudget(10_000), signal: stop.signal };
    const looked = ports.inspect(device, ports.subjects(device), { ...ground, seen: () => undefined });
    try {
      assert.equal(await most, ADDRESSES.length);
    } finally {
      stop.abort(new Error('seen enough'));
      await assert.rejects(looked, /seen enough/);
      for (const server of servers) server.close();
    }
  });
});
