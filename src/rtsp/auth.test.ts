import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Authorizer, chooseChallenge, parseChallenges } from './auth.ts';

const MUFASA = { username: 'Mufasa', password: 'Circle of Life' };

function parameter(header: string | null, name: string): string {
  return new RegExp(`(?:^|[ ,])${name}="?([^",]*)`).exec(header ?? '')?.[1] ?? '';
}

function hash(algorithm: string, text: string): string {
  return createHash(algorithm).update(text, 'utf8').digest('hex');
}

/** Any bytes as the byte string that a header is, and as UTF-8. */
const anyText = fc
  .tuple(fc.uint8Array({ maxLength: 300 }), fc.constantFrom('latin1', 'utf8'))
  .map(([bytes, encoding]) => Buffer.from(bytes).toString(encoding as BufferEncoding));

describe('reading challenges', () => {
  it('takes several of one header apart, with quotes, commas and escapes in values', () => {
    const [digest, basic] = parseChallenges(
      'Digest realm="a, \\"b\\"", nonce=x==, qop="auth,auth-int", Basic realm="c"',
    );
    assert.equal(digest?.scheme, 'digest');
    assert.deepEqual(Object.fromEntries(digest.params), { realm: 'a, "b"', nonce: 'x==', qop: 'auth,auth-int' });
    assert.deepEqual([basic?.scheme, basic?.params.get('realm')], ['basic', 'c']);
  });

  it('never throws and stays small, whatever the header', () => {
    fc.assert(
      fc.property(fc.array(anyText), (headers) => {
        const challenges = parseChallenges(headers);
        assert.ok(challenges.length <= 16);
        assert.ok(challenges.every((challenge) => challenge.params.size <= 32));
        chooseChallenge(challenges);
      }),
    );
  });

  it('prefers SHA-256 to MD5, MD5 to Basic, and takes no Basic beside a Digest it cannot answer', () => {
    const md5 = 'Digest realm="r", nonce="1"';
    const sha = 'Digest realm="r", nonce="2", algorithm=SHA-256';
    assert.equal(chooseChallenge(parseChallenges(['Basic', md5, sha]))?.params.get('nonce'), '2');
    assert.equal(chooseChallenge(parseChallenges(['Basic', md5]))?.params.get('nonce'), '1');
    assert.equal(chooseChallenge(parseChallenges('Basic realm="r"'))?.scheme, 'basic');
    assert.equal(chooseChallenge(parseChallenges(['Basic', 'Digest realm="r", nonce="1", algorithm=X'])), null);
  });
});

describe('answering challenges', () => {
  it('answers no algorithm that it does not know, whatever its name', () => {
    for (const algorithm of ['constructor', '__proto__', 'SHA-512-256', '']) {
      const authorizer = new Authorizer({ username: 'user', password: 'secret' });
      assert.equal(authorizer.accept(`Digest realm="r", nonce="n", algorithm="${algorithm}"`), false);
      assert.equal(authorizer.header('GET', '/'), null);
    }
  });

  it('gives the response of RFC 2069 without qop', () => {
    const authorizer = new Authorizer({ username: 'Mufasa', password: 'Circle Of Life' });
    const nonce = 'dcd98b7102dd2f0e8b11d0f600bfb0c093';
    assert.ok(authorizer.accept(`Digest realm="testrealm@host.com", nonce="${nonce}"`));
    const header = authorizer.header('GET', '/dir/index.html');
    assert.equal(parameter(header, 'response'), '670fd8c2df070c60b045671b8b24ff02');
    assert.ok(!header?.includes('cnonce'));
  });

  for (const [algorithm, name] of [
    ['MD5', 'md5'],
    ['SHA-256', 'sha256'],
    ['MD5-sess', 'md5'],
    ['SHA-256-sess', 'sha256'],
  ] as const) {
    it(`gives the response of RFC 7616 with ${algorithm} and counts the uses of the nonce`, () => {
      const authorizer = new Authorizer(MUFASA);
      authorizer.accept(`Digest realm="r", qop="auth", algorithm=${algorithm}, nonce="n", opaque="o"`);
      for (const count of ['00000001', '00000002']) {
        const header = authorizer.header('DESCRIBE', 'rtsp://h/x');
        const cnonce = parameter(header, 'cnonce');
        const user = hash(name, `Mufasa:r:${MUFASA.password}`);
        const first = algorithm.endsWith('sess') ? hash(name, `${user}:n:${cnonce}`) : user;
        const second = hash(name, 'DESCRIBE:rtsp://h/x');
        assert.equal(parameter(header, 'response'), hash(name, `${first}:n:${count}:${cnonce}:auth:${second}`));
        assert.deepEqual([parameter(header, 'nc'), parameter(header, 'opaque')], [count, 'o']);
      }
    });
  }

  it('sends Basic as UTF-8', () => {
    const authorizer = new Authorizer({ username: 'jürgen', password: 'p:ä' });
    assert.ok(authorizer.accept('Basic realm="x"'));
    assert.equal(authorizer.header('GET', '/'), `Basic ${Buffer.from('jürgen:p:ä').toString('base64')}`);
  });

  it('tries again for a stale nonce and for a new one after a success, never for a plain refusal', () => {
    const authorizer = new Authorizer(MUFASA);
    assert.ok(authorizer.accept('Digest realm="r", nonce="1"'));
    authorizer.header('GET', '/');
    assert.ok(!authorizer.accept('Digest realm="r", nonce="2"'));
    assert.ok(authorizer.accept('Digest realm="r", nonce="2", stale=true'));
    authorizer.header('GET', '/');
    assert.ok(!authorizer.accept('Digest realm="r", nonce="2", stale=true'));
    authorizer.confirm();
    assert.ok(authorizer.accept('Digest realm="r", nonce="3"'));
  });

  it('gives no Basic once a Digest was seen, and nothing without credentials', () => {
    const authorizer = new Authorizer(MUFASA);
    authorizer.accept('Digest realm="r", nonce="1"');
    assert.ok(!authorizer.accept('Basic realm="r"'));
    assert.ok(!new Authorizer(null).accept('Basic realm="r"'));
    assert.equal(new Authorizer(MUFASA).header('GET', '/'), null);
  });

  it('lets nothing of the server or the user end the header line', () => {
    fc.assert(
      fc.property(anyText, anyText, (text, username) => {
        const authorizer = new Authorizer({ username, password: 'p' });
        authorizer.accept(`Digest realm="${text}", nonce="n${text}", opaque="${text}", charset=UTF-8`);
        assert.doesNotMatch(authorizer.header('GET', '/') ?? '', /[\p{Cc}--[\x80-\x9f]]/v);
      }),
    );
  });
});
