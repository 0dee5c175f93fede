import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SightlineError } from '../base/errors.ts';
import {
  formatIpv4,
  formatSubnet,
  hostsOf,
  isIn,
  isPrivate,
  isPrivateAddress,
  parseIpv4,
  parseSubnet,
  sizeOf,
} from './ipv4.ts';
import { localNetworks } from './networks.ts';

function ipv4(cidr: string, internal = false): NetworkInterfaceInfo {
  const [address = ''] = cidr.split('/');
  return { address, cidr, family: 'IPv4', internal, mac: '02:00:00:00:00:01', netmask: '' };
}

const HOME = { lo: [ipv4('127.0.0.1/8', true)], eth0: [ipv4('192.168.1.2/24')], wlan0: [ipv4('10.0.5.7/16')] };

function refused(wishes: Parameters<typeof localNetworks>[0], says: RegExp): void {
  assert.throws(
    () => localNetworks(wishes, HOME),
    (error) => error instanceof SightlineError && error.code === 'request-invalid' && says.test(error.message),
  );
}

describe('the networks that are looked through', () => {
  it('are the private subnets of all interfaces; of a large one only what is around our own address, and it says so', () => {
    assert.deepEqual(localNetworks({}, HOME), [
      { interface: 'eth0', address: '192.168.1.2', cidr: '192.168.1.0/24', partOf: null, attached: true },
      { interface: 'wlan0', address: '10.0.5.7', cidr: '10.0.5.0/24', partOf: '10.0.0.0/16', attached: true },
    ]);
  });

  it('are never public, never loopback, never IPv6, never the two ends of a line', () => {
    const others = {
      wan: [ipv4('203.0.113.7/24'), ipv4('172.32.0.1/16'), ipv4('192.169.0.1/24'), ipv4('100.64.0.1/24')],
      odd: [ipv4('192.168.0.1/8')],
      tunnel: [ipv4('10.8.0.2/32'), ipv4('10.8.0.4/31')],
      six: [{ ...ipv4('192.168.1.2/24'), family: 'IPv6' as const, cidr: 'fd00::1/64', scopeid: 0 }],
    };
    assert.deepEqual(localNetworks({}, { lo: HOME.lo, ...others }), []);
  });

  it('begin with those that cameras are in, before the bridges of containers', () => {
    const machine = { docker0: [ipv4('172.17.0.1/16')], 'br-1f2e': [ipv4('172.18.0.1/24')], eth0: HOME.eth0 };
    assert.deepEqual(
      localNetworks({}, machine).map(({ cidr }) => cidr),
      ['192.168.1.0/24', '172.17.0.0/24', '172.18.0.0/24'],
    );
  });

  it('are that of one interface when it is named', () => {
    assert.deepEqual(
      localNetworks({ interface: 'eth0' }, HOME).map(({ cidr }) => cidr),
      ['192.168.1.0/24'],
    );
    refused({ interface: 'eth9' }, /no interface eth9/);
    refused({ interface: 'lo' }, /lo has no private IPv4 address/);
  });

  it('are a subnet that is named, whole up to a /16, attached or behind a router', () => {
    assert.deepEqual(localNetworks({ subnet: '10.0.9.1/18' }, HOME), [
      { interface: 'wlan0', address: '10.0.5.7', cidr: '10.0.0.0/18', partOf: null, attached: true },
    ]);
    assert.deepEqual(localNetworks({ subnet: '192.168.7.0/24' }, HOME), [
      { interface: '', address: '', cidr: '192.168.7.0/24', partOf: null, attached: false },
    ]);
    refused({ subnet: '8.8.8.0/24' }, /8\.8\.8\.0\/24 is not a private subnet/);
    refused({ subnet: '192.168.0.0/15' }, /not a private subnet/);
    refused({ subnet: '10.0.0.0/8' }, /more than 65,536/);
    for (const text of ['192.168.1.0', '192.168.1.0/33', '192.168.1.0/24/1', '192.168.01.0/24', 'fe80::/64', '']) {
      refused({ subnet: text }, /not an IPv4 subnet/);
    }
  });

  it('are refused with how to write a single address, and never the one where clouds keep their secrets', () => {
    assert.throws(() => localNetworks({ subnet: '192.168.1.20' }, HOME), { hint: /^192\.168\.1\.20\/32 is/ });
    assert.throws(() => localNetworks({ subnet: '192.168.1.300' }, HOME), { hint: /^Write one such as/ });
    refused({ subnet: '169.254.169.254/32' }, /169\.254\.169\.254\/32 is never asked/);
    assert.equal(localNetworks({ subnet: '169.254.169.253/32' }, HOME).length, 1);
  });
});

describe('an IPv4 subnet', () => {
  const subnet = fc.tuple(fc.nat(0xffffffff), fc.integer({ min: 20, max: 32 }));

  it('holds all its hosts and nobody else', () => {
    fc.assert(
      fc.property(subnet, fc.nat(0xffffffff), ([address, prefix], stranger) => {
        const found = parseSubnet(`${formatIpv4(address)}/${prefix}`);
        assert.ok(found);
        const hosts = new Set(hostsOf(found));
        const cidr = formatSubnet(found);
        for (const host of hosts) assert.ok(isIn(formatIpv4(host), cidr));
        assert.ok(hosts.size <= sizeOf(prefix));
        const isMember = stranger >= found.first && stranger < found.first + sizeOf(prefix) && stranger !== 0xa9fea9fe;
        assert.equal(isIn(formatIpv4(stranger), cidr), isMember);
      }),
    );
  });

  it('is private when it is RFC 1918 or link-local, with every address', () => {
    for (const cidr of ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '192.168.1.20/32']) {
      assert.ok(isPrivate(parseSubnet(cidr) ?? assert.fail()), cidr);
    }
    for (const cidr of ['10.0.0.0/7', '172.32.0.0/16', '127.0.0.0/8', '0.0.0.0/0', '224.0.0.0/24', '1.1.1.1/32']) {
      assert.ok(!isPrivate(parseSubnet(cidr) ?? assert.fail()), cidr);
    }
  });

  it('never names the address where clouds keep their secrets', () => {
    assert.ok(
      ![...hostsOf(parseSubnet('169.254.169.0/24') ?? assert.fail())].includes(parseIpv4('169.254.169.254') ?? 0),
    );
    assert.ok(!isIn('169.254.169.254', '169.254.0.0/16'));
    assert.deepEqual(['169.254.169.254', '169.254.1.20', '192.168.1.20'].map(isPrivateAddress), [false, true, true]);
  });
});
