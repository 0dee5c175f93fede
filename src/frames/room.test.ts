// Who is waited for, and who no longer.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Room } from './room.ts';

/** What `free` has come to, a few turns later. */
async function isFree(room: Room, signal: AbortSignal = new AbortController().signal): Promise<boolean> {
  let free = false;
  void room.free(signal).then(() => (free = true));
  await new Promise((resolve) => setImmediate(resolve));
  return free;
}

describe('the room of a lossless camera', () => {
  it('is free without loops, and with loops when each of them asks', async () => {
    const room = new Room();
    const [one, other] = [{}, {}];
    assert.ok(await isFree(room));
    room.enter(one);
    room.enter(other);
    room.ask(one);
    assert.equal(await isFree(room), false);
    room.ask(other);
    assert.ok(await isFree(room));
    room.served(one);
    assert.equal(await isFree(room), false);
  });

  it('becomes free for who waits when the slow loop goes', async () => {
    const room = new Room();
    const [fast, slow] = [{}, {}];
    room.enter(fast);
    room.enter(slow);
    room.ask(fast);
    const free = room.free(new AbortController().signal);
    room.leave(slow);
    room.leave(slow);
    await free;
  });

  it('lets who waits go when it is to end', async () => {
    const room = new Room();
    const stop = new AbortController();
    room.enter({});
    const free = room.free(stop.signal);
    stop.abort();
    await free;
  });

  it('does not count what a loop that has gone asks for', async () => {
    const room = new Room();
    const [gone, here] = [{}, {}];
    room.enter(gone);
    room.enter(here);
    room.leave(gone);
    room.ask(gone);
    assert.equal(await isFree(room), false);
  });
});
