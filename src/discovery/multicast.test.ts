import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { mdns } from './mdns.ts';
import { openMulticast } from './multicast.ts';
import { PacketBudget } from './packet-budget.ts';
import type { Ground, LocalNetwork } from './types.ts';
import { wsDiscovery } from './ws-discovery.ts';

/** On loopback nothing leaves this machine. */
const LOOPBACK: LocalNetwork = {
  interface: 'lo',
  address: '127.0.0.1',
  cidr: '127.0.0.0/8',
  partOf: null,
  attached: true,
};

function groundOf(networks: readonly LocalNetwork[], signal: AbortSignal): Ground {
  return { networks, login: null, budget: new PacketBudget(), signal, seen: () => undefined };
}

describe('asking everybody at once', { timeout: 30_000 }, () => {
  for (const looker of [wsDiscovery, mdns]) {
    it(`(${looker.way}) ends at once when it is cancelled, and leaves no socket open`, async () => {
      const over = new AbortController();
      const reason = new Error('stopped');
      const looking = looker.look(groundOf([LOOPBACK], over.signal));
      setTimeout(() => over.abort(reason), 100);
      const from = performance.now();
      await assert.rejects(looking, (error) => error === reason);
      assert.ok(performance.now() - from < 1000);
      // Handles are let go of within a few turns of the loop.
      for (let turns = 0; turns < 4; turns++) await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(
        process.getActiveResourcesInfo().filter((name) => name.startsWith('UDP')),
        [],
      );
    });

    it(`(${looker.way}) has nothing to say of a network that is gone, or behind a router`, async () => {
      const gone = { ...LOOPBACK, address: '192.0.2.77', cidr: '192.0.2.0/24' };
      const routed = { ...LOOPBACK, attached: false };
      const granted = groundOf([gone, routed], new AbortController().signal);
      const from = performance.now();
      await looker.look(granted);
      assert.equal(granted.budget.granted, 0);
      assert.ok(performance.now() - from < 1000);
    });
  }

  it('hears only so much from one host, nothing that is too long, and nothing from itself', async () => {
    const heard: string[] = [];
    const network = { ...LOOPBACK, address: '127.0.0.1' };
    const group = '224.0.0.251';
    const onDatagram = (bytes: Buffer, from: string): void => void heard.push(`${bytes.length} of ${from}`);
    const stranger = createSocket('udp4');
    stranger.bind(0, '127.0.0.9');
    await once(stranger, 'listening');
    // The group is ourselves: what is sent tells the stranger our port.
    const to = { network, group: '127.0.0.9', port: stranger.address().port, maxBytes: 100, onDatagram };
    {
      await using socket = await openMulticast(to);
      assert.ok(socket !== null);
      const asked = once(stranger, 'message');
      await socket.send(Buffer.from('hello'));
      const [, { port }] = (await asked) as [Buffer, { port: number }];
      const own = createSocket('udp4');
      own.bind(0, '127.0.0.1');
      await once(own, 'listening');
      await send(own, 50, port);
      await send(stranger, 101, port);
      for (let count = 0; count < 100; count++) await send(stranger, 50, port);
      while (heard.length < 64) await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setTimeout(resolve, 50));
      own.close();
    }
    stranger.close();
    assert.deepEqual([...new Set(heard)], ['50 of 127.0.0.9']);
    assert.equal(heard.length, 64);
    assert.equal(await openMulticast({ ...to, group, network: { ...network, address: '192.0.2.77' } }), null);
  });
});

function send(socket: ReturnType<typeof createSocket>, length: number, port: number): Promise<void> {
  return new Promise((resolve) => {
    socket.send(Buffer.alloc(length), port, '127.0.0.1', () => resolve());
  });
}
