// The budget of packets, by a clock that the test sets: no second may have too many, however late our timers are.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PacketBudget } from './packet-budget.ts';
import type { Allowance, BudgetClock, Interval } from './packet-budget.ts';

const MOST = 100;
const SECOND_US = 1e6;
const AGAIN: Interval = [980, 1100];
const never = new AbortController().signal;

class TestClock implements BudgetClock {
  us = 5e9;
  #timers: { readonly dueUs: number; readonly call: () => void }[] = [];

  nowUs(): number {
    return this.us;
  }

  after(ms: number, call: () => void): void {
    this.#timers.push({ dueUs: this.us + ms * 1000, call });
  }

  /** Time passes, and only then the timers that were due meanwhile are looked at. */
  async pass(ms: number): Promise<void> {
    this.us += ms * 1000;
    const due = this.#timers.filter(({ dueUs }) => dueUs <= this.us);
    this.#timers = this.#timers.filter(({ dueUs }) => dueUs > this.us);
    for (const { call } of due) call();
    await new Promise(setImmediate);
  }
}

/** Asks for so many datagrams and sends each when it may; resolves with when they went, µs from now. */
async function datagrams(budget: PacketBudget, clock: TestClock, count: number): Promise<number[]> {
  const beganUs = clock.us;
  const gone: number[] = [];
  for (let n = 0; n < count; n++) {
    void budget.take(never).then((packets) => {
      packets.sent();
      gone.push(clock.us - beganUs);
    });
  }
  while (gone.length < count) await clock.pass(5);
  return gone;
}

function fullestSecond(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return Math.max(0, ...sorted.map((from, i) => sorted.slice(i).filter((at) => at <= from + SECOND_US).length));
}

/** Something that asks for packets: where between its permission and its report they go, and how long the report takes. */
interface Sender {
  readonly count: number;
  readonly part: number;
  readonly turns: number;
  /** One of its packets goes a second later, by itself. */
  readonly again: boolean;
}

interface Turn {
  /** How long our event loop did not come to anything. */
  readonly lateMs: number;
  readonly senders: readonly Sender[];
}

/** Lives through the turns, and until nobody waits; when each packet went. */
async function live(turns: readonly Turn[]): Promise<number[]> {
  const clock = new TestClock();
  const budget = new PacketBudget(MOST, clock);
  const times: number[] = [];
  const underWay = new Set<{ readonly sender: Sender; allowance: Allowance; fromUs: number; left: number }>();
  let waiting = 0;
  const step = async ({ lateMs, senders }: Turn): Promise<void> => {
    for (const sender of senders) {
      waiting++;
      void budget.take(never, sender.count).then((allowance) => {
        waiting--;
        underWay.add({ sender, allowance, fromUs: clock.us, left: sender.turns });
      });
    }
    await clock.pass(lateMs);
    for (const each of underWay) {
      if (each.left-- > 0) continue;
      underWay.delete(each);
      const { count, part, again } = each.sender;
      for (let n = again ? 1 : 0; n < count; n++) times.push(each.fromUs + part * (clock.us - each.fromUs));
      each.allowance.sent(again ? count - 1 : count);
      if (again) times.push(clock.us + (AGAIN[0] + part * (AGAIN[1] - AGAIN[0])) * 1000);
      if (again) each.allowance.later(1, AGAIN);
      each.allowance.end();
    }
  };
  for (const turn of turns) await step(turn);
  while (waiting > 0 || underWay.size > 0) await step({ lateMs: 7, senders: [] });
  assert.equal(budget.open, 0);
  return times;
}

describe('the budget of packets', () => {
  it('has no second with more than it allows, wherever it begins, whatever is sent and however late we are', async () => {
    const sender = fc.record({
      count: fc.integer({ min: 1, max: 9 }),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
      turns: fc.nat({ max: 4 }),
      again: fc.boolean(),
    });
    const turn = fc.record({
      lateMs: fc.oneof({ weight: 5, arbitrary: fc.nat({ max: 12 }) }, { weight: 1, arbitrary: fc.nat({ max: 900 }) }),
      senders: fc.array(sender, { maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { minLength: 5, maxLength: 60 }), async (turns) => {
        assert.ok(fullestSecond(await live(turns)) <= MOST);
      }),
      { numRuns: 60 },
    );
  });

  it('lets a few packets go at once, and the others evenly', async () => {
    const clock = new TestClock();
    const gone = await datagrams(new PacketBudget(MOST, clock), clock, 3 * MOST);
    gone.forEach((us, index) => assert.ok(us >= ((index - 13) * SECOND_US) / MOST, `packet ${index} after ${us} µs`));
    assert.ok((gone.at(-1) ?? 0) < 3.1 * SECOND_US);
  });

  it('has the room again at once that a permission did not need', async () => {
    const clock = new TestClock();
    const budget = new PacketBudget(MOST, clock);
    for (let n = 0; n < 20; n++) {
      const packets = await budget.take(never, 9);
      packets.sent();
      packets.end();
      await clock.pass(10);
    }
    assert.equal(budget.granted, 20);
  });

  it('keeps room for what the kernel will repeat, until it is known that it will not', async () => {
    const clock = new TestClock();
    const budget = new PacketBudget(MOST, clock);
    const some = await budget.take(never, 81);
    some.sent();
    some.later(80, AGAIN);
    assert.equal(budget.granted, 81);
    await clock.pass(1000);
    const letIn: Allowance[] = [];
    void budget.take(never, 50).then((more) => letIn.push(more));
    await clock.pass(5);
    const waits = (): boolean => letIn.length === 0;
    assert.ok(waits());
    while (waits()) await clock.pass(5);
    const others = new PacketBudget(MOST, clock);
    const answered = await others.take(never, 81);
    answered.sent();
    answered.later(80, AGAIN);
    answered.cancel();
    answered.cancel();
    assert.equal(others.granted, 1);
  });

  it('ends waiting with the reason of the signal, and refuses what could never go', async () => {
    const clock = new TestClock();
    const budget = new PacketBudget(MOST, clock);
    await budget.take(never, MOST);
    const stop = new AbortController();
    const waiting = budget.take(stop.signal);
    stop.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
    await assert.rejects(budget.take(stop.signal), /enough/);
    await assert.rejects(budget.take(never, MOST + 1), RangeError);
  });
});
