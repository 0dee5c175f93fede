import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Identity, isCamera } from './identity.ts';
import type { FoundCamera, FoundStream, Service, Sighting, Way } from './types.ts';

const ENDPOINTS = ['urn:uuid:11111111-0000-0000-0000-000000000001', 'urn:uuid:11111111-0000-0000-0000-000000000002'];
const MACS = ['c0:56:e3:00:00:01', 'c0:56:e3:00:00:02', '02:00:00:00:00:03'];
const WAYS: readonly Way[] = ['neighbours', 'ports', 'ws-discovery', 'mdns', 'phone', 'onvif', 'paths'];

function devices(...sightings: readonly Sighting[]): readonly FoundCamera[] {
  const identity = new Identity();
  for (const sighting of sightings) identity.add(sighting);
  return identity.devices();
}

function stream(source: string, more: Partial<FoundStream> = {}): FoundStream {
  return { source, label: 'main', way: 'onvif', confirmed: false, codec: '', width: 0, height: 0, fps: 0, ...more };
}

const maybe = <T>(values: readonly T[]): fc.Arbitrary<T | null> => fc.constantFrom(null, ...values);

const anySighting: fc.Arbitrary<Sighting> = fc.record({
  way: fc.constantFrom(...WAYS),
  address: fc.constantFrom('192.168.1.10', '192.168.1.20', '192.168.1.30', '192.168.1.40'),
  mac: maybe(MACS),
  serial: maybe(['SERIAL01', 'SERIAL02']),
  endpoint: maybe(ENDPOINTS),
  name: maybe(['IPC', 'Front door']),
  maker: maybe(['HIKVISION', 'Nobody']),
  model: maybe(['A', 'B']),
  services: fc.subarray([
    { kind: 'rtsp', port: 554, url: 'rtsp://192.168.1.10/' },
    { kind: 'web', port: 80, url: 'http://192.168.1.10:80/' },
    { kind: 'http', port: 80, url: 'http://192.168.1.10:80/' },
  ] as const),
  streams: fc.array(
    fc.record(
      {
        source: fc.constantFrom('rtsp://192.168.1.10/1', 'rtsp://192.168.1.10/2'),
        label: fc.constantFrom('main', 'sub'),
        way: fc.constantFrom(...WAYS),
        confirmed: fc.boolean(),
        codec: fc.constantFrom('', 'h264'),
        width: fc.constantFrom(0, 640, 1920),
        height: fc.constantFrom(0, 360, 1080),
        fps: fc.constantFrom(0, 15),
      },
      { noNullPrototype: true },
    ),
    { maxLength: 3 },
  ),
  needsPassword: fc.boolean(),
});

describe('the identity of what was seen', () => {
  it('of devices that said nothing new is the same object again, so that hundreds of them cost nothing', () => {
    const identity = new Identity();
    const see = (address: string, mac: string): void => identity.add({ way: 'neighbours', address, mac });
    MACS.forEach((mac, index) => see(`192.168.1.${index + 1}`, mac));
    see('192.168.1.9', MACS[0]!);
    const before = identity.devices();
    identity.add({ way: 'mdns', address: '192.168.1.2', name: 'Door' });
    const after = identity.devices();
    assert.deepEqual(
      after.map((device, index) => device === before[index]),
      [true, false, true],
    );
    assert.equal(after[1]?.name, 'Door');
  });

  it('does not depend on the order of the sightings, nor on how often one was made', () => {
    const order = fc
      .array(anySighting, { maxLength: 12 })
      .chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }), fc.subarray(list)),
      );
    fc.assert(
      fc.property(order, ([list, shuffled, again]) => {
        assert.deepEqual(devices(...shuffled, ...again), devices(...list));
      }),
    );
  });

  it('has every address in one device, and no id twice', () => {
    fc.assert(
      fc.property(fc.array(anySighting, { maxLength: 12 }), (list) => {
        const found = devices(...list);
        const addresses = found.flatMap(({ address, otherAddresses }) => [address, ...otherAddresses]);
        assert.deepEqual(addresses.toSorted(), [...new Set(list.map(({ address }) => address))].toSorted());
        assert.equal(new Set(found.map(({ id }) => id)).size, found.length);
      }),
    );
  });

  it('keeps two cameras of one name apart', () => {
    const found = devices(
      { way: 'neighbours', address: '192.168.1.20', mac: 'c0:56:e3:00:00:01' },
      { way: 'neighbours', address: '192.168.1.21', mac: 'c0:56:e3:00:00:02' },
      { way: 'onvif', address: '192.168.1.20', name: 'IPC', model: 'DS-2CD' },
      { way: 'onvif', address: '192.168.1.21', name: 'IPC', model: 'DS-2CD' },
    );
    assert.deepEqual(
      found.map(({ id, name, maker }) => [id, name, maker]),
      [
        ['mac:c0:56:e3:00:00:01', 'IPC', 'Hikvision'],
        ['mac:c0:56:e3:00:00:02', 'IPC', 'Hikvision'],
      ],
    );
  });

  it('has one camera of two addresses once, under the address that has something to offer', () => {
    const [only, ...more] = devices(
      { way: 'neighbours', address: '192.168.1.20', mac: 'c0:56:e3:00:00:01' },
      { way: 'neighbours', address: '192.168.1.120', mac: 'c0:56:e3:00:00:01' },
      { way: 'ports', address: '192.168.1.120', services: [{ kind: 'rtsp', port: 554, url: 'rtsp://192.168.1.120/' }] },
    );
    assert.deepEqual(more, []);
    assert.equal(only?.address, '192.168.1.120');
    assert.deepEqual(only.otherAddresses, ['192.168.1.20']);
  });

  it('keeps cameras behind a repeater, which answers for all with its MAC, apart by their endpoints', () => {
    const mac = '00:11:22:00:00:01';
    const found = devices(
      { way: 'neighbours', address: '192.168.1.20', mac },
      { way: 'neighbours', address: '192.168.1.21', mac },
      { way: 'neighbours', address: '192.168.1.22', mac },
      { way: 'ws-discovery', address: '192.168.1.20', endpoint: ENDPOINTS[0] ?? null },
      { way: 'ws-discovery', address: '192.168.1.21', endpoint: ENDPOINTS[1] ?? null },
    );
    assert.deepEqual(
      found.map(({ id }) => id),
      [`endpoint:${ENDPOINTS[0]}`, `endpoint:${ENDPOINTS[1]}`, 'address:192.168.1.22'],
    );
  });

  it('has no maker for a MAC that a device made up, and believes a device about its maker', () => {
    const [phone] = devices({ way: 'neighbours', address: '192.168.1.20', mac: 'c2:56:e3:00:00:01' });
    assert.equal(phone?.maker, null);
    const [told] = devices(
      { way: 'neighbours', address: '192.168.1.20', mac: 'c0:56:e3:00:00:01' },
      { way: 'onvif', address: '192.168.1.20', maker: 'Zhejiang Dahua Vision' },
    );
    assert.equal(told?.maker, 'Dahua');
  });

  it('says by the MAC whose it is before it believes a sign of a server', () => {
    const [camera] = devices(
      { way: 'ports', address: '192.168.1.20', maker: 'Xiongmai' },
      { way: 'neighbours', address: '192.168.1.20', mac: 'c0:56:e3:00:00:01' },
    );
    assert.equal(camera?.maker, 'Hikvision');
  });

  it('needs no password any more once something could be opened', () => {
    const shut: Sighting = { way: 'ports', address: '192.168.1.20', needsPassword: true };
    const open: Sighting = {
      ...{ way: 'paths', address: '192.168.1.20' },
      streams: [stream('rtsp://192.168.1.20/1', { confirmed: true })],
    };
    assert.equal(devices(shut)[0]?.needsPassword, true);
    assert.equal(devices(open, shut)[0]?.needsPassword, false);
  });

  it('keeps a web server beside RTSP on another port, though both addresses leave their ports away', () => {
    const rtsp = { kind: 'rtsp', port: 554, url: 'rtsp://192.168.1.20/' } as const;
    const web = { kind: 'web', port: 80, url: 'http://192.168.1.20/' } as const;
    const known = { kind: 'http', port: 80, url: 'http://192.168.1.20/' } as const;
    const kinds = (...services: readonly Service[]): string[] =>
      devices({ way: 'ports', address: '192.168.1.20', services })[0]?.services.map(({ kind }) => kind) ?? [];
    assert.deepEqual(kinds(rtsp, web), ['rtsp', 'web']);
    assert.deepEqual(kinds(rtsp, web, known), ['rtsp', 'http']);
  });

  it('shows guessed streams only beside none of that kind that the device named', () => {
    const shape = { codec: 'h264', width: 1920, height: 1080 };
    const [camera] = devices({
      ...{ way: 'onvif', address: '192.168.1.20' },
      streams: [
        stream('rtsp://192.168.1.20/guess', { way: 'paths', confirmed: true, ...shape }),
        stream('rtsp://192.168.1.20/named', shape),
        stream('rtsp://192.168.1.20/small', { way: 'paths', confirmed: true, codec: 'h264', width: 640, height: 360 }),
      ],
    });
    assert.deepEqual(
      camera?.streams.map(({ source }) => source),
      ['rtsp://192.168.1.20/small', 'rtsp://192.168.1.20/named'],
    );
  });
});

describe('what counts as a camera', () => {
  const web = { kind: 'web', port: 80, url: 'http://192.168.1.20/' } as const;

  it('has RTSP, ONVIF or pages of a camera, not merely a MAC or some web server', () => {
    const at = (more: Partial<Sighting>): boolean =>
      devices({ way: 'ports', address: '192.168.1.20', ...more }).some(isCamera);
    assert.equal(at({ mac: 'c0:56:e3:00:00:01' }), false);
    assert.equal(at({ services: [web] }), false);
    assert.equal(at({ services: [web], mac: 'c0:56:e3:00:00:01' }), true);
    assert.equal(at({ services: [web], mac: '50:c7:bf:00:00:01' }), false);
    for (const kind of ['rtsp', 'onvif', 'http', 'phone'] as const)
      assert.equal(at({ services: [{ ...web, kind }] }), true);
    assert.equal(at({ streams: [stream('rtsp://192.168.1.20/1')] }), true);
  });
});
