import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { deviceMac } from './device-text.ts';
import { formatIpv4, parseIpv4 } from './ipv4.ts';
import { parseArpProgram, parseIpNeigh, parseProcArp } from './neighbour-tables.ts';
import type { Neighbour } from './neighbour-tables.ts';

const PROC_ARP = `IP address       HW type     Flags       HW address            Mask     Device
192.168.1.20     0x1         0x2         c0:56:e3:12:34:56     *        eth0
192.168.1.21     0x1         0x0         00:00:00:00:00:00     *        eth0
192.168.1.22     0x1         0x6         02:11:22:33:44:55     *        wlan0
`;
const IP_NEIGH = JSON.stringify([
  { dst: '192.168.1.20', dev: 'eth0', lladdr: 'c0:56:e3:12:34:56', state: ['REACHABLE'] },
  { dst: '192.168.1.21', dev: 'eth0', state: ['FAILED'] },
  { dst: '192.168.1.22', dev: 'wlan0', lladdr: '02:11:22:33:44:55', state: ['STALE'] },
  { dst: 'fe80::1', dev: 'eth0', lladdr: 'c0:56:e3:12:34:57', state: ['REACHABLE'] },
]);
const MACOS = `? (192.168.1.20) at c0:56:e3:12:34:56 on eth0 ifscope [ethernet]
? (192.168.1.21) at (incomplete) on eth0 ifscope [ethernet]
? (192.168.1.22) at 2:11:22:33:44:55 on wlan0 ifscope [ethernet]
? (192.168.1.255) at ff:ff:ff:ff:ff:ff on eth0 ifscope [ethernet]
? (224.0.0.251) at 1:0:5e:0:0:fb on eth0 ifscope permanent [ethernet]
`;
const WINDOWS = `Interface: 192.168.1.2 --- 0x4
  Internet Address      Physical Address      Type
  192.168.1.20          c0-56-e3-12-34-56     dynamic
  192.168.1.22          02-11-22-33-44-55     dynamic
  192.168.1.255         ff-ff-ff-ff-ff-ff     static
`;
const SEEN: readonly Neighbour[] = [
  { address: '192.168.1.20', mac: 'c0:56:e3:12:34:56', interface: 'eth0' },
  { address: '192.168.1.22', mac: '02:11:22:33:44:55', interface: 'wlan0' },
];

const address = fc.nat(0xffffffff).map(formatIpv4);
const mac = fc
  .uint8Array({ minLength: 6, maxLength: 6 })
  .map((bytes) => [...bytes].map((byte, at) => (at === 0 ? byte & 0xfe : byte).toString(16).padStart(2, '0')).join(':'))
  .filter((text) => text !== '00:00:00:00:00:00');
const neighbour = fc.record(
  { address, mac, interface: fc.stringMatching(/^[a-z]{1,8}\d$/) },
  { noNullPrototype: true },
);

describe("the kernel's table of neighbours", () => {
  it('is read as Linux, iproute2, macOS and Windows write it; only who answered is in it', () => {
    assert.deepEqual(parseProcArp(PROC_ARP), SEEN);
    assert.deepEqual(parseIpNeigh(IP_NEIGH), SEEN);
    assert.deepEqual(parseArpProgram(MACOS), SEEN);
    assert.deepEqual(
      parseArpProgram(WINDOWS).map((each) => each.mac),
      SEEN.map((each) => each.mac),
    );
  });

  it('is read back whole, whoever is in it', () => {
    fc.assert(
      fc.property(fc.array(neighbour), (list) => {
        const proc = list.map((each) => `${each.address} 0x1 0x2 ${each.mac} * ${each.interface}`).join('\n');
        assert.deepEqual(parseProcArp(`IP address\n${proc}\n`), list);
        const json = list.map((each) => ({
          dst: each.address,
          dev: each.interface,
          lladdr: each.mac,
          state: ['STALE'],
        }));
        assert.deepEqual(parseIpNeigh(JSON.stringify(json)), list);
        const arp = list.map((each) => `? (${each.address}) at ${each.mac} on ${each.interface} ifscope`).join('\r\n');
        assert.deepEqual(parseArpProgram(arp), list);
      }),
    );
  });

  it('gives well-formed entries or none, whatever stands in it', () => {
    const pieces = fc.constantFrom(
      '192.168.1.20',
      '0x2',
      'c0:56:e3:12:34:56',
      '999.1.1.1',
      '\n',
      ' ',
      '(',
      ')',
      'on',
      '{"dst"',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((list) => list.join(' ')),
      fc.json(),
    );
    fc.assert(
      fc.property(text, (table) => {
        for (const each of [...parseProcArp(table), ...parseIpNeigh(table), ...parseArpProgram(table)]) {
          assert.notEqual(parseIpv4(each.address), null);
          assert.equal(deviceMac(each.mac), each.mac);
        }
      }),
    );
  });
});
