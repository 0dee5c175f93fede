import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { deviceServices, onAnsweringHost, portOf } from './device-url.ts';

const RTSP = ['rtsp:', 'rtsps:'];

describe('addresses that a device names', () => {
  it('lead to the host that answered, whatever host they name', () => {
    for (const host of ['192.168.77.20', '0.0.0.0', '127.0.0.1', '203.0.113.9', '[fe80::1]', 'evil.example']) {
      const found = onAnsweringHost(`rtsp://${host}:554/Streaming/Channels/101?a=1&b=2`, '192.168.77.20', RTSP);
      assert.equal(found?.url, 'rtsp://192.168.77.20/Streaming/Channels/101?a=1&b=2');
      assert.equal(found.own, host === '192.168.77.20');
    }
  });

  it('carry no credentials', () => {
    const found = onAnsweringHost('rtsp://admin:secret@192.168.77.20/live#x', '192.168.77.20', RTSP);
    assert.deepEqual(found, { url: 'rtsp://192.168.77.20/live', port: 554, own: true });
  });

  it('are none when they are of another kind, or no addresses', () => {
    for (const text of [
      '',
      'file:///etc/passwd',
      'http://192.168.77.20/',
      'rtsp:',
      'rtsp://',
      'rtsp://a\r\nb/',
      '/live',
    ]) {
      assert.equal(onAnsweringHost(text, '192.168.77.20', RTSP), null, text);
    }
    assert.equal(onAnsweringHost(`rtsp://192.168.77.20/${'x'.repeat(3000)}`, '192.168.77.20', RTSP), null);
  });

  it('of the device service: those of the host that answered, plain before TLS, each once', () => {
    const texts = [
      'https://192.168.77.22/onvif/device_service',
      'http://192.168.77.22/onvif/device_service',
      'http://169.254.80.3/onvif/device_service',
      'http://192.168.77.22:80/onvif/device_service',
    ];
    assert.deepEqual(
      deviceServices(texts, '192.168.77.22').map(({ url }) => url),
      ['http://192.168.77.22/onvif/device_service', 'https://192.168.77.22/onvif/device_service'],
    );
  });

  it('of the device service: an old address is taken for the one that answered', () => {
    const services = deviceServices(['http://192.168.1.10:8899/onvif/device_service'], '192.168.77.28');
    assert.deepEqual(services, [{ url: 'http://192.168.77.28:8899/onvif/device_service', port: 8899, own: false }]);
  });

  it('have the usual port of their scheme when they name none', () => {
    const ports = ['http://h/', 'https://h/', 'rtsp://h/', 'rtsps://h/', 'rtsp://h:8554/'].map((url) =>
      portOf(new URL(url)),
    );
    assert.deepEqual(ports, [80, 443, 554, 322, 8554]);
  });

  it('never lead elsewhere', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'http:',
        'rtsp:',
        '//',
        '/',
        '@',
        ':',
        '?',
        '#',
        '[',
        ']',
        '\\',
        '%',
        '192.168.77.20',
        'a.b',
        '::1',
      ),
      fc.string({ maxLength: 3 }),
    );
    const text = fc
      .tuple(fc.constantFrom('', 'http://', 'rtsp://', 'rtsp:'), fc.array(piece, { maxLength: 12 }))
      .map(([start, pieces]) => start + pieces.join(''));
    fc.assert(
      fc.property(text, (each) => {
        const found = onAnsweringHost(each, '192.168.77.20', ['http:', 'https:', 'rtsp:']);
        if (found === null) return;
        const url = new URL(found.url);
        assert.equal(url.hostname, '192.168.77.20');
        assert.equal(url.username + url.password, '');
      }),
      { numRuns: 1000 },
    );
  });
});
