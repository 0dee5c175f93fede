import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { onvifAnswer } from '../../test/fixtures/onvif-answers.ts';
import { isCamera, readProbeMatches, readScopes, sightingOf, writeProbe } from './ws-discovery-message.ts';
import { parseXml } from './xml.ts';

function only(name: string): ReturnType<typeof readProbeMatches>[number] {
  const matches = readProbeMatches(onvifAnswer(name));
  assert.equal(matches.length, 1);
  return matches[0]!;
}

/** What is told of each maker's device, when it answers from this address. */
const SEEN = [
  {
    fixture: 'probe-hikvision',
    from: '192.168.77.20',
    endpoint: 'urn:uuid:5f2b0a64-1c5e-4b6f-8f0e-44a642aa0120',
    name: 'HIKVISION DS-2CD2143G2-I',
    model: 'DS-2CD2143G2-I',
    maker: null,
    mac: '44:a6:42:aa:01:20',
    urls: ['http://192.168.77.20/onvif/device_service'],
  },
  {
    fixture: 'probe-dahua',
    from: '192.168.77.21',
    endpoint: 'urn:uuid:1c4e3a88-52aa-11ee-9f3b-9002a9000b21',
    name: 'Dahua',
    model: 'IPC-HDW2431T-AS-S2',
    maker: null,
    mac: null,
    urls: ['http://192.168.77.21/onvif/device_service'],
  },
  {
    fixture: 'probe-axis',
    from: '192.168.77.22',
    endpoint: 'urn:uuid:9b6f0f5c-7fb2-4d4c-8b51-accc8e000001',
    name: 'AXIS P3245-V',
    model: 'P3245-V',
    maker: null,
    mac: null,
    urls: ['http://192.168.77.22/onvif/device_service', 'https://192.168.77.22/onvif/device_service'],
  },
  {
    fixture: 'probe-reolink',
    from: '192.168.77.23',
    endpoint: 'urn:uuid:2419d68a-2dd2-21b2-a205-ec71db000023',
    name: 'IPC-BO',
    model: 'IPC-523128M5MP',
    maker: null,
    mac: null,
    urls: ['http://192.168.77.23:8000/onvif/device_service'],
  },
  {
    fixture: 'probe-tapo',
    from: '192.168.77.24',
    endpoint: 'urn:uuid:3fa1fe68-b915-4053-a3e1-003192000024',
    name: 'TP-IPC',
    model: null,
    maker: null,
    mac: null,
    urls: ['http://192.168.77.24:2020/onvif/device_service'],
  },
  {
    fixture: 'probe-uniview',
    from: '192.168.77.25',
    endpoint: 'urn:uuid:00010010-0001-1020-8000-48ea63000025',
    name: 'IPC3614SB-ADF28KM-I0',
    model: 'IPC3614SB-ADF28KM-I0',
    maker: null,
    mac: '48:ea:63:00:00:25',
    urls: ['http://192.168.77.25/onvif/device_service'],
  },
  {
    fixture: 'probe-hanwha',
    from: '192.168.77.26',
    endpoint: 'urn:uuid:5a4d5857-3656-3132-3030-000918000026',
    name: '현관',
    model: 'XNV-6080R',
    maker: 'Hanwha Vision',
    mac: '00:09:18:00:00:26',
    urls: ['http://192.168.77.26/onvif/device_service'],
  },
  {
    fixture: 'probe-foscam',
    from: '192.168.77.27',
    endpoint: 'urn:uuid:4c4f0000-0000-4000-8000-c0562700002f',
    name: 'Front door & drive',
    model: 'FI9900P',
    maker: null,
    mac: null,
    urls: ['http://192.168.77.27:888/onvif/device_service'],
  },
] as const;

describe('WS-Discovery answers', () => {
  for (const { fixture, from, urls, ...expected } of SEEN) {
    it(`of ${fixture.slice(6)} tell who it is and where`, () => {
      const match = only(fixture);
      assert.ok(isCamera(match));
      const { services = [], way, address, ...told } = sightingOf(match, from);
      assert.deepEqual([way, address], ['ws-discovery', from]);
      assert.deepEqual(told, expected);
      assert.deepEqual(
        services.map(({ kind, url }) => [kind, url]),
        urls.map((url) => ['onvif', url]),
      );
    });
  }

  it('of a printer are no camera', () => {
    assert.equal(isCamera(only('probe-printer')), false);
  });

  it('never lead to another host than the one that answered', () => {
    const elsewhere = onvifAnswer('probe-axis').toString().replaceAll('192.168.77.22', '203.0.113.80');
    const [match] = readProbeMatches(Buffer.from(elsewhere));
    const urls = sightingOf(match!, '192.168.77.66').services?.map(({ url }) => new URL(url).hostname) ?? [];
    assert.ok(urls.length > 0 && urls.every((host) => host === '192.168.77.66'));
  });

  it('without a usable address mean the usual one', () => {
    const text = onvifAnswer('probe-dahua')
      .toString()
      .replace(/http:[^<]*device_service/, '');
    const [match] = readProbeMatches(Buffer.from(text));
    assert.equal(sightingOf(match!, '192.168.77.21').services?.[0]?.url, 'http://192.168.77.21/onvif/device_service');
  });

  it('with several devices in one message tell of each, up to a bound', () => {
    const one = /<d:ProbeMatch>.*<\/d:ProbeMatch>/s.exec(onvifAnswer('probe-dahua').toString())?.[0] ?? '';
    const many = `<Envelope><Body><ProbeMatches>${one.repeat(40)}</ProbeMatches></Body></Envelope>`;
    assert.equal(readProbeMatches(Buffer.from(many)).length, 32);
  });

  it('are read although the end is torn off', () => {
    const torn = onvifAnswer('probe-hikvision').toString().split('<d:MetadataVersion>')[0] ?? '';
    assert.equal(readProbeMatches(Buffer.from(torn))[0]?.scopes.hardware, 'DS-2CD2143G2-I');
  });
});

describe('scopes', () => {
  it('keep the first of each kind, and what no encoding explains', () => {
    const scopes = readScopes('onvif://www.onvif.org/name/a%zz%41 onvif://www.onvif.org/name/b onvif://x');
    assert.equal(scopes.name, 'a%zzA');
    assert.deepEqual(readScopes('http://example/ x').onvif, false);
  });

  it('never throw', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0x10ffff)), (points) => {
        const text = String.fromCodePoint(...points);
        readScopes(text);
        readScopes(`onvif://www.onvif.org/name/${text}`);
      }),
    );
  });
});

describe('a Probe', () => {
  it('asks for video transmitters, or for anything', () => {
    const id = '00000000-0000-4000-8000-000000000001';
    const probe = parseXml(Buffer.from(writeProbe(id, 'NetworkVideoTransmitter')));
    assert.equal(probe.textOf('Envelope', 'Header', 'MessageID'), `uuid:${id}`);
    assert.equal(probe.textOf('Envelope', 'Body', 'Probe', 'Types'), 'dn:NetworkVideoTransmitter');
    assert.equal(parseXml(Buffer.from(writeProbe(id, null))).find('Types').length, 0);
  });
});
