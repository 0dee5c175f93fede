import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { onvifAnswer } from '../../test/fixtures/onvif-answers.ts';
import { readEnvelope, usernameToken, writeEnvelope } from './soap-envelope.ts';
import { parseXml } from './xml.ts';

describe('SOAP envelopes', () => {
  it('prove the password by its digest, and do not tell it', () => {
    const login = { username: 'a<b', password: 'geheim&"' };
    const nonce = Buffer.from('0123456789abcdef');
    const text = writeEnvelope(
      usernameToken(login, { nonce, created: '2026-02-28T07:05:09.000Z' }),
      '<tds:GetScopes/>',
    );
    const token = parseXml(Buffer.from(text)).child('Envelope', 'Header', 'Security', 'UsernameToken');
    assert.equal(token?.textOf('Username'), 'a<b');
    assert.equal(token.textOf('Nonce'), nonce.toString('base64'));
    const proof = createHash('sha1').update(`0123456789abcdef2026-02-28T07:05:09.000Zgeheim&"`).digest('base64');
    assert.equal(token.textOf('Password'), proof);
    assert.ok(!text.includes('geheim'));
  });

  it('hold the result of an operation', () => {
    const answer = readEnvelope(onvifAnswer('time-tapo'), 'GetSystemDateAndTime');
    assert.equal(answer.kind, 'result');
  });

  it('say that a login is wanted, in the words of SOAP 1.2 and of SOAP 1.1', () => {
    for (const name of ['fault-hikvision', 'fault-soap11']) {
      const answer = readEnvelope(onvifAnswer(name), 'GetProfiles');
      assert.deepEqual([answer.kind, answer.kind === 'fault' && answer.refused], ['fault', true], name);
    }
  });

  it('say by the innermost code what the device cannot do, without a word of its own', () => {
    const answer = readEnvelope(onvifAnswer('fault-gsoap'), 'GetProfiles');
    assert.deepEqual(answer, { kind: 'fault', refused: false, reason: 'it refused (NoSuchService)' });
  });

  it('that answer another question are no result', () => {
    const answer = readEnvelope(onvifAnswer('time-tapo'), 'GetProfiles');
    assert.deepEqual([answer.kind, answer.kind === 'fault' && answer.refused], ['fault', false]);
  });
});
