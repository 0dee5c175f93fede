// Viewers that are too slow or read nothing at all, beside one that is fast enough: what the slow ones get is not old,
// and nobody else pays for them.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import type { Viewer, ViewerList } from '../../src/gateway/api/contract.ts';
import { Crowd } from '../fixtures/crowd.ts';
import { MjpegViewer, isPicture } from '../fixtures/mjpeg-viewer.ts';
import type { Part } from '../fixtures/mjpeg-viewer.ts';
import { SMALL_HEAP, residentMb } from '../fixtures/process-facts.ts';
import { SlowProxy } from '../fixtures/slow-proxy.ts';
import { TestServer } from '../fixtures/server.ts';

const SILENT = 50;
const SLOW = 4;
const SLOW_BYTES_PER_SECOND = 250_000;
const MEASURED_MS = 15_000;
/** Until the viewers' queues are as full as they get. */
const FULL_MS = 4000;
/** Far from what fifty queues without a bound would take: 70 MB a second. */
const GROWTH_MB = 16;
const SLOW_AGE_MS = 600;
/** What a fast viewer's pictures are older than this, a busy machine has added to everybody's. */
const FAST_AGE_MS = 50;
const TAIL = 32;
const STOPPED_MS = 2000;

/** A viewer whose every picture is noted: its number, and its age when its last byte had come. */
class Measured {
  readonly viewer: MjpegViewer;
  readonly seen: { readonly sequence: number; readonly ageMs: number }[] = [];

  /** The last bytes that came. */
  tail = '';

  constructor(url: string) {
    this.viewer = new MjpegViewer(url);
    this.viewer.socket.on('data', (chunk) => (this.tail = (this.tail + chunk.toString('latin1')).slice(-TAIL)));
    this.viewer.on('part', (part: Part) => {
      if (!isPicture(part)) return;
      const ageMs = part.receivedUs / 1000 - Number(part.headers['x-timestamp']) * 1000;
      this.seen.push({ sequence: Number(part.headers['x-sequence']), ageMs });
    });
  }
}

function percentile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))]!;
}

describe('slow viewers of a camera of 720p at 30 a second', () => {
  let server: TestServer;
  let proxy: SlowProxy;
  let silent: Crowd;
  let fast: Measured;
  let slow: Measured[];
  let grownMb: number;
  let listedBefore: Viewer[];
  let listed: Viewer[];

  const viewers = async (): Promise<Viewer[]> => (await server.json<ViewerList>('/api/cameras/card/viewers')).viewers;
  const until = (viewer: MjpegViewer, ms: number): Promise<Part> => {
    const endUs = (performance.timeOrigin + performance.now() + ms) * 1000;
    return viewer.next((part) => part.receivedUs > endUs);
  };

  before(async () => {
    server = await TestServer.start(['card=test:'], SMALL_HEAP);
    proxy = await SlowProxy.start(server.url, SLOW_BYTES_PER_SECOND);
    fast = new Measured(`${server.url}/camera`);
    await fast.viewer.next(isPicture);
    silent = new Crowd({ url: `${server.url}/camera`, count: SILENT, reads: false });
    slow = Array.from({ length: SLOW }, () => new Measured(`${proxy.url}/camera`));
    await Promise.all(slow.map(({ viewer }) => viewer.next(isPicture)));
    await server.until('card', (status) => status.viewers === SILENT + SLOW + 1);
    await until(fast.viewer, FULL_MS);
    for (const { seen } of [fast, ...slow]) seen.length = 0;
    listedBefore = await viewers();
    const before = await residentMb(server.pid);
    await until(fast.viewer, MEASURED_MS);
    listed = await viewers();
    grownMb = (await residentMb(server.pid)) - before;
  });

  after(async () => {
    for (const { viewer } of [fast, ...slow]) viewer.close();
    await silent.close();
    await proxy.close();
    await server.stop();
    assert.deepEqual(await server.alive(), []);
  });

  it('a viewer at 250 KB/s gets pictures younger than 600 ms, and not older and older', (context) => {
    const fastAge = percentile(
      fast.seen.map(({ ageMs }) => ageMs),
      0.95,
    );
    const boundMs = SLOW_AGE_MS + Math.max(0, fastAge - FAST_AGE_MS);
    for (const { seen } of slow) {
      const ages = seen.map(({ ageMs }) => ageMs);
      const third = Math.floor(ages.length / 3);
      const p95 = percentile(ages, 0.95);
      const [early, late] = [percentile(ages.slice(0, third), 0.5), percentile(ages.slice(-third), 0.5)];
      context.diagnostic(`p50 ${percentile(ages, 0.5).toFixed()} ms, p95 ${p95.toFixed()} ms of ${ages.length}`);
      assert.ok(ages.length > 30, `${ages.length} pictures`);
      assert.ok(p95 < boundMs, `p95 is ${p95} ms, of a fast viewer ${fastAge} ms`);
      assert.ok(late - early < 100, `${early} ms at first, ${late} ms at last`);
      assert.ok(seen.every(({ sequence }, index) => index === 0 || sequence > seen[index - 1]!.sequence));
    }
  });

  it('a viewer that reads nothing has every further picture counted as dropped', () => {
    const before = new Map(listedBefore.map((facts) => [facts.id, facts]));
    const unread = listed.filter(({ id, sent }) => before.get(id)?.sent === sent);
    assert.equal(unread.length, SILENT);
    const captured = fast.seen.length;
    for (const { id, dropped } of unread) {
      const more = dropped - before.get(id)!.dropped;
      assert.ok(more > captured * 0.9, `${more} dropped while ${captured} came`);
    }
  });

  it('a viewer that is fast enough gets every picture meanwhile', () => {
    const { seen } = fast;
    const captured = seen.at(-1)!.sequence - seen[0]!.sequence + 1;
    assert.ok(seen.length >= captured * 0.97, `${seen.length} of ${captured}`);
  });

  it('the memory of the server stays as it is', (context) => {
    context.diagnostic(`${grownMb.toFixed(1)} MB more`);
    assert.ok(grownMb < GROWTH_MB, `${grownMb.toFixed(1)} MB more`);
  });

  it('the server ends within two seconds, and whoever reads has the last part whole', async () => {
    const ends = [fast, ...slow].map(({ viewer }) => once(viewer, 'end'));
    const asked = performance.now();
    server.signal('SIGTERM');
    assert.deepEqual(await server.exited(), { code: 0, signal: null });
    assert.ok(performance.now() - asked < STOPPED_MS, `${performance.now() - asked} ms`);
    await Promise.all(ends);
    for (const { tail } of [fast, ...slow]) assert.ok(tail.endsWith('\r\n--frame--\r\n'), JSON.stringify(tail));
  });
});
