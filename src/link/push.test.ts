// Pictures that go up the media lane, from a consumer to the process that takes them.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { SightlineError } from '../base/errors.ts';
import type { PushedPicture } from '../media/types.ts';
import { LinkClient } from './client.ts';
import { Directory } from './directory.ts';
import { memoryPair } from './memory.ts';
import { LinkServer } from './server.ts';
import type { DirectoryEntry, Feed, FeedMessage, SubscribeRequest, SubscriptionHandlers } from './types.ts';
import { MAX_PUSHED_BYTES } from './wire.ts';

const PUSH: SubscribeRequest = { kind: 'push', key: 'u1/main' };
const folder = mkdtempSync(path.join(tmpdir(), 'sightline-push-'));
after(() => rmSync(folder, { recursive: true }));
let sockets = 0;

/** Asks for one picture after the other, and keeps them. */
class Taker implements Feed {
  onReady: (() => void) | null = null;
  readonly pictures: PushedPicture[] = [];
  closed = false;
  #asks = true;
  #came = Promise.withResolvers<undefined>();

  take(): FeedMessage | undefined {
    if (!this.#asks) return undefined;
    this.#asks = false;
    return { kind: 'taken', sequence: this.pictures.length };
  }

  put(picture: PushedPicture): void {
    this.pictures.push(picture);
    this.#came.resolve(undefined);
    this.#came = Promise.withResolvers();
  }

  ask(): void {
    this.#asks = true;
    this.onReady?.();
  }

  async until(count: number): Promise<void> {
    while (this.pictures.length < count) await this.#came.promise;
  }

  close(): void {
    this.closed = true;
  }
}

/** A consumer that sends a picture whenever it may. */
class Sender {
  readonly taken: number[] = [];
  readonly states: string[] = [];
  #happened = Promise.withResolvers<undefined>();

  handlers(): SubscriptionHandlers {
    return {
      taken: (sequence) => {
        this.taken.push(sequence);
        this.#tell();
      },
      state: ({ state }) => this.#said(state),
      end: (problem) => this.#said(problem?.code ?? 'ended'),
    };
  }

  async until(done: () => boolean): Promise<void> {
    while (!done()) await this.#happened.promise;
  }

  #said(word: string): void {
    this.states.push(word);
    this.#tell();
  }

  #tell(): void {
    this.#happened.resolve(undefined);
    this.#happened = Promise.withResolvers();
  }
}

function picture(bytes: Buffer, changes: Partial<PushedPicture> = {}): PushedPicture {
  return { bytes, width: 640, height: 360, arrivedUs: 7e9, capturedAtUs: 6.9e9, number: 42, ...changes };
}

async function connect(over: 'socket' | 'memory', feed: Feed): Promise<{ server: LinkServer; client: LinkClient }> {
  const token = 't';
  const endpoint = { path: path.join(folder, `${++sockets}.sock`), token };
  if (over === 'socket') {
    const server = await LinkServer.listen({ ...endpoint, provide: () => feed });
    return { server, client: await LinkClient.dial({ endpoint, role: 'test' }) };
  }
  const server = LinkServer.unbound({ ...endpoint, provide: () => feed });
  const [near, far] = memoryPair();
  server.attach(near);
  return { server, client: await LinkClient.over(far, { token, role: 'test' }) };
}

describe('a picture that goes up the link', () => {
  for (const over of ['socket', 'memory'] as const) {
    it(`comes over ${over} as it was sent, up to the largest, one for each that is asked for`, async () => {
      const feed = new Taker();
      const { server, client } = await connect(over, feed);
      const sender = new Sender();
      const subscription = client.subscribe(PUSH, sender.handlers());
      await sender.until(() => sender.taken.length === 1);
      const sent = [
        picture(Buffer.from('a small one')),
        picture(Buffer.alloc(MAX_PUSHED_BYTES, 7), { capturedAtUs: null, number: null }),
      ];
      for (const [index, one] of sent.entries()) {
        assert.equal(subscription.put?.(one), true);
        await feed.until(index + 1);
        feed.ask();
        await sender.until(() => sender.taken.length === index + 2);
      }
      assert.deepEqual(feed.pictures, sent);
      assert.deepEqual(sender.taken, [0, 1, 2]);
      subscription.close();
      assert.equal(subscription.put?.(sent[0]!), false);
      client.close();
      await server.close();
      assert.ok(feed.closed);
    });
  }

  it('that is too large ends the connection, and one for nobody is passed over', async () => {
    const feed = new Taker();
    const { server, client } = await connect('memory', feed);
    const sender = new Sender();
    const subscription = client.subscribe(PUSH, sender.handlers());
    await sender.until(() => sender.taken.length === 1);
    subscription.put?.(picture(Buffer.alloc(MAX_PUSHED_BYTES + 1)));
    await sender.until(() => sender.states.length > 0);
    assert.deepEqual(sender.states, ['link-closed']);
    assert.equal(subscription.put?.(picture(Buffer.alloc(1))), false);
    client.close();
    await server.close();
    assert.deepEqual(feed.pictures, []);
  });

  it('is refused by a producer that takes none', async () => {
    const server = LinkServer.unbound({
      path: '',
      token: 't',
      provide: () => {
        throw new SightlineError('takes-no-pictures', 'It takes none.');
      },
    });
    const [near, far] = memoryPair();
    server.attach(near);
    const client = await LinkClient.over(far, { token: 't', role: 'test' });
    const sender = new Sender();
    client.subscribe(PUSH, sender.handlers());
    await sender.until(() => sender.states.length > 0);
    assert.deepEqual(sender.states, ['takes-no-pictures']);
    client.close();
    await server.close();
  });

  it('follows its camera to another process, and its sender is told in between', async () => {
    const feeds = [new Taker(), new Taker()];
    const servers = feeds.map((feed, n) => LinkServer.unbound({ path: `${n}`, token: 't', provide: () => feed }));
    const directory = new Directory({
      role: 'test',
      idleMs: 0,
      dial: ({ endpoint, role, signal }) => {
        const [near, far] = memoryPair();
        servers[Number(endpoint.path)]!.attach(near);
        return LinkClient.over(far, { token: endpoint.token, role, signal });
      },
    });
    const at = (n: number): DirectoryEntry => ({
      ...{ uid: 'u1', origin: { path: `${n}`, token: 't' }, codec: null, passthrough: true },
      ...{ width: 0, height: 0, problem: null },
    });
    directory.update([at(0)]);
    const sender = new Sender();
    const subscription = directory.subscribe(PUSH, sender.handlers());
    const send = (text: string): boolean | undefined => subscription.put?.(picture(Buffer.from(text)));
    assert.equal(send('early'), false);
    await sender.until(() => sender.taken.length === 1);
    assert.equal(send('first'), true);
    await feeds[0]!.until(1);
    directory.update([at(1)]);
    await sender.until(() => sender.taken.length === 2);
    assert.deepEqual(sender.states, ['opening']);
    assert.equal(send('second'), true);
    await feeds[1]!.until(1);
    assert.equal(feeds[1]!.pictures[0]?.bytes.toString(), 'second');
    directory.update([]);
    await sender.until(() => sender.states.includes('not-found'));
    await directory.close();
    for (const server of servers) await server.close();
  });
});
