import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Newest } from './newest.ts';

/** A receiver that acknowledges when the test says so. */
class Receiver {
  readonly got: number[] = [];
  value = 0;
  readonly newest: Newest;
  #acks: (() => void)[] = [];
  #refuse: ((error: Error) => void) | null = null;
  #sent = Promise.withResolvers<undefined>();

  constructor(gapMs = 0) {
    this.newest = new Newest({
      gapMs,
      send: () => {
        this.got.push(this.value);
        this.#sent.resolve(undefined);
        this.#sent = Promise.withResolvers<undefined>();
        return new Promise<void>((resolve, reject) => {
          this.#acks.push(resolve);
          this.#refuse = reject;
        });
      },
    });
  }

  change(value: number): void {
    this.value = value;
    this.newest.push();
  }

  async sent(count: number): Promise<void> {
    while (this.got.length < count) await this.#sent.promise;
  }

  acknowledge(): void {
    this.#acks.shift()?.();
  }

  leave(): void {
    this.#refuse?.(new Error('gone'));
  }
}

describe('sending the newest of something', () => {
  it('several changes of one tick are one', async () => {
    const receiver = new Receiver();
    for (const value of [1, 2, 3]) receiver.change(value);
    await receiver.sent(1);
    assert.deepEqual(receiver.got, [3]);
    receiver.newest.close();
  });

  it('while the last is not acknowledged nothing is sent, and then only what is newest', async () => {
    const receiver = new Receiver();
    receiver.change(1);
    await receiver.sent(1);
    for (let value = 2; value <= 1000; value++) receiver.change(value);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(receiver.got, [1]);
    receiver.acknowledge();
    await receiver.sent(2);
    assert.deepEqual(receiver.got, [1, 1000]);
    receiver.newest.close();
  });

  it('who settles waits for one that was sent afterwards, at once and not after the gap', async () => {
    const receiver = new Receiver(3_600_000);
    receiver.change(1);
    await receiver.sent(1);
    receiver.value = 2;
    let settled = false;
    const settling = receiver.newest.settle().then(() => (settled = true));
    receiver.acknowledge();
    await receiver.sent(2);
    assert.equal(settled, false);
    receiver.acknowledge();
    await settling;
    assert.deepEqual(receiver.got, [1, 2]);
    receiver.newest.close();
  });

  it('a receiver that is gone keeps nobody waiting', async () => {
    const receiver = new Receiver();
    const first = receiver.newest.settle();
    const second = receiver.newest.settle();
    receiver.leave();
    await Promise.all([first, second, receiver.newest.settle()]);
    receiver.change(5);
    assert.deepEqual(receiver.got, [0]);
  });
});
