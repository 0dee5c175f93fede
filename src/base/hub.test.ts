import assert from 'node:assert/strict';
import { once, EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { setWallOffsetUs, measureWallOffsetUs, nowUs, wallUs } from './clock.ts';
import { Hub } from './hub.ts';
import type { HubOptions, HubState, Reader } from './hub.ts';

interface Item {
  readonly n: number;
  readonly key: boolean;
  readonly bytes: number;
}

const item = (n: number, key = false, bytes = 10): Item => ({ n, key, bytes });

/** A source side that counts its sessions and opens or closes only when told to. */
class FakeSource extends EventEmitter {
  opened = 0;
  alive = 0;
  most = 0;
  aborted = 0;
  manual = false;
  readonly states: HubState[] = [];
  readonly refs = new Map<Item, number>();

  options(changes: Partial<HubOptions<Item>> = {}): HubOptions<Item> {
    const count = (one: Item, by: number): void => void this.refs.set(one, (this.refs.get(one) ?? 0) + by);
    return {
      name: 'test',
      traits: {
        bytes: (one) => one.bytes,
        startsGroup: (one) => one.key,
        retain: (one) => count(one, 1),
        release: (one) => count(one, -1),
      },
      graceMs: 0,
      keep: { maxBytes: 100, maxAgeMs: 10_000 },
      onState: (state) => {
        this.states.push(state);
        this.emit(state);
      },
      open: async (signal) => {
        this.opened++;
        this.alive++;
        this.most = Math.max(this.most, this.alive);
        signal.addEventListener('abort', () => this.aborted++);
        if (this.manual) await once(this, 'may open');
        return async () => {
          if (this.manual) await once(this, 'may close');
          this.alive--;
        };
      },
      ...changes,
    };
  }

  get held(): number {
    return [...this.refs.values()].reduce((sum, count) => sum + count, 0);
  }
}

async function openHub(source: FakeSource, changes: Partial<HubOptions<Item>> = {}): Promise<Hub<Item>> {
  const hub = new Hub<Item>(source.options(changes));
  const open = once(source, 'open');
  hub.hold();
  await open;
  return hub;
}

function takeAll(reader: Reader<Item>): number[] {
  const numbers: number[] = [];
  for (let one = reader.take(); one !== undefined; one = reader.take()) numbers.push(one.n);
  return numbers;
}

describe('Hub', () => {
  it('gives a new reader the kept group and then the live items, none twice and none missing', async () => {
    const hub = await openHub(new FakeSource());
    for (const one of [item(1, true), item(2), item(3, true), item(4)]) hub.publish(one);
    const reader = hub.attach({ start: 'group', policy: 'groups' });
    hub.publish(item(5));
    assert.deepEqual(takeAll(reader), [3, 4, 5]);
    assert.equal(hub.newest()?.n, 5);
    await hub.close();
  });

  it('lets a reader attach inside the fan-out and hands it that item once', async () => {
    const hub = await openHub(new FakeSource());
    hub.publish(item(1, true));
    const first = hub.attach({ start: 'next', policy: 'latest' });
    let second: Reader<Item> | undefined;
    first.onReady = () => (second ??= hub.attach({ start: 'group', policy: 'groups' }));
    hub.publish(item(2));
    hub.publish(item(3));
    assert.deepEqual(takeAll(second!), [1, 2, 3]);
    await hub.close();
  });

  it('lets readers close inside the fan-out without skipping another', async () => {
    const hub = await openHub(new FakeSource());
    const readers = Array.from({ length: 10 }, () => hub.attach({ start: 'next', policy: 'latest' }));
    let told = 0;
    for (const [at, reader] of readers.entries()) {
      reader.onReady = () => {
        told++;
        readers[(at + 5) % 10]!.close();
      };
    }
    hub.publish(item(1, true));
    assert.equal(told, 5);
    assert.equal(hub.readerCount, 5);
    hub.publish(item(2, true));
    assert.equal(told, 10);
    await hub.close();
  });

  it('keeps at most one waiting item for a latest reader and counts what it dropped', async () => {
    const hub = await openHub(new FakeSource());
    const reader = hub.attach({ start: 'next', policy: 'latest' });
    for (let n = 1; n <= 5; n++) hub.publish(item(n, true));
    assert.equal(reader.waiting, 1);
    assert.equal(reader.takeGap(), 4);
    assert.deepEqual(takeAll(reader), [5]);
    assert.equal(reader.takeGap(), 0);
    assert.deepEqual(reader.counters, { taken: 1, dropped: 4, takenBytes: 10 });
    await hub.close();
  });

  it('drops items that are no native resources just the same', async () => {
    const traits = { bytes: (one: Item) => one.bytes, startsGroup: (one: Item) => one.key };
    const hub = await openHub(new FakeSource(), { traits });
    const latest = hub.attach({ start: 'next', policy: 'latest' });
    const groups = hub.attach({ start: 'next', policy: 'groups', maxBytes: 25 });
    for (let n = 1; n <= 5; n++) hub.publish(item(n, n === 1 || n === 4));
    assert.equal(latest.waitingBytes, 10);
    assert.deepEqual(takeAll(latest), [5]);
    assert.deepEqual(takeAll(groups), [4, 5]);
    await hub.close();
  });

  it('drops a groups reader past its bytes to the next group, never half a group', async () => {
    const hub = await openHub(new FakeSource());
    const reader = hub.attach({ start: 'next', policy: 'groups', maxBytes: 35 });
    for (const one of [item(1, true), item(2), item(3), item(4), item(5), item(6, true), item(7)]) hub.publish(one);
    assert.equal(reader.takeGap(), 5);
    assert.deepEqual(takeAll(reader), [6, 7]);
    await hub.close();
  });

  it('drops a groups reader past its bytes to a group start that waits already', async () => {
    const hub = await openHub(new FakeSource());
    const reader = hub.attach({ start: 'next', policy: 'groups', maxBytes: 45 });
    for (const one of [item(1, true), item(2), item(3, true), item(4), item(5)]) hub.publish(one);
    assert.equal(reader.takeGap(), 2);
    assert.deepEqual(takeAll(reader), [3, 4, 5]);
    await hub.close();
  });

  it('drops a groups reader whose oldest item is too old', async () => {
    const hub = await openHub(new FakeSource());
    const reader = hub.attach({ start: 'next', policy: 'groups', maxAgeMs: -1 });
    for (const one of [item(1, true), item(2), item(3, true)]) hub.publish(one);
    assert.equal(reader.takeGap(), 2);
    assert.deepEqual(takeAll(reader), [3]);
    await hub.close();
  });

  it('ends a lossless reader that falls too far behind, and only that one', async () => {
    const hub = await openHub(new FakeSource());
    const slow = hub.attach({ start: 'next', policy: 'lossless', maxBytes: 15 });
    const other = hub.attach({ start: 'next', policy: 'lossless' });
    let ended: unknown;
    slow.onEnd = (error) => (ended = error);
    hub.publish(item(1, true));
    hub.publish(item(2));
    assert.match(String(ended), /too far behind/);
    assert.deepEqual(takeAll(other), [1, 2]);
    await hub.close();
  });

  it('keeps nothing of a group past the bound until the next group begins', async () => {
    const hub = await openHub(new FakeSource());
    hub.publish(item(1, true, 60));
    hub.publish(item(2, false, 60));
    hub.publish(item(3));
    assert.equal(hub.newest(), undefined);
    hub.publish(item(4, true));
    assert.equal(hub.newest()?.n, 4);
    await hub.close();
  });

  it('balances retain and release exactly, whatever readers and hub do', async () => {
    const source = new FakeSource();
    const hub = await openHub(source);
    const readers = [
      hub.attach({ start: 'group', policy: 'latest' }),
      hub.attach({ start: 'next', policy: 'groups', maxBytes: 25 }),
      hub.attach({ start: 'next', policy: 'lossless', maxBytes: 45 }),
      hub.attach({ start: 'group', policy: 'groups' }),
    ];
    for (let n = 0; n < 20; n++) hub.publish(item(n, n % 4 === 0));
    const taken = readers[3]!.take()!;
    source.refs.set(taken, source.refs.get(taken)! - 1);
    readers[0]!.close();
    await hub.close();
    assert.equal(source.held, 0);
    assert.ok([...source.refs.values()].every((count) => count === 0));
  });

  it('opens for the first reader, lingers after the last, and closes after the grace period', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const source = new FakeSource();
    const hub = new Hub<Item>(source.options({ graceMs: 10_000 }));
    const reader = hub.attach({ start: 'next', policy: 'latest' });
    await once(source, 'open');
    reader.close();
    assert.equal(hub.state, 'lingering');
    t.mock.timers.tick(9_999);
    const again = hub.attach({ start: 'next', policy: 'latest' });
    assert.equal(hub.state, 'open');
    again.close();
    const closed = once(source, 'closed');
    t.mock.timers.tick(10_000);
    await closed;
    assert.deepEqual(source.states, ['opening', 'open', 'lingering', 'open', 'lingering', 'closing', 'closed']);
    assert.equal(source.opened, 1);
  });

  it('makes a reader that arrives while closing wait for one new session, never two at once', async () => {
    const source = new FakeSource();
    source.manual = true;
    const hub = new Hub<Item>(source.options());
    const first = hub.attach({ start: 'next', policy: 'latest' });
    const open = once(source, 'open');
    source.emit('may open');
    await open;
    first.close();
    assert.equal(hub.state, 'closing');
    const late = hub.attach({ start: 'group', policy: 'latest' });
    hub.publish(item(1, true));
    assert.equal(late.take(), undefined, 'nothing of the old session');
    assert.equal(source.opened, 1);
    await new Promise(setImmediate);
    const reopening = once(source, 'opening');
    source.emit('may close');
    await reopening;
    const open2 = once(source, 'open');
    source.emit('may open');
    await open2;
    hub.publish(item(2, true));
    assert.deepEqual(takeAll(late), [2]);
    assert.equal(source.opened, 2);
    assert.equal(source.most, 1);
    const settled = hub.close();
    await new Promise(setImmediate);
    source.emit('may close');
    await settled;
    assert.equal(hub.state, 'closed');
  });

  it('closes what opens when it was closed before the opening resolved', async () => {
    const source = new FakeSource();
    source.manual = true;
    const hub = new Hub<Item>(source.options());
    hub.attach({ start: 'next', policy: 'latest' }).close();
    assert.equal(source.aborted, 1);
    source.emit('may open');
    await new Promise(setImmediate);
    assert.equal(source.alive, 1);
    const closed = once(source, 'closed');
    source.emit('may close');
    await closed;
    assert.equal(source.alive, 0);
    assert.deepEqual(source.states, ['opening', 'closing', 'closed']);
  });

  it('tells every reader why the source could not be opened, and opens again for the next', async () => {
    let tries = 0;
    const source = new FakeSource();
    const hub = new Hub<Item>(
      source.options({
        open: () =>
          ++tries === 1 ? Promise.reject(new Error('no such camera')) : Promise.resolve(() => Promise.resolve()),
      }),
    );
    const reasons: unknown[] = [];
    for (let n = 0; n < 3; n++) hub.attach({ start: 'next', policy: 'latest' }).onEnd = (error) => reasons.push(error);
    await once(source, 'closed');
    assert.deepEqual(reasons.map(String), Array(3).fill('Error: no such camera'));
    assert.equal(hub.readerCount, 0);
    hub.attach({ start: 'next', policy: 'latest' });
    await once(source, 'open');
    await hub.close();
  });

  it('survives 500 readers that come and go, with one session', async () => {
    const source = new FakeSource();
    const hub = await openHub(source);
    for (let n = 0; n < 500; n++) {
      const reader = hub.attach({ start: 'group', policy: 'groups' });
      hub.publish(item(n, n % 10 === 0));
      reader.close();
    }
    assert.equal(hub.readerCount, 0);
    assert.equal(source.opened, 1);
    await hub.close();
    assert.equal(source.held, 0);
  });
});

describe('Clock', () => {
  it('changes no age when the wall clock steps by an hour', () => {
    const stamp = nowUs();
    const before = nowUs() - stamp;
    setWallOffsetUs(measureWallOffsetUs() + 3600e6);
    try {
      const after = nowUs() - stamp;
      assert.ok(after - before < 5_000, 'an age on the monotonic clock does not see the step');
      const wallAgeUs = wallUs(nowUs()) - wallUs(stamp);
      assert.ok(wallAgeUs - before < 5_000, 'nor does an age taken between two wall times of one offset');
    } finally {
      setWallOffsetUs(measureWallOffsetUs());
    }
  });
});
