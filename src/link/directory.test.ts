import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SightlineError } from '../base/errors.ts';
import { LinkClient } from './client.ts';
import { Directory } from './directory.ts';
import { memoryPair } from './memory.ts';
import { LinkServer } from './server.ts';
import { Collector, JPEGS, ListFeed, makeJpeg, makePacket, PACKETS, TRACK } from '../../test/fixtures/link-feeds.ts';
import type { DirectoryEntry, FeedMessage, Provide } from './types.ts';

/** Producers by path, reached over memory. */
class Town {
  readonly #servers = new Map<string, LinkServer>();
  readonly directory = new Directory({
    role: 'test',
    idleMs: 0,
    patienceMs: 100,
    dial: ({ endpoint, role, signal }) => this.#dial(endpoint, role, signal),
  });
  dials = 0;

  open(path: string, provide: Provide): void {
    this.#servers.set(path, LinkServer.unbound({ path, token: 't', provide }));
  }

  async kill(path: string): Promise<void> {
    await this.#servers.get(path)?.close();
    this.#servers.delete(path);
  }

  #dial(endpoint: { path: string; token: string }, role: string, signal?: AbortSignal): Promise<LinkClient> {
    this.dials++;
    const server = this.#servers.get(endpoint.path);
    if (server === undefined) return Promise.reject(new SightlineError('link-closed', 'Nobody listens.'));
    const [near, far] = memoryPair();
    server.attach(near);
    return LinkClient.over(far, { token: endpoint.token, role, signal });
  }
}

function entry(changes: Partial<DirectoryEntry> = {}): DirectoryEntry {
  const base = { uid: 'u1', origin: null, codec: null, passthrough: false, width: 0, height: 0, problem: null };
  return { ...base, ...changes };
}

const at = (path: string): { path: string; token: string } => ({ path, token: 't' });
const jpegFeed = (sequence: number): ListFeed => new ListFeed([{ kind: 'jpeg', jpeg: makeJpeg(sequence, 100) }]);
const isJpeg = (sequence: number) => (message: FeedMessage) =>
  message.kind === 'jpeg' && message.jpeg.sequence === sequence;
const packetsOf = (epoch: number): ListFeed =>
  new ListFeed([
    { kind: 'tracks', epoch, tracks: [TRACK], liveSequence: 0 },
    { kind: 'packet', packet: makePacket(epoch * 10, epoch) },
  ]);
const isPacket = (sequence: number) => (message: FeedMessage) =>
  message.kind === 'packet' && message.packet.sequence === sequence;

describe('Directory', () => {
  it('waits while the producer is being replaced, and goes on with a new epoch when it is back', async () => {
    const town = new Town();
    town.open('a', () => packetsOf(1));
    const collector = new Collector(town.directory, PACKETS);
    town.directory.update([entry()]);
    town.directory.update([entry({ origin: at('a') })]);
    await collector.until(isPacket(10));
    await town.kill('a');
    await collector.until(({ kind }) => kind === 'state');
    town.open('b', () => packetsOf(2));
    town.directory.update([entry({ origin: at('b') })]);
    await collector.until(isPacket(20));
    assert.deepEqual(collector.kinds(), ['tracks', 'packet', 'state', 'tracks', 'packet']);
    const away = collector.messages[2]!;
    assert.equal(away.kind === 'state' && away.state.reason?.code, 'link-closed');
    await town.directory.close();
    assert.equal((await collector.end())?.code, 'stopping');
  });

  it('subscribes anew when the producer hands a stream on, and moves when pictures are passed through no more', async () => {
    const town = new Town();
    let asked = 0;
    town.open('codec', () => jpegFeed(200));
    town.open('origin', () => {
      if (++asked === 1) throw new SightlineError('stream-moved', 'Not yet.');
      return jpegFeed(100);
    });
    town.directory.update([entry({ origin: at('origin'), codec: at('codec'), passthrough: true })]);
    const collector = new Collector(town.directory, JPEGS);
    await collector.until(isJpeg(100));
    const sized = new Collector(town.directory, { ...JPEGS, width: 320 } as typeof JPEGS);
    await sized.until(isJpeg(200));
    const pixels = new Collector(town.directory, { ...JPEGS, pixels: 'bgr' } as typeof JPEGS);
    await pixels.until(isJpeg(200));
    town.directory.update([entry({ origin: at('origin'), codec: at('codec'), passthrough: false })]);
    await collector.until(isJpeg(200));
    assert.equal(asked, 2);
    await town.directory.close();
  });

  it('ends with what the directory says: unknown, or its problem', async () => {
    const town = new Town();
    const early = new Collector(town.directory, JPEGS);
    town.directory.update([]);
    assert.equal((await early.end())?.code, 'not-found');
    const problem = new SightlineError('disabled', 'It is switched off.').toProblem();
    town.directory.update([entry({ problem })]);
    assert.deepEqual(await new Collector(town.directory, JPEGS).end(), problem);
    await town.directory.close();
  });

  it('waits for a camera that it has not heard of yet, and ends at once with one that goes', async () => {
    const town = new Town();
    town.open('codec', () => jpegFeed(7));
    town.directory.update([]);
    const collector = new Collector(town.directory, JPEGS);
    town.directory.update([entry({ codec: at('codec') })]);
    await collector.until(isJpeg(7));
    town.directory.update([]);
    const ends: (string | undefined)[] = [];
    void collector.end().then((problem) => ends.push(problem?.code));
    for (let turn = 0; turn < 50 && ends.length === 0; turn++) await new Promise(setImmediate);
    assert.deepEqual(ends, ['not-found']);
    await town.directory.close();
  });

  it('goes on with the packets of a camera in quarantine, but not with its pictures', async () => {
    const town = new Town();
    town.open('origin', () => packetsOf(1));
    const problem = new SightlineError('quarantined', 'It killed its decoder.').toProblem();
    town.directory.update([entry({ origin: at('origin'), problem })]);
    await new Collector(town.directory, PACKETS).until(isPacket(10));
    assert.deepEqual(await new Collector(town.directory, JPEGS).end(), problem);
    await town.directory.close();
  });

  it('asks again for a snapshot, but not for a slate', async () => {
    const town = new Town();
    town.directory.update([entry({ codec: at('codec') })]);
    const slate = new Collector(town.directory, { kind: 'slate', width: 1, height: 1, lines: [] });
    assert.equal((await slate.end())?.code, 'link-closed');
    town.open(
      'codec',
      () =>
        new ListFeed([
          { kind: 'jpeg', jpeg: makeJpeg(5, 10) },
          { kind: 'end', problem: null },
        ]),
    );
    const request = { kind: 'snapshot', key: 'u1/main', width: null, quality: null, maxAgeMs: 1000 } as const;
    const snapshot = new Collector(town.directory, request);
    assert.equal(await snapshot.end(), null);
    assert.deepEqual(snapshot.kinds(), ['jpeg', 'end']);
    await town.directory.close();
  });

  it('leaves nothing when closed while dialling', async () => {
    const town = new Town();
    let provided = 0;
    town.open('a', () => {
      provided++;
      return new ListFeed([]);
    });
    town.directory.update([entry({ origin: at('a') })]);
    const collector = new Collector(town.directory, PACKETS);
    collector.subscription.close();
    const other = new Collector(town.directory, PACKETS);
    await town.directory.close();
    assert.equal((await other.end())?.code, 'stopping');
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    assert.equal(provided, 0);
    assert.equal(town.dials, 1, 'one link, shared');
    assert.deepEqual(collector.messages, []);
  });
});
