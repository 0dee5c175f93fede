import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { hostname } from 'node:os';
import { describe, test } from 'node:test';
import { SightlineError } from '../../base/errors.ts';
import { Auth, isLoopbackAddress, maskToken, type AuthOptions } from './auth.ts';

function authOf(options: Partial<AuthOptions> = {}): Auth {
  const defaults = { token: null, allowedHosts: [], allowedOrigins: [], host: '127.0.0.1', loopback: true };
  return new Auth({ ...defaults, ...options });
}

interface Asked {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Record<string, string>;
  readonly media?: boolean;
}

/** The code of what `check` throws; null when it lets the request pass. */
function refused(auth: Auth, { method = 'GET', url = '/', headers = {}, media = false }: Asked): string | null {
  try {
    auth.check({ method, url, headers: { host: 'localhost:8080', ...headers } } as unknown as IncomingMessage, media);
    return null;
  } catch (error) {
    return error instanceof SightlineError ? error.code : 'other';
  }
}

describe('the Host rule', () => {
  const auth = authOf({ allowedHosts: ['cams.example.com'] });
  const known = [
    '127.0.0.1',
    '127.0.0.1:8080',
    '[::1]:8080',
    '[fe80::1]',
    '192.168.1.4:80',
    'localhost',
    'LOCALHOST:1',
  ];
  for (const host of [...known, hostname(), 'cams.example.com:8080', 'Cams.Example.Com.']) {
    test(`${host} is a name of this server`, () => assert.ok(auth.isKnownHost(host)));
  }
  const strange = [
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '',
    ':80',
    '[::1',
    '::1',
    'a b',
    '[1.2.3.4]',
  ];
  for (const host of [...strange, '127.0.0.1:80:80', 'xcams.example.com', '0x7f.1', '2130706433']) {
    test(`"${host}" is not`, () => assert.ok(!auth.isKnownHost(host)));
  }
});

describe('the Origin rule', () => {
  const auth = authOf({ allowedOrigins: ['https://app.example.com'] });
  const write = (origin: string | null): string | null =>
    refused(auth, { method: 'POST', headers: origin === null ? {} : { origin } });

  test('lets writes pass from our own pages, from allowed ones and from programs', () => {
    for (const origin of [null, 'http://localhost:8080', 'https://app.example.com']) assert.equal(write(origin), null);
  });
  test('refuses writes and WebSockets of pages elsewhere', () => {
    for (const origin of [
      'http://evil.example',
      'null',
      'http://localhost:9090',
      'file://',
      'http://localhost:8080.evil',
    ]) {
      assert.equal(write(origin), 'forbidden', origin);
      assert.equal(refused(auth, { headers: { origin, upgrade: 'websocket' } }), 'forbidden', origin);
      assert.equal(refused(auth, { headers: { origin } }), null, 'reading shows nothing to a page elsewhere');
    }
  });
});

describe('the token', () => {
  const elsewhere = authOf({ token: 'sesame', loopback: false, host: '0.0.0.0' });

  test('is not asked for when reading on loopback, and asked for when writing', () => {
    const here = authOf({ token: 'sesame' });
    assert.equal(refused(here, {}), null);
    assert.equal(refused(here, { method: 'POST' }), 'unauthorized');
    assert.equal(refused(here, { method: 'POST', headers: { authorization: 'Bearer sesame' } }), null);
  });
  test('is asked for everywhere when the server can be reached from elsewhere', () => {
    assert.equal(refused(elsewhere, {}), 'unauthorized');
    assert.equal(refused(elsewhere, { headers: { authorization: 'Bearer sesame' } }), null);
    assert.equal(refused(elsewhere, { headers: { authorization: 'bearer  sesame' } }), null);
    assert.equal(refused(elsewhere, { headers: { authorization: `Basic ${btoa('any:sesame')}` } }), null);
    for (const wrong of ['Bearer sesam', 'Bearer', 'Bearer sesame2', 'sesame', 'Basic sesame', 'Basic !!', '']) {
      assert.equal(refused(elsewhere, { headers: { authorization: wrong } }), 'unauthorized', wrong);
    }
  });
  test('is taken from the query on media addresses only', () => {
    const url = '/camera?width=640&token=sesame';
    assert.equal(refused(elsewhere, { url, media: true }), null);
    assert.equal(refused(elsewhere, { url, media: false }), 'unauthorized');
    assert.equal(refused(elsewhere, { url, media: true, method: 'POST' }), 'unauthorized');
    assert.equal(refused(elsewhere, { url: '/camera?token=', media: true }), 'unauthorized');
  });
  test('never stands in a log', () => {
    assert.equal(maskToken('/camera?a=1&token=sesame&b=2'), '/camera?a=1&token=***&b=2');
    assert.equal(maskToken('/camera?TOKEN=sesame'), '/camera?TOKEN=***');
    assert.equal(maskToken('/camera?%74oken=sesame'), '/camera?%74oken=***');
  });
});

test('loopback addresses are those that only this machine can reach', () => {
  for (const address of ['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1']) assert.ok(isLoopbackAddress(address));
  for (const address of ['0.0.0.0', '::', '192.168.1.1', '1.127.0.0']) assert.ok(!isLoopbackAddress(address));
});
