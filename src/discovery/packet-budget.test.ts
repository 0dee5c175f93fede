import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nowUs } from '../base/clock.ts';
import { PacketBudget } from './packet-budget.ts';
import type { Packets } from './packet-budget.ts';

const RATE = 1000;
const never = new AbortController().signal;

/** When each of `count` packets was let go, µs from the first. */
async function times(budget: PacketBudget, count: number, packets?: Packets): Promise<number[]> {
  const beganUs = nowUs();
  return Promise.all(Array.from({ length: count }, () => budget.take(never, packets).then(() => nowUs() - beganUs)));
}

describe('the budget of packets', () => {
  it('lets a few packets go at once, and the others no faster than its rate', async () => {
    const gone = await times(new PacketBudget(RATE), 200);
    gone.forEach((us, index) => assert.ok(us >= (index - 6) * 1000, `packet ${index} after ${us} µs`));
    assert.ok((gone.at(-1) ?? 0) < 1e6);
  });

  it('counts all packets of a conversation', async () => {
    const gone = await times(new PacketBudget(RATE), 40, { now: 5 });
    assert.ok((gone.at(-1) ?? 0) >= 180_000);
  });

  it('keeps room for what the kernel will repeat', async () => {
    const budget = new PacketBudget(RATE);
    const first = await times(budget, 50, { laterMs: [100] });
    const second = await times(budget, 150);
    // 50 at once, then 150: of their 200 ms from the first one on, 50 belong to the repetitions at 100 to 150 ms.
    assert.ok((first.at(-1) ?? 0) < 100_000);
    assert.ok((first.at(-1) ?? 0) + (second.at(-1) ?? 0) >= 235_000);
    assert.equal(budget.granted, 250);
  });

  it('has the room again when the kernel will not repeat anything', async () => {
    const budget = new PacketBudget(RATE);
    const back = await Promise.all(Array.from({ length: 50 }, () => budget.take(never, { laterMs: [100] })));
    for (const giveBack of back) giveBack();
    for (const giveBack of back) giveBack();
    assert.equal(budget.granted, 50);
    const second = await times(budget, 150);
    assert.ok((second.at(-1) ?? 0) < 200_000);
  });

  it('ends waiting with the reason of the signal', async () => {
    const budget = new PacketBudget(1);
    await times(budget, 5);
    const stop = new AbortController();
    const waiting = budget.take(stop.signal);
    stop.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
    await assert.rejects(budget.take(stop.signal), /enough/);
  });
});
