import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AttemptLimit } from './attempt-limit.ts';

test('an address may try again a minute after its first wrong tries, others all the time', () => {
  let atUs = 0;
  const limit = new AttemptLimit({ perAddress: 3, now: () => atUs });
  for (let i = 0; i < 3; i += 1) {
    assert.equal(limit.isReached('192.0.2.1'), false);
    limit.failed('192.0.2.1');
    atUs += 10_000_000;
  }
  assert.equal(limit.isReached('192.0.2.1'), true);
  assert.equal(limit.isReached('::ffff:192.0.2.1'), true, 'the same address on a socket of both families');
  assert.equal(limit.isReached('192.0.2.2'), false);
  atUs = 60_000_000;
  assert.equal(limit.isReached('192.0.2.1'), false);
});

test('whoever has an IPv6 network has one try in it, not one in each of its addresses', () => {
  const limit = new AttemptLimit({ perAddress: 1 });
  limit.failed('2001:db8:1:2::1');
  assert.equal(limit.isReached('2001:db8:1:2:ffff::9'), true);
  assert.equal(limit.isReached('2001:db8:1:3::1'), false);
});

test('many addresses together are bounded too, and so is what is remembered of them', () => {
  const limit = new AttemptLimit({ perAddress: 5, total: 100 });
  for (let i = 0; i < 1000; i += 1) limit.failed(`10.0.${i >> 8}.${i & 255}`);
  assert.equal(limit.isReached('192.0.2.1'), true);
});
