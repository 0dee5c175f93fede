import assert from 'node:assert/strict';
import { test } from 'node:test';
import { householdOf, isLoopbackAddress } from './network-address.ts';

test('loopback addresses are those that only this machine can reach', () => {
  for (const address of ['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1']) assert.ok(isLoopbackAddress(address));
  for (const address of ['0.0.0.0', '::', '192.168.1.1', '1.127.0.0', '']) assert.ok(!isLoopbackAddress(address));
});

test('a household is an IPv4 address or the /64 of an IPv6 address, however it is written', () => {
  const same = ['2001:db8::1', '2001:DB8:0:0:1::', '2001:db8::ffff:0:0:1', '2001:0db8:0000:0000:0000:0000:0000:0001'];
  for (const address of same) assert.equal(householdOf(address), '2001:db8:0:0::/64');
  assert.equal(householdOf('fe80::1%eth0'), 'fe80:0:0:0::/64');
  assert.equal(householdOf('::1'), '0:0:0:0::/64');
  assert.equal(householdOf('::ffff:192.0.2.7'), '192.0.2.7');
  assert.equal(householdOf('192.0.2.7'), '192.0.2.7');
  assert.equal(householdOf(''), '');
});
