import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { request } from '../../../test/fixtures/access.ts';
import { addressOf, isFromThisMachine, isHttps } from './directions.ts';
import { Names } from './names.ts';

const names = new Names({ host: '127.0.0.1', allowedHosts: ['cams.example.com'], allowedOrigins: [] });

describe('a request from this machine', () => {
  test('is one that nobody else can be behind', () => {
    for (const from of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) assert.ok(isFromThisMachine(request({ from }), names));
    for (const host of ['127.0.0.1:8080', '[::1]:8080', 'localhost']) {
      assert.ok(isFromThisMachine(request({ headers: { host } }), names), host);
    }
  });

  test('is none that comes from elsewhere', () => {
    assert.ok(!isFromThisMachine(request({ from: '192.168.1.7' }), names));
  });

  test('is none that a proxy on this machine passes on for somebody', () => {
    const proxies: Record<string, string>[] = [
      { 'x-forwarded-for': '203.0.113.9' },
      { 'x-forwarded-proto': 'https' },
      { forwarded: 'for=203.0.113.9' },
      { 'x-real-ip': '203.0.113.9' },
      { via: '1.1 squid' },
      { 'cf-connecting-ip': '203.0.113.9' },
      { host: 'cams.example.com' },
      { host: '203.0.113.1' },
    ];
    for (const headers of proxies) assert.ok(!isFromThisMachine(request({ headers }), names), JSON.stringify(headers));
    assert.ok(!isFromThisMachine(request({ httpVersion: '1.0' }), names), 'nginx as it is by default');
  });
});

test('tries are counted for whom a proxy on this machine asks for, which others cannot claim to be', () => {
  const headers = { 'x-forwarded-for': '198.51.100.1, 203.0.113.9' };
  assert.equal(addressOf(request({ headers })), '203.0.113.9');
  assert.equal(addressOf(request({ headers, from: '192.168.1.7' })), '192.168.1.7');
  assert.equal(addressOf(request({ headers: { 'x-forwarded-for': 'unknown' } })), '127.0.0.1');
});

test('a browser speaks https when the proxy in front says so', () => {
  assert.ok(isHttps({ 'x-forwarded-proto': 'https' }));
  assert.ok(isHttps({ 'x-forwarded-proto': 'https, http' }));
  for (const proto of ['http', 'http, https', 'httpsx', '']) assert.ok(!isHttps({ 'x-forwarded-proto': proto }));
  assert.ok(!isHttps({}));
});
