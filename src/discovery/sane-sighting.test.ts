import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { deviceText } from './device-text.ts';
import { saneSighting } from './sane-sighting.ts';
import type { FoundStream, LocalNetwork, Sighting } from './types.ts';

const HOME: LocalNetwork = {
  ...{ interface: 'eth0', address: '192.168.1.2', cidr: '192.168.1.0/24', partOf: null, attached: true },
};
const BOUNDS = { networks: [HOME], own: new Set(['127.0.0.1', '192.168.1.2']) };

function streamAt(source: string): FoundStream {
  return { source, label: 'main', way: 'onvif', confirmed: false, codec: '', width: 0, height: 0, fps: 0 };
}

function see(more: Partial<Sighting>): Sighting | null {
  return saneSighting({ way: 'onvif', address: '192.168.1.20', ...more }, BOUNDS);
}

describe('what a device says of itself', () => {
  it('counts for devices of the networks only, never for this machine', () => {
    assert.ok(see({}));
    for (const address of ['192.168.2.20', '192.168.1.2', '127.0.0.1', '8.8.8.8', 'camera.local', '', '::1']) {
      assert.equal(see({ address }), null, address);
    }
  });

  it('leads nowhere but to them', () => {
    const elsewhere = [
      'rtsp://203.0.113.9/1',
      'rtsp://camera.example/1',
      'http://192.168.1.2:8080/',
      'http://127.0.0.1/',
      'http://169.254.169.254/latest',
      'file:///etc/passwd',
      'ffmpeg:rtsp://192.168.1.20/',
      'http://192.168.1.20@203.0.113.9/',
      'not a url',
    ];
    for (const url of elsewhere) {
      assert.deepEqual(see({ streams: [streamAt(url)] })?.streams, [], url);
      assert.deepEqual(see({ services: [{ kind: 'onvif', port: 80, url }] })?.services, [], url);
    }
  });

  it('carries no password and no name of a secret of this machine', () => {
    const [stream] = see({ streams: [streamAt('rtsp://admin:secret@192.168.1.20/1')] })?.streams ?? [];
    assert.equal(stream?.source, 'rtsp://192.168.1.20/1');
    assert.deepEqual(see({ streams: [streamAt('rtsp://192.168.1.20/${SIGHTLINE_TOKEN}')] })?.streams, []);
    assert.deepEqual(see({ streams: [streamAt('rtsp://192.168.1.20/\n1')] })?.streams, []);
  });

  it('names a server in one way, whoever saw it', () => {
    for (const url of ['rtsp://192.168.1.20', 'rtsp://192.168.1.20:554/', 'rtsp://192.168.1.20/live?x=1']) {
      const [service] = see({ services: [{ kind: 'rtsp', port: 554, url }] })?.services ?? [];
      assert.equal(service?.url, 'rtsp://192.168.1.20/');
    }
  });

  it('identifies nobody by what many devices say', () => {
    assert.equal(see({ serial: '00000000' })?.serial, null);
    assert.equal(see({ serial: '123' })?.serial, null);
    assert.equal(see({ serial: 'DS-2CD2042WD20160101' })?.serial, 'DS-2CD2042WD20160101');
    for (const endpoint of [
      'http://www.w3.org/2005/08/addressing/anonymous',
      'urn:uuid:00000000-0000-0000-0000-000000000000',
    ]) {
      assert.equal(see({ endpoint })?.endpoint, null);
    }
    const endpoint = 'urn:uuid:4c4f4d45-0001-1000-8000-C056E3000001';
    assert.equal(see({ endpoint })?.endpoint, endpoint.toLowerCase());
    assert.equal(see({ mac: 'ff:ff:ff:ff:ff:ff' })?.mac, null);
    assert.equal(see({ mac: 'C0-56-E3-00-00-01' })?.mac, 'c0:56:e3:00:00:01');
  });

  it('is bounded, whatever it is', () => {
    const text = fc.string({ unit: 'binary', maxLength: 400 });
    const number = fc.oneof(fc.double(), fc.integer());
    const url = fc.oneof(
      text,
      text.map((path) => `rtsp://192.168.1.20/${path}`),
    );
    const service = fc.record({ kind: fc.constantFrom('rtsp', 'http', 'onvif'), port: number, url });
    const stream = fc.record({
      ...{ source: url, label: text, way: fc.constant('onvif' as const), confirmed: fc.boolean(), codec: text },
      ...{ width: number, height: number, fps: number },
    });
    const sighting = fc.record({
      ...{ way: fc.constant('onvif' as const), address: fc.constant('192.168.1.20'), mac: text, serial: text },
      ...{ endpoint: text, name: text, maker: text, model: text },
      services: fc.array(service, { maxLength: 40 }),
      streams: fc.array(stream, { maxLength: 70 }),
    });
    fc.assert(
      fc.property(sighting, (wild) => {
        const sane = saneSighting(wild, BOUNDS);
        assert.ok(sane);
        for (const each of [sane.name, sane.maker, sane.model, sane.serial]) assert.equal(deviceText(each), each);
        for (const { source, width, fps } of sane.streams ?? []) {
          assert.match(source, /^rtsp:\/\/192\.168\.1\.20\//);
          assert.ok(width >= 0 && width <= 16_384 && fps >= 0 && fps <= 480);
        }
        assert.ok((sane.services?.length ?? 0) <= 16 && (sane.streams?.length ?? 0) <= 32);
      }),
    );
  });
});
