// What the heartbeat says of native calls: those that have not returned, and the age of the oldest.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { nativeCall, nativeStats } from './native.ts';

it('native calls are counted until they have returned or thrown', async () => {
  const first = Promise.withResolvers<number>();
  const second = Promise.withResolvers<number>();
  const calls = [nativeCall('first', () => first.promise), nativeCall('second', () => second.promise)];
  assert.equal(nativeStats().calls, 2);
  assert.equal(nativeStats().oldest, 'first');
  assert.ok(nativeStats().oldestMs >= 0);
  first.resolve(7);
  assert.equal(await calls[0], 7);
  assert.equal(nativeStats().oldest, 'second');
  second.reject(new Error('broken'));
  await assert.rejects(calls[1]!, /broken/);
  assert.deepEqual(nativeStats(), { calls: 0, oldestMs: 0, oldest: null });
});
