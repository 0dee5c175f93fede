import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { describe, test } from 'node:test';
import { Names } from './names.ts';

function namesOf(options: { allowedHosts?: string[]; allowedOrigins?: string[]; host?: string } = {}): Names {
  return new Names({ host: '127.0.0.1', allowedHosts: [], allowedOrigins: [], ...options });
}

describe('the Host rule', () => {
  const names = namesOf({ allowedHosts: ['cams.example.com'] });
  const own = ['127.0.0.1', '127.0.0.1:8080', '[::1]:8080', 'localhost', 'LOCALHOST:1', 'localhost.', hostname()];
  const known = [...own, '[fe80::1]', '192.168.1.4:80', 'cams.example.com:8080', 'Cams.Example.Com.'];
  for (const host of known) test(`${host} is a name of this server`, () => assert.ok(names.isKnownHost(host)));

  const strange = ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '', ':80', '[::1', '::1', 'a b'];
  const disguised = ['[1.2.3.4]', '127.0.0.1:80:80', 'xcams.example.com', '0x7f.1', '2130706433'];
  for (const host of [...strange, ...disguised]) test(`"${host}" is not`, () => assert.ok(!names.isKnownHost(host)));

  test('only names of this machine itself can have been meant by somebody on it', () => {
    for (const host of own) assert.ok(names.isOwnHost(host), host);
    for (const host of ['192.168.1.4', '[fe80::1]', 'cams.example.com', '']) assert.ok(!names.isOwnHost(host), host);
  });

  test('the name that its owner chose to listen on is known', () => {
    assert.ok(namesOf({ host: 'cams.lan' }).isKnownHost('cams.lan:80'));
  });
});

describe('the Origin rule', () => {
  const names = namesOf({ allowedOrigins: ['https://app.example.com'] });
  const ask = (method: string, headers: { origin?: string; upgrade?: string }): boolean => {
    try {
      names.check({ method, headers: { host: 'localhost:8080', ...headers } });
      return true;
    } catch {
      return false;
    }
  };

  test('lets writes pass from our own pages, from allowed ones and from programs', () => {
    assert.ok(ask('POST', {}));
    for (const origin of ['http://localhost:8080', 'https://app.example.com']) assert.ok(ask('POST', { origin }));
  });

  test('refuses writes and WebSockets of pages elsewhere', () => {
    const elsewhere = ['http://evil.example', 'null', 'http://localhost:9090', 'file://', 'http://localhost:8080.evil'];
    for (const origin of elsewhere) {
      for (const method of ['POST', 'PATCH', 'PUT', 'DELETE']) assert.ok(!ask(method, { origin }), origin);
      assert.ok(!ask('GET', { origin, upgrade: 'websocket' }), origin);
      assert.ok(ask('GET', { origin }), 'reading shows nothing to a page elsewhere');
    }
  });
});
