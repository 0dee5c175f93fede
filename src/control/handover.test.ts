// Which worker gets which connection, with workers that take them, hang, lose them or die.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Handover } from './handover.ts';
import type { Held, Seat } from './handover.ts';

class FakeConnection implements Held {
  destroyed = false;
  readonly #gone = Promise.withResolvers<undefined>();

  get gone(): Promise<undefined> {
    return this.#gone.promise;
  }

  destroy(): void {
    this.destroyed = true;
    this.#gone.resolve(undefined);
  }
}

/** A worker that says that it took a connection only when it is told to. */
class FakeWorker {
  readonly given: { id: number; connection: FakeConnection }[] = [];
  readonly #seat: Seat;

  constructor(handover: Handover<FakeConnection>) {
    this.#seat = handover.join({ give: (id, connection) => this.given.push({ id, connection }) });
  }

  get connections(): FakeConnection[] {
    return this.given.map(({ connection }) => connection);
  }

  take(index: number): void {
    this.#seat.took(this.given[index]!.id);
  }

  die(): void {
    this.#seat.leave();
  }
}

function offer(handover: Handover<FakeConnection>, count: number): FakeConnection[] {
  const connections = Array.from({ length: count }, () => new FakeConnection());
  for (const connection of connections) handover.offer(connection);
  return connections;
}

describe('connections are handed', () => {
  it('to workers in turn, and ours is let go of when one was taken, not before', () => {
    const handover = new Handover<FakeConnection>();
    const workers = [new FakeWorker(handover), new FakeWorker(handover)];
    const connections = offer(handover, 6);
    for (const { given } of workers) assert.equal(given.length, 3);
    assert.ok(connections.every(({ destroyed }) => !destroyed));
    workers[0]!.take(0);
    assert.equal(workers[0]!.connections[0]!.destroyed, true);
    assert.equal(handover.pending, 5);
  });

  it('to another when a worker dies that had not taken them; what it took is not handed again', () => {
    const handover = new Handover<FakeConnection>();
    const dying = new FakeWorker(handover);
    const connections = offer(handover, 3);
    dying.take(0);
    const other = new FakeWorker(handover);
    dying.die();
    dying.die();
    assert.deepEqual(other.connections, connections.slice(1));
    other.take(1);
    assert.equal(handover.pending, 1, 'the second was passed over, so it is on its way again');
    other.take(2);
    assert.equal(handover.pending, 0);
  });

  it('again when one was passed over: it never arrived', () => {
    const handover = new Handover<FakeConnection>();
    const worker = new FakeWorker(handover);
    const [lost, taken] = offer(handover, 2);
    worker.take(1);
    assert.equal(taken!.destroyed, true);
    assert.equal(lost!.destroyed, false);
    assert.equal(worker.connections[2], lost);
  });

  it('only to workers that keep up; those of one that hangs stay its own until it dies', async () => {
    const handover = new Handover<FakeConnection>({ lateMs: 1, waitMs: 20, underWay: 1_000_000 });
    const hung = new FakeWorker(handover);
    const [first] = offer(handover, 1);
    await offerUntilLate(handover, hung);
    const other = new FakeWorker(handover);
    offer(handover, 2);
    assert.ok(!other.connections.includes(first!));
    const had = hung.given.length;
    other.take(other.given.length - 1);
    offer(handover, 1);
    assert.equal(hung.given.length, had);
    hung.die();
    assert.ok(other.connections.includes(first!));
    handover.close();
  });

  it('no more than a few at a time to one worker', () => {
    const handover = new Handover<FakeConnection>({ underWay: 2 });
    const worker = new FakeWorker(handover);
    offer(handover, 5);
    assert.equal(worker.given.length, 2);
    worker.take(0);
    assert.equal(worker.given.length, 3);
    handover.close();
  });
});

describe('without a worker connections wait', () => {
  it('for the first that serves, in the order in which they came', () => {
    const handover = new Handover<FakeConnection>();
    const connections = offer(handover, 3);
    assert.deepEqual(new FakeWorker(handover).connections, connections);
  });

  it('but not more than the bound', () => {
    const handover = new Handover<FakeConnection>({ waiting: 2 });
    const connections = offer(handover, 3);
    assert.deepEqual(
      connections.map(({ destroyed }) => destroyed),
      [false, false, true],
    );
    handover.close();
  });

  it('and not for ever', async () => {
    const handover = new Handover<FakeConnection>({ waitMs: 1 });
    const connections = offer(handover, 2);
    await Promise.all(connections.map(({ gone }) => gone));
    assert.equal(handover.pending, 0);
  });

  it('and not beyond the end; what a worker was given stays its own', () => {
    const handover = new Handover<FakeConnection>({ underWay: 1 });
    const worker = new FakeWorker(handover);
    const [given, waiting] = offer(handover, 2);
    handover.close();
    assert.equal(waiting!.destroyed, true);
    assert.equal(given!.destroyed, false);
    const [come] = offer(handover, 1);
    assert.equal(come!.destroyed, true);
    worker.die();
    assert.equal(given!.destroyed, true);
  });
});

/** Offers connections until one has to wait although the worker is there, and has been closed. */
async function offerUntilLate(handover: Handover<FakeConnection>, worker: FakeWorker): Promise<void> {
  for (;;) {
    const had = worker.given.length;
    const [next] = offer(handover, 1);
    if (worker.given.length > had) continue;
    await next!.gone;
    return;
  }
}
