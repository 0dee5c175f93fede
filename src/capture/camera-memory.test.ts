// What a camera's readers were given stays as it was, although memory that nobody was given is used again.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { FakeSource, H264_TRACK, MJPEG_TRACK, unit } from '../../test/fixtures/fake-source.ts';
import type { Reader } from '../base/hub.ts';
import { parseAddress } from '../config/address.ts';
import { LinkClient } from '../link/client.ts';
import { memoryPair } from '../link/memory.ts';
import { LinkServer } from '../link/server.ts';
import type { Subscription, SubscribeRequest } from '../link/types.ts';
import { SlabPool } from '../media/depacketize/slab-pool.ts';
import { UnitSlab } from '../media/depacketize/slab.ts';
import type { Packet, SourceSink, Track } from '../media/types.ts';
import { CaptureCamera } from './camera.ts';
import { feedOf } from './feeds.ts';

const KEY = 'uid-1/main';
const JPEG = { kind: 'jpegs', key: KEY, width: null, quality: null } as const;
const REQUESTS: readonly SubscribeRequest[] = [
  { kind: 'packets', key: KEY, reader: { start: 'group', policy: 'groups', maxBytes: 600 } },
  { kind: 'packets', key: KEY, reader: { start: 'next', policy: 'lossless', maxBytes: 900 } },
  JPEG,
  { ...JPEG, fps: 2 },
  { kind: 'snapshot', key: KEY, width: null, quality: null, maxAgeMs: 5000 },
];

/** The bytes of the picture with this number. */
function picture(sequence: number, length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, at) => (sequence * 31 + at) & 0xff));
}

/** A camera over memory that is used again as soon as may be, whose pictures tell their number in each byte. */
class Stage {
  readonly source = new FakeSource();
  readonly camera: CaptureCamera;
  readonly slabs = new Set<ArrayBufferLike>();
  readonly #pool = new SlabPool({ slabBytes: 256 });
  #slab = new UnitSlab(4000, this.#pool);
  #sink: SourceSink | null = null;
  #sequence = 0;

  constructor() {
    const address = parseAddress('rtsp://127.0.0.1/x', { cwd: '/' });
    const wishes = { always: true, enabled: true, tlsVerify: true, guard: null };
    const spec = { uid: 'uid-1', id: 'door', address, ...wishes, sequenceBase: 0, epochBase: 0 };
    this.camera = new CaptureCamera({ spec, source: this.source, onChange: () => undefined, graceMs: 0 });
  }

  async begin(track: Track): Promise<void> {
    this.#sink = await this.source.opened();
    this.#sink.begin([track]);
  }

  /** Another epoch in the same session: what was kept is let go. */
  beginAnew(track: Track): void {
    this.#sink?.begin([track]);
    this.#slab = new UnitSlab(4000, this.#pool);
  }

  send(length: number, key: boolean): void {
    const sequence = ++this.#sequence;
    this.#slab.begin();
    if (key) this.#slab.separate();
    this.#slab.append(picture(sequence, length), 0, length);
    const finished = this.#slab.finish();
    this.slabs.add(finished.data.buffer);
    this.#sink?.unit(unit({ ...finished, key }));
  }
}

type Step =
  | { readonly do: 'send'; readonly length: number; readonly key: boolean; readonly times: number }
  | { readonly do: 'attach'; readonly start: 'group' | 'next'; readonly policy: 'latest' | 'groups' | 'lossless' }
  | { readonly do: 'take'; readonly which: number; readonly count: number }
  | { readonly do: 'leave'; readonly which: number }
  | { readonly do: 'subscribe'; readonly request: number }
  | { readonly do: 'unsubscribe'; readonly which: number }
  | { readonly do: 'epoch' | 'turn' };

const which = fc.nat({ max: 20 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('send' as const),
    length: fc.integer({ min: 4, max: 300 }),
    key: fc.boolean(),
    times: fc.integer({ min: 1, max: 6 }),
  }),
  fc.record({
    do: fc.constant('attach' as const),
    start: fc.constantFrom('group' as const, 'next' as const),
    policy: fc.constantFrom('latest' as const, 'groups' as const, 'lossless' as const),
  }),
  fc.record({ do: fc.constant('take' as const), which, count: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ do: fc.constant('leave' as const), which }),
  fc.record({ do: fc.constant('subscribe' as const), request: fc.nat({ max: REQUESTS.length - 1 }) }),
  fc.record({ do: fc.constant('unsubscribe' as const), which }),
  fc.record({ do: fc.constantFrom('epoch' as const, 'turn' as const, 'turn' as const) }),
);

/** Plays the steps; gives back everything that any reader took or was sent. */
async function play(stage: Stage, track: Track, steps: readonly Step[]): Promise<{ sequence: number; data: Buffer }[]> {
  const server = LinkServer.unbound({ path: '', token: 't', provide: (request) => feedOf(stage.camera, request) });
  const [near, far] = memoryPair();
  server.attach(near);
  const client = await LinkClient.over(far, { token: 't', role: 'test' });
  const given: { sequence: number; data: Buffer }[] = [];
  const readers: Reader<Packet>[] = [];
  const subscriptions: Subscription[] = [];
  const subscribe = (request: SubscribeRequest): Subscription =>
    client.subscribe(request, {
      tracks: () => undefined,
      packet: (packet) => void given.push(packet),
      jpeg: ({ sequence, bytes }) => void given.push({ sequence, data: bytes }),
      gap: () => undefined,
      state: () => undefined,
      end: () => undefined,
    });
  await stage.begin(track);
  for (const now of steps) {
    if (now.do === 'send') for (let n = 0; n < now.times; n++) stage.send(now.length + n, now.key && n === 0);
    else if (now.do === 'attach') readers.push(stage.camera.attach({ ...now, maxBytes: 700 }));
    else if (now.do === 'take') {
      const reader = readers[now.which % readers.length];
      for (let n = 0; n < now.count; n++) {
        const packet = reader?.take();
        if (packet) given.push(packet);
      }
    } else if (now.do === 'leave') readers.splice(now.which % (readers.length + 1), 1)[0]?.close();
    else if (now.do === 'subscribe') subscriptions.push(subscribe(REQUESTS[now.request]!));
    else if (now.do === 'unsubscribe') subscriptions.splice(now.which % (subscriptions.length + 1), 1)[0]?.close();
    else if (now.do === 'epoch') stage.beginAnew(track);
    else await turn();
  }
  for (let n = 0; n < 4; n++) await turn();
  client.close();
  await server.close();
  // What is used again now would show in what was given.
  for (let n = 0; n < 40; n++) stage.send(100, true);
  await stage.camera.close();
  return given;
}

describe('what a camera gave', () => {
  for (const track of [H264_TRACK, MJPEG_TRACK]) {
    it(`never changes, whichever readers come, lag and go, and whenever (${track.codec})`, async () => {
      let taken = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }), async (steps) => {
          const given = await play(new Stage(), track, steps);
          taken += given.length;
          for (const { sequence, data } of given) assert.deepEqual(data, picture(sequence, data.length));
        }),
        { numRuns: 150, endOnFailure: true },
      );
      assert.ok(taken > 500, `only ${taken} were taken`);
    });
  }
});

describe('the memory of a camera that nobody watches', () => {
  it('is used again: thousands of pictures stand in the memory of two groups', async () => {
    for (const track of [H264_TRACK, MJPEG_TRACK]) {
      const stage = new Stage();
      await stage.begin(track);
      for (let n = 0; n < 6000; n++) stage.send(60 + (n % 5) * 20, track === MJPEG_TRACK || n % 30 === 0);
      await stage.camera.close();
      assert.ok(stage.slabs.size <= 2 * 30, `${stage.slabs.size} slabs`);
    }
  });

  it('is used again after readers that took nothing, or let everything wait too long', async () => {
    const stage = new Stage();
    await stage.begin(H264_TRACK);
    const lagging = stage.camera.attach({ start: 'group', policy: 'groups', maxBytes: 2000 });
    for (let n = 0; n < 6000; n++) {
      stage.send(100, n % 30 === 0);
      if (n % 100 === 0) stage.camera.attach({ start: 'group', policy: 'latest' }).close();
    }
    lagging.close();
    await stage.camera.close();
    assert.ok(stage.slabs.size <= 3 * 30, `${stage.slabs.size} slabs`);
  });
});
