import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { onvifAnswer } from '../../test/fixtures/onvif-answers.ts';
import {
  readCapabilities,
  readDeviceScopes,
  readDeviceTime,
  readHardwareAddress,
  readProfiles,
  readServices,
  readUri,
} from './onvif-answers.ts';
import { readEnvelope } from './soap-envelope.ts';
import { parseXml, type XmlElement } from './xml.ts';

function result(name: string, operation: string): XmlElement {
  const answer = readEnvelope(onvifAnswer(name), operation);
  assert.ok(answer.kind === 'result');
  return answer.result;
}

function element(text: string): XmlElement {
  return parseXml(Buffer.from(`<r>${text}</r>`)).child('r')!;
}

describe('ONVIF answers', () => {
  it('tell the time of the device in UTC', () => {
    const time = readDeviceTime(result('time-tapo', 'GetSystemDateAndTime'));
    assert.deepEqual(time, { utcMs: Date.UTC(2026, 1, 28, 7, 5, 9), setBy: 'ntp', timeZone: 'UTC-01:00' });
  });

  it('without UTC, or with one that cannot be, tell no time', () => {
    assert.equal(readDeviceTime(element('<SystemDateAndTime><LocalDateTime/></SystemDateAndTime>')), null);
    const absurd = onvifAnswer('time-tapo').toString().replaceAll('<tt:Month>2<', '<tt:Month>13<');
    const answer = readEnvelope(Buffer.from(absurd), 'GetSystemDateAndTime');
    assert.ok(answer.kind === 'result');
    assert.equal(readDeviceTime(answer.result), null);
  });

  it('list the profiles with video of Media1', () => {
    assert.deepEqual(readProfiles(result('profiles-hikvision', 'GetProfiles')), [
      {
        token: 'Profile_1',
        name: 'mainStream',
        videoSource: 'VideoSource_1',
        codec: 'h264',
        width: 2688,
        height: 1520,
        fps: 25,
      },
      {
        token: 'Profile_2',
        name: 'subStream',
        videoSource: 'VideoSource_1',
        codec: 'mjpeg',
        width: 640,
        height: 360,
        fps: 15,
      },
    ]);
  });

  it('list the profiles of Media2, H.265 among them', () => {
    const profiles = readProfiles(result('profiles-axis', 'GetProfiles'));
    assert.deepEqual(
      profiles.map(({ token, codec, width, fps }) => [token, codec, width, fps]),
      [
        ['profile_2_h264', 'h264', 800, 12.5],
        ['profile_1_h265', 'hevc', 1920, 30],
      ],
    );
  });

  it('with senseless figures and codecs have none', () => {
    const encoder =
      '<VideoEncoderConfiguration><Encoding>constructor</Encoding><Resolution><Width>-1</Width><Height>1e9</Height>' +
      '</Resolution><RateControl><FrameRateLimit>NaN</FrameRateLimit></RateControl></VideoEncoderConfiguration>';
    const [profile] = readProfiles(element(`<Profiles token="p">${encoder}</Profiles>`));
    assert.deepEqual(profile, { token: 'p', name: null, videoSource: '', codec: '', width: 0, height: 0, fps: 0 });
    assert.deepEqual(readProfiles(element(`<Profiles>${encoder}</Profiles>`)), []);
  });

  it('name the media services, by GetServices and by GetCapabilities', () => {
    const service = (namespace: string, url: string): string =>
      `<Service><Namespace>http://www.onvif.org/${namespace}/media/wsdl</Namespace><XAddr>${url}</XAddr></Service>`;
    const services = element(service('ver10', 'http://h/onvif/media') + service('ver20', 'http://h/onvif/media2'));
    assert.deepEqual(readServices(services), { media1: 'http://h/onvif/media', media2: 'http://h/onvif/media2' });
    const capabilities = element('<Capabilities><Media><XAddr>http://h/m</XAddr></Media></Capabilities>');
    assert.deepEqual(readCapabilities(capabilities), { media1: 'http://h/m', media2: null });
  });

  it('give addresses in the shapes of Media1 and Media2', () => {
    assert.equal(readUri(element('<MediaUri><Uri>rtsp://h/1?a=1&amp;b=2</Uri></MediaUri>')), 'rtsp://h/1?a=1&b=2');
    assert.equal(readUri(element('<Uri>rtsp://h/2</Uri>')), 'rtsp://h/2');
    assert.equal(readUri(element('')), '');
  });

  it('tell the hardware address of the first network that has one, and what somebody called the device', () => {
    const network = (mac: string): string =>
      `<NetworkInterfaces><Info><HwAddress>${mac}</HwAddress></Info></NetworkInterfaces>`;
    assert.equal(
      readHardwareAddress(element(network('00:00:00:00:00:00') + network('AC-CC-8E-00-00-01'))),
      'ac:cc:8e:00:00:01',
    );
    assert.equal(readHardwareAddress(element('')), null);
    const scope = '<Scopes><ScopeItem>onvif://www.onvif.org/name/Front door</ScopeItem></Scopes>';
    assert.equal(readDeviceScopes(element(scope)).name, 'Front door');
  });
});
