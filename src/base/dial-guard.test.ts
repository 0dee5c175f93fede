import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
import { describe, it } from 'node:test';
import { DialGuard } from './dial-guard.ts';
import type { DialRules } from './dial-guard.ts';
import { SightlineError } from './errors.ts';

const STRICT: DialRules = { allowed: [], ownPorts: [8080] };
const OPEN: DialRules = { allowed: ['127.0.0.0/8', '::1/128'], ownPorts: [8080] };

function refusal(host: string, port = 554, rules: DialRules = STRICT): string | null {
  try {
    new DialGuard(() => rules).lookupFor(host, port);
    return null;
  } catch (error) {
    assert.ok(error instanceof SightlineError && error.code === 'source-forbidden');
    return error.message;
  }
}

describe('a guard', () => {
  it('refuses this machine in every way of writing it', () => {
    for (const host of [
      '127.0.0.1',
      '127.8.9.1',
      '::1',
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '64:ff9b::7f00:1',
      '::127.0.0.1',
    ]) {
      assert.match(refusal(host) ?? '', /is this machine/, host);
    }
    const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
    for (const { address } of own) assert.match(refusal(address) ?? '', /is this machine/, address);
  });

  it('lets through what the config file lists, and the addresses of others', () => {
    for (const host of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) assert.equal(refusal(host, 554, OPEN), null, host);
    for (const host of ['192.0.2.20', '169.254.3.4', '2001:db8::20', '::ffff:192.0.2.20'])
      assert.equal(refusal(host), null);
  });

  it('refuses what no list can allow: unspecified addresses, the secrets of clouds, our own ports', () => {
    const all: DialRules = { allowed: ['0.0.0.0/0', '::/0'], ownPorts: [8080] };
    const hosts = [
      '0.0.0.0',
      '::',
      '::ffff:0.0.0.0',
      '169.254.169.254',
      '::ffff:a9fe:a9fe',
      'fd00:ec2::254',
      'fd00:0ec2:0::254',
    ];
    for (const host of hosts) assert.match(refusal(host, 80, all) ?? '', /no camera has/, host);
    for (const host of ['127.0.0.1', '::1', '127.1.2.3', '::ffff:127.0.0.1']) {
      assert.match(refusal(host, 8080, all) ?? '', /this server itself/, host);
    }
  });

  it('judges every address of a name, when it is resolved for the connection', async () => {
    const dial = (rules: DialRules, port = 554, all = false) => {
      const lookup = new DialGuard(() => rules).lookupFor('localhost', port)!;
      return promisify(lookup)('localhost', { all });
    };
    await assert.rejects(dial(STRICT), { code: 'source-forbidden', message: /localhost \(.*\) is this machine/ });
    await assert.rejects(dial(OPEN, 8080), { code: 'source-forbidden', message: /this server itself/ });
    assert.match(JSON.stringify(await dial(OPEN)), /^"?(127\.0\.0\.1|::1)/);
  });

  it('refuses the numbers of loopback that only the resolver understands', async () => {
    for (const host of ['0x7f000001', '2130706433', '127.1']) {
      const lookup = new DialGuard(() => STRICT).lookupFor(host, 554)!;
      await assert.rejects(promisify(lookup)(host, {}), (error: { code?: string }) => {
        return error.code === 'source-forbidden' || error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN';
      });
    }
  });

  it('asks for its rules at each dial', () => {
    let rules: DialRules | null = null;
    const guard = new DialGuard(() => rules);
    assert.equal(guard.lookupFor('127.0.0.1', 554), undefined);
    rules = STRICT;
    assert.throws(() => guard.lookupFor('127.0.0.1', 554));
  });
});
