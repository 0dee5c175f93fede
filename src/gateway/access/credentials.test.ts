import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { basic, bearer } from '../../../test/fixtures/access.ts';
import { credentialOf, maskToken } from './credentials.ts';

describe('a credential', () => {
  test('is read from the header', () => {
    assert.deepEqual(credentialOf(bearer('sesame'), '/', false), { kind: 'secret', secret: 'sesame' });
    assert.deepEqual(credentialOf({ authorization: 'bearer  sesame' }, '/', false), {
      kind: 'secret',
      secret: 'sesame',
    });
    const pair = { kind: 'pair', name: 'anna', password: 'a:b' };
    assert.deepEqual(credentialOf(basic('anna', 'a:b'), '/', false), pair);
    assert.deepEqual(credentialOf(basic('', 'x'), '/', false), { kind: 'pair', name: '', password: 'x' });
    assert.equal(credentialOf({}, '/', true), null);
  });

  test('that cannot be read is a wrong one, not none', () => {
    for (const authorization of ['', 'sesame', 'Bearer', 'Digest username="a"', 'Basic', 'Basic !!']) {
      assert.notEqual(credentialOf({ authorization }, '/', false), null, authorization);
    }
  });

  test('is taken from the address only where it is allowed, and the header wins', () => {
    const url = '/camera?width=640&token=ses%61me';
    assert.deepEqual(credentialOf({}, url, true), { kind: 'secret', secret: 'sesame' });
    assert.equal(credentialOf({}, url, false), null);
    assert.deepEqual(credentialOf(bearer('other'), url, true), { kind: 'secret', secret: 'other' });
  });

  test('never stands in a log', () => {
    assert.equal(maskToken('/camera?a=1&token=sesame&b=2'), '/camera?a=1&token=***&b=2');
    assert.equal(maskToken('/camera?TOKEN=sesame'), '/camera?TOKEN=***');
    assert.equal(maskToken('/camera?%74oken=sesame'), '/camera?%74oken=***');
  });
});
