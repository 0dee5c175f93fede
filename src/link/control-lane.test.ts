import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { SightlineError } from '../base/errors.ts';
import { ControlLane } from './control-lane.ts';
import type { LaneMessage, LanePort } from './control-lane.ts';

interface Methods {
  double: { params: { n: number }; result: number };
  refuse: { params: null; result: null };
  never: { params: null; result: null };
}

/** What the answering side asks of the asking one. */
interface Reverse {
  ping: { params: null; result: null };
}

/** One side of an IPC channel: JSON over, a turn later, as Node does it. */
class FakePort extends EventEmitter implements LanePort {
  peer: FakePort | null = null;
  connected = true;

  send(message: LaneMessage, sent?: (error: Error | null) => void): boolean {
    const text = JSON.stringify(message);
    setImmediate(() => {
      this.peer?.emit('message', JSON.parse(text));
      sent?.(null);
    });
    return true;
  }

  disconnect(): void {
    for (const side of [this, this.peer]) {
      if (side === null) continue;
      side.connected = false;
      side.emit('disconnect');
    }
  }
}

function lanes(): {
  port: FakePort;
  far: FakePort;
  asking: ControlLane<Methods, Reverse>;
  told: number[];
} {
  const port = new FakePort();
  const far = new FakePort();
  port.peer = far;
  far.peer = port;
  const told: number[] = [];
  new ControlLane<Reverse, Methods>(far, {
    double: ({ n }) => (told.push(n), 2 * n),
    refuse: () => {
      throw new SightlineError('camera-busy', 'It is busy.', { hint: 'Wait.' });
    },
    never: () => new Promise(() => undefined),
  });
  return { port, far, told, asking: new ControlLane<Methods, Reverse>(port, { ping: () => null }) };
}

describe('Control lane', () => {
  it('answers each question, whatever the order', async () => {
    const { asking } = lanes();
    const answers = await Promise.all([1, 2, 3].map((n) => asking.ask('double', { n })));
    assert.deepEqual(answers, [2, 4, 6]);
    asking.end();
  });

  it('carries a problem over with its code, text and hint', async () => {
    const { asking } = lanes();
    await assert.rejects(asking.ask('refuse', null), { code: 'camera-busy', message: 'It is busy.', hint: 'Wait.' });
    asking.end();
  });

  it('tells without an answer', async () => {
    const { asking, told } = lanes();
    asking.tell('double', { n: 7 });
    await asking.ask('double', { n: 8 });
    assert.deepEqual(told, [7, 8]);
    asking.end();
  });

  it('gives up on an answer after its time', async () => {
    const { asking } = lanes();
    await assert.rejects(asking.ask('never', null, { timeoutMs: 1 }), { code: 'link-closed' });
    asking.end();
  });

  it('rejects what is pending when the other side goes, and what is asked later', async () => {
    const { asking, port } = lanes();
    let ended = 0;
    asking.onEnd = () => ended++;
    const pending = asking.ask('never', null, { timeoutMs: 60_000 });
    port.disconnect();
    await assert.rejects(pending, { code: 'link-closed' });
    await assert.rejects(asking.ask('double', { n: 1 }), { code: 'link-closed' });
    asking.tell('double', { n: 1 });
    asking.end();
    assert.equal(ended, 1);
    assert.equal(port.listenerCount('message'), 0);
  });

  it('passes over messages that are none of its own', async () => {
    const { asking, port } = lanes();
    for (const message of [
      null,
      5,
      'text',
      {},
      { id: 'x' },
      { id: 99, result: 1 },
      { id: 0, method: 'toString', params: null },
    ])
      port.emit('message', message);
    assert.equal(await asking.ask('double', { n: 2 }), 4);
    asking.end();
  });
});
