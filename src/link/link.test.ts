import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { SightlineError } from '../base/errors.ts';
import { LinkClient } from './client.ts';
import { ControlLane } from './control-lane.ts';
import { memoryPair } from './memory.ts';
import { LinkServer } from './server.ts';
import type { ConsumerMethods, ConsumerReports } from '../../test/fixtures/link-consumer.ts';
import {
  Collector,
  JpegFeed,
  jpegHub,
  JPEGS,
  ListFeed,
  makeJpeg,
  makePacket,
  PACKETS,
  TRACK,
} from '../../test/fixtures/link-feeds.ts';
import type { Feed, FeedMessage, Provide } from './types.ts';
import { BODY_ROOM, BODY_TAIL } from './wire.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'sightline-link-'));
after(() => rmSync(folder, { recursive: true }));
let sockets = 0;
const token = 'the token';

function listen(provide: Provide): Promise<LinkServer> {
  return LinkServer.listen({ path: path.join(folder, `${++sockets}.sock`), token, provide });
}

async function overSocket(provide: Provide): Promise<{ server: LinkServer; client: LinkClient }> {
  const server = await listen(provide);
  return { server, client: await LinkClient.dial({ endpoint: server.endpoint, role: 'test' }) };
}

async function overMemory(provide: Provide): Promise<{ server: LinkServer; client: LinkClient }> {
  const server = LinkServer.unbound({ path: '', token, provide });
  const [near, far] = memoryPair();
  server.attach(near);
  return { server, client: await LinkClient.over(far, { token, role: 'test' }) };
}

function start(file: string, argv: readonly string[]): ChildProcess {
  return fork(fileURLToPath(new URL(file, import.meta.url)), argv);
}

function openHandles(): number {
  return process.getActiveResourcesInfo().filter((name) => /Pipe|Timeout|Immediate/.test(name)).length;
}

const TRACE: readonly FeedMessage[] = [
  { kind: 'state', state: { state: 'opening', sinceUs: 12, reason: null } },
  {
    kind: 'tracks',
    epoch: 4,
    tracks: [TRACK, { ...TRACK, id: 1, kind: 'audio', codec: 'aac', config: null }],
    liveSequence: 3,
  },
  ...Array.from({ length: 60 }, (_, n): FeedMessage => ({ kind: 'packet', packet: makePacket(n, 4) })),
  { kind: 'gap', dropped: 1234567890123 },
  { kind: 'jpeg', jpeg: makeJpeg(9, 300_000) },
  { kind: 'jpeg', jpeg: { ...makeJpeg(10, 300_000), pixels: 'gray' } },
  { kind: 'jpeg', jpeg: { ...makeJpeg(11, 300_000), pixels: 'yuv420p' } },
  { kind: 'end', problem: new SightlineError('camera-stalled', 'It is silent.').toProblem() },
];

describe('Link', () => {
  for (const [name, connect] of [['socket', overSocket] as const, ['memory', overMemory] as const]) {
    it(`gives over ${name} the same messages that the producer gave, each body in a buffer of its own`, async () => {
      const feed = new ListFeed(TRACE);
      const { server, client } = await connect(() => feed);
      const collector = new Collector(client, PACKETS);
      await collector.end();
      assert.deepEqual(collector.messages, TRACE);
      assert.equal(feed.closed, 1);
      for (const message of collector.messages) {
        const body =
          message.kind === 'jpeg' ? message.jpeg.bytes : message.kind === 'packet' ? message.packet.data : null;
        if (body === null) continue;
        assert.equal(body.byteOffset, BODY_ROOM);
        assert.equal(body.buffer.byteLength, BODY_ROOM + body.length + BODY_TAIL);
      }
      client.close();
      await server.close();
    });

    it(`hands a picture over ${name} to a free connection inside the fan-out`, async () => {
      const hub = jpegHub();
      const { server, client } = await connect(() => new JpegFeed(hub));
      const collector = new Collector(client, JPEGS);
      while (hub.readerCount === 0) await new Promise(setImmediate);
      const jpeg = makeJpeg(1, 41_000);
      hub.publish(jpeg);
      assert.deepEqual(await collector.until(({ kind }) => kind === 'jpeg'), { kind: 'jpeg', jpeg });
      client.close();
      await server.close();
      await hub.close();
    });
  }

  it('bounds what waits for a consumer blocked for 2 s; afterwards control answers at once and the newest is next', async (t) => {
    const hub = jpegHub();
    let taken = 0;
    class WatchedFeed extends JpegFeed {
      override take(): FeedMessage | undefined {
        const message = super.take();
        if (message?.kind === 'jpeg') taken += message.jpeg.bytes.length;
        return message;
      }
    }
    const server = await listen(() => new WatchedFeed(hub));
    const child = start('../../test/fixtures/link-consumer.ts', [server.endpoint.path, token]);
    t.after(() => child.kill('SIGKILL'));
    const blocked = Promise.withResolvers<null>();
    const unblocked = Promise.withResolvers<null>();
    const lane = new ControlLane<ConsumerMethods, ConsumerReports>(child, {
      blocking: () => (blocked.resolve(null), null),
      unblocked: () => (unblocked.resolve(null), null),
    });
    await lane.ask('newest', null);
    while (hub.readerCount === 0) await new Promise(setImmediate);
    await lane.ask('block', { ms: 2000 });
    await blocked.promise;
    let sequence = 0;
    const bytes = 20_000;
    const camera = setInterval(() => {
      for (let n = 0; n < 4; n++) hub.publish(makeJpeg(++sequence, bytes));
    }, 5);
    await unblocked.promise;
    clearInterval(camera);
    const published = sequence;
    assert.ok(published > 100, `the camera sent ${published} pictures meanwhile`);
    assert.ok(taken < 512 * 1024, `${taken} bytes queued in the producer's socket and the kernel`);
    const askedAt = performance.now();
    const queued = taken / bytes;
    let newest = await lane.ask('newest', null);
    assert.ok(performance.now() - askedAt < 500, 'control answers at once');
    while (newest.sequence < published) newest = await lane.ask('newest', null);
    assert.ok(
      newest.received <= queued + 1,
      `what had queued (${queued}) and then the newest: ${newest.received} pictures`,
    );
    lane.end();
    await server.close();
    await once(child, 'exit');
    await hub.close();
  });

  it('starves none of 64 subscriptions on one connection, and refuses at once beside them', async () => {
    class EagerFeed implements Feed {
      onReady: (() => void) | null = null;
      sent = 0;
      take(): FeedMessage {
        return { kind: 'jpeg', jpeg: makeJpeg(++this.sent, 30_000) };
      }
      close(): void {
        this.onReady = null;
      }
    }
    const feeds: EagerFeed[] = [];
    const { server, client } = await overSocket((request) => {
      if (request.kind === 'slate') throw new SightlineError('not-found', 'No slates here.');
      feeds.push(new EagerFeed());
      return feeds.at(-1)!;
    });
    const counts = Array<number>(64).fill(0);
    let atAllBegun: number[] | null = null;
    const enough = Promise.withResolvers<null>();
    const count = (n: number): void => {
      counts[n]!++;
      if (atAllBegun === null && counts.every((one) => one > 0)) atAllBegun = [...counts];
      if (atAllBegun !== null && counts[0]! - atAllBegun[0]! >= 30) enough.resolve(null);
    };
    for (let n = 0; n < 64; n++) client.subscribe(JPEGS, { jpeg: () => count(n), end: () => undefined });
    const refused = new Collector(client, { kind: 'slate', width: 1, height: 1, lines: [] });
    assert.equal((await refused.end())?.code, 'not-found');
    await enough.promise;
    const begun = atAllBegun as unknown as number[];
    const gained = counts.map((one, n) => one - begun[n]!);
    assert.ok(Math.min(...gained) >= 20 && Math.max(...gained) <= 40, `gained ${gained.join(' ')}`);
    client.close();
    await server.close();
  });

  it('ends subscriptions with link-closed when the producer is killed in mid-message', async (t) => {
    const socket = path.join(folder, 'killed.sock');
    const child = start('../../test/fixtures/link-producer.ts', [socket, token, '7']);
    t.after(() => child.kill('SIGKILL'));
    await once(child, 'message');
    const client = await LinkClient.dial({ endpoint: { path: socket, token }, role: 'test' });
    const told = Promise.withResolvers<string | undefined>();
    client.onClose = (problem) => told.resolve(problem?.code);
    const collector = new Collector(client, PACKETS);
    await collector.until((message) => message.kind === 'packet' && message.packet.sequence === 50);
    child.kill('SIGKILL');
    assert.equal((await collector.end())?.code, 'link-closed');
    assert.equal(collector.kinds().indexOf('end'), collector.messages.length - 1);
    assert.equal(await told.promise, 'link-closed');
    assert.ok(client.closed);
    const late = new Collector(client, PACKETS);
    assert.equal((await late.end())?.code, 'link-closed');
    const again = await listenAt(socket);
    await again.close();
    assert.ok(!existsSync(socket), 'the next producer took over the stale socket and removed it');
  });

  it('discards packets of an old epoch', async () => {
    const tracks = (epoch: number): FeedMessage => ({ kind: 'tracks', epoch, tracks: [TRACK], liveSequence: 0 });
    const packet = (n: number, epoch: number): FeedMessage => ({ kind: 'packet', packet: makePacket(n, epoch) });
    const feed = new ListFeed([
      tracks(1),
      packet(10, 1),
      tracks(2),
      packet(11, 1),
      packet(20, 2),
      { kind: 'end', problem: null },
    ]);
    const { server, client } = await overMemory(() => feed);
    const collector = new Collector(client, PACKETS);
    assert.equal(await collector.end(), null);
    const sequences = collector.messages.map((message) =>
      message.kind === 'packet' ? message.packet.sequence : message.kind,
    );
    assert.deepEqual(sequences, ['tracks', 10, 'tracks', 20, 'end']);
    client.close();
    await server.close();
  });

  it('closes the feed when the consumer leaves, and tells it nothing more', async () => {
    const feed = new ListFeed([]);
    const { server, client } = await overMemory(() => feed);
    const collector = new Collector(client, PACKETS);
    await new Promise(setImmediate);
    collector.subscription.close();
    collector.subscription.close();
    while (feed.closed === 0) await new Promise(setImmediate);
    feed.add({ kind: 'end', problem: null });
    await new Promise(setImmediate);
    assert.deepEqual(collector.messages, []);
    assert.equal(feed.closed, 1);
    client.close();
    await server.close();
    assert.equal(feed.closed, 1);
  });

  it('refuses a wrong token, another version, and an endpoint where nobody listens', async () => {
    const server = await listen(() => new ListFeed([]));
    const dial = (at: string, say: string): Promise<LinkClient> =>
      LinkClient.dial({ endpoint: { path: at, token: say }, role: 'stranger' });
    await assert.rejects(dial(server.endpoint.path, 'a guess'), { code: 'link-closed', message: /wrong token/ });
    await assert.rejects(dial(path.join(folder, 'nobody.sock'), token), { code: 'link-closed' });
    await server.close();
    assert.ok(!existsSync(server.endpoint.path));
  });

  it('leaves nothing when dialling is given up', async () => {
    const silent = net.createServer().listen(path.join(folder, 'silent.sock'));
    await once(silent, 'listening');
    const abort = new AbortController();
    const dialled = LinkClient.dial({
      endpoint: { path: path.join(folder, 'silent.sock'), token },
      role: 'test',
      signal: abort.signal,
    });
    const [accepted] = (await once(silent, 'connection')) as [net.Socket];
    accepted.resume();
    abort.abort();
    await assert.rejects(dialled, { code: 'link-closed' });
    await once(accepted, 'close');
    await assert.rejects(LinkClient.dial({ endpoint: { path: 'x', token }, role: 'test', signal: abort.signal }));
    silent.close();
  });

  it('survives garbage from consumers: each gets its connection closed, the others go on', async () => {
    const feed = new ListFeed([]);
    const { server, client } = await overSocket(() => feed);
    const collector = new Collector(client, PACKETS);
    const flood = Buffer.alloc(200, 0x4c);
    flood.writeUInt16LE(0x4c53, 0);
    flood[2] = 1;
    flood.writeUInt32LE(0xffffffff, 8);
    for (const bytes of [Buffer.from('GET / HTTP/1.1\r\n\r\n'.repeat(9)), Buffer.alloc(100_000), flood]) {
      const socket = net.connect(server.endpoint.path);
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.on('error', () => socket.destroy());
      socket.resume().write(bytes);
      await closed;
    }
    feed.add({ kind: 'gap', dropped: 5 });
    await collector.until(({ kind }) => kind === 'gap');
    client.close();
    await server.close();
  });

  it('survives garbage from a producer: subscriptions end and say so', async () => {
    const garbage = net.createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.resume().write(Buffer.alloc(1000, 7));
    });
    garbage.listen(path.join(folder, 'garbage.sock'));
    await once(garbage, 'listening');
    const dialled = LinkClient.dial({ endpoint: { path: path.join(folder, 'garbage.sock'), token }, role: 'test' });
    await assert.rejects(dialled, { code: 'link-closed', message: /does not speak its protocol/ });
    garbage.close();
    await once(garbage, 'close');
  });

  it('leaves no handle after 500 connects and disconnects', async () => {
    const hub = jpegHub();
    const server = await listen(() => new JpegFeed(hub));
    const before = openHandles();
    for (let n = 0; n < 500; n++) {
      const client = await LinkClient.dial({ endpoint: server.endpoint, role: 'test' });
      const collector = new Collector(client, JPEGS);
      if (n % 2 === 0) {
        while (hub.readerCount === 0) await new Promise(setImmediate);
        hub.publish(makeJpeg(n, 1000));
        await collector.until(({ kind }) => kind === 'jpeg');
      }
      client.close();
    }
    while (hub.readerCount > 0) await new Promise(setImmediate);
    while (openHandles() > before) await new Promise(setImmediate);
    await server.close();
    await hub.close();
  });
});

function listenAt(at: string): Promise<LinkServer> {
  return LinkServer.listen({ path: at, token, provide: () => new ListFeed([]) });
}
