import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Answer } from 'dns-packet';
import { HostRecords } from './mdns-records.ts';
import { sightingOf } from './mdns.ts';

describe('what multicast DNS tells of a device', () => {
  it('is its services, the special ones before mere pages, and its hardware address', () => {
    const host = 'axis-accc8e000001.local';
    const records = (service: string, name: string, port: number): Answer[] => [
      { name: `${service}.local`, type: 'PTR', data: `${name}.${service}.local` },
      { name: `${name}.${service}.local`, type: 'SRV', data: { target: host, port } },
    ];
    const told = new HostRecords(['_http', '_axis-video', '_rtsp'].map((name) => `${name}._tcp.local`));
    told.add([...records('_http._tcp', 'a page', 80), ...records('_axis-video._tcp', 'AXIS P3245-V', 80)]);
    told.add([...records('_rtsp._tcp', 'Door', 8554), { name: host, type: 'A', data: '192.168.77.22' }]);
    told.add([{ name: 'AXIS P3245-V._axis-video._tcp.local', type: 'TXT', data: ['macaddress=ACCC8E000001'] }]);
    assert.deepEqual(sightingOf(told.at('192.168.77.22'), '192.168.77.22'), {
      way: 'mdns',
      address: '192.168.77.22',
      mac: 'ac:cc:8e:00:00:01',
      name: 'AXIS P3245-V',
      services: [
        { kind: 'http', port: 80, url: 'http://192.168.77.22/' },
        { kind: 'rtsp', port: 8554, url: 'rtsp://192.168.77.22:8554/' },
      ],
    });
  });
});
