// Ways of looking that ask everybody at once, in LANs of the test's own: devices in their makers' shapes, twice, with
// noise beside; liars; and answers from elsewhere.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Lab, LAB_REFUSAL, type LabHost } from '../fixtures/lab.ts';
import { startAvahi } from '../peers/avahi.ts';
import { lookFrom } from '../peers/looker.ts';
import { startMdnsDevice } from '../peers/mdns-responder.ts';
import { startOnvifDevice } from '../peers/onvif-device.ts';

const MAKERS = ['hikvision', 'dahua', 'axis', 'reolink', 'tapo', 'uniview', 'hanwha', 'foscam'] as const;

function hostAt(lab: Lab, last: number): Promise<LabHost> {
  const address = `192.168.77.${last}`;
  return lab.host({ address, mac: `c0:56:e3:00:00:${last.toString(16).padStart(2, '0')}` });
}

describe('WS-Discovery in a LAN', { skip: LAB_REFUSAL ?? false, timeout: 120_000 }, () => {
  it('finds devices of all makers once each, among noise, repetitions and printers, within 4 s', async () => {
    await using lab = await Lab.open();
    const finder = await hostAt(lab, 2);
    for (const [index, maker] of MAKERS.entries()) {
      const host = await hostAt(lab, 20 + index);
      await startOnvifDevice(host, { discovery: `probe-${maker}`, noisy: index % 2 === 0 });
    }
    await startOnvifDevice(await hostAt(lab, 40), { discovery: 'probe-printer' });
    const before = finder.sentPackets();
    const { seen, tookMs, granted } = await lookFrom(finder, 'ws-discovery');
    assert.deepEqual(
      seen.map(({ address }) => address).sort(),
      MAKERS.map((_, index) => `192.168.77.${20 + index}`),
    );
    assert.ok(
      seen.every(({ afterMs }) => afterMs < 1500),
      JSON.stringify(seen.map(({ afterMs }) => afterMs)),
    );
    assert.ok(tookMs < 4000, `${tookMs} ms`);
    // ARP for the answers is not ours to count.
    assert.ok(finder.sentPackets() - before <= granted + 2 * MAKERS.length + 8);
  });

  it('believes no answer from outside the network', async () => {
    await using lab = await Lab.open();
    const finder = await lab.host({ address: '192.168.77.2', mac: '02:00:00:00:00:02', prefix: 16 });
    const stranger = await lab.host({ address: '192.168.99.20', mac: '02:00:00:00:00:20', prefix: 16 });
    await startOnvifDevice(stranger, { discovery: 'probe-axis' });
    const { seen } = await lookFrom(finder, 'ws-discovery');
    assert.deepEqual(seen, []);
  });
});

describe('multicast DNS in a LAN', { skip: LAB_REFUSAL ?? false, timeout: 120_000 }, () => {
  it('finds what tells of itself: at once, when asked further, loudly, and among noise', async () => {
    await using lab = await Lab.open();
    const finder = await hostAt(lab, 2);
    const axis = { name: 'AXIS P3245-V - ACCC8E000001', services: { '_axis-video._tcp': 80, '_rtsp._tcp': 554 } };
    const devices = [
      { ...axis, text: ['macaddress=ACCC8E000001'], places: 'at once' },
      { name: 'Door', services: { '_psia._tcp': 80 }, places: 'when asked' },
      { name: 'Loud', services: { '_rtsp._tcp': 8554 }, places: 'at once', loud: true },
      { name: 'Noise', services: { '_onvif._tcp': 8000 }, places: 'at once', noisy: true },
    ] as const;
    for (const [index, device] of devices.entries()) await startMdnsDevice(await hostAt(lab, 20 + index), device);
    const { seen, tookMs } = await lookFrom(finder, 'mdns');
    const last = new Map(seen.map((sighting) => [sighting.address, sighting]));
    assert.deepEqual([...last.values()].map(({ name }) => name).sort(), [
      'AXIS P3245-V - ACCC8E000001',
      'Door',
      'Loud',
      'Noise',
    ]);
    assert.equal(last.get('192.168.77.20')?.mac, 'ac:cc:8e:00:00:01');
    assert.deepEqual([...last.values()].map(({ services = [] }) => services.map(({ url }) => url)).sort(), [
      ['http://192.168.77.20/', 'rtsp://192.168.77.20/'],
      ['http://192.168.77.21/'],
      ['http://192.168.77.23:8000/onvif/device_service'],
      ['rtsp://192.168.77.22:8554/'],
    ]);
    assert.ok(tookMs < 5000, `${tookMs} ms`);
  });

  it('finds what Avahi tells of, beside an Avahi of its own machine', async () => {
    await using lab = await Lab.open();
    const finder = await hostAt(lab, 2);
    const host = await hostAt(lab, 20);
    const text = ['macaddress=C056E3000020'];
    await using avahi = new AsyncDisposableStack();
    avahi.use(await startAvahi(host, { name: 'Garage 2', type: '_rtsp._tcp', port: 8554, text }));
    avahi.use(await startAvahi(finder, { name: 'Not a camera', type: '_http._tcp', port: 80, text: [] }));
    const { seen } = await lookFrom(finder, 'mdns');
    const { afterMs, ...last } = seen.at(-1) ?? { afterMs: Infinity };
    assert.deepEqual(last, {
      way: 'mdns',
      address: '192.168.77.20',
      mac: 'c0:56:e3:00:00:20',
      name: 'Garage 2',
      services: [{ kind: 'rtsp', port: 8554, url: 'rtsp://192.168.77.20:8554/' }],
    });
    assert.ok(afterMs < 1500, `${afterMs} ms`);
    assert.ok(seen.every(({ address }) => address === '192.168.77.20'));
  });

  it('believes nobody who speaks for another', async () => {
    await using lab = await Lab.open();
    const finder = await hostAt(lab, 2);
    const liar = await hostAt(lab, 66);
    await startMdnsDevice(liar, {
      name: 'Not mine',
      services: { '_rtsp._tcp': 554 },
      address: '192.168.77.20',
      places: 'at once',
    });
    const { seen } = await lookFrom(finder, 'mdns');
    assert.deepEqual(seen, []);
  });
});
