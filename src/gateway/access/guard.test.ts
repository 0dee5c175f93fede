import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { basic, bearer, KEY, TOKEN } from '../../../test/fixtures/access.ts';
import { makeJpeg } from '../../../test/fixtures/fake-media.ts';
import { RawClient, withGateway } from '../../../test/fixtures/gateway.ts';
import { digestOf } from '../../base/digest.ts';
import type { Permission } from '../../link/access.ts';

const USERS = [{ name: 'anna', password: 'paper', grants: ['view'] as Permission[] }];
/** Reachable from elsewhere, as far as the rules go. */
const OPEN = { server: { host: '0.0.0.0', token: TOKEN, users: USERS } };

test('every address says what it needs', async () => {
  await withGateway({}, ({ log }) => {
    assert.deepEqual(
      log.filter(({ msg }) => String(msg).startsWith('no permission')),
      [],
    );
    return Promise.resolve();
  });
});

describe('a challenge', () => {
  const challenge = async (url: string, headers: Record<string, string>): Promise<string | null> => {
    const response = await fetch(`${url}/api/cameras`, { headers });
    assert.equal(response.status, 401);
    return response.headers.get('www-authenticate');
  };

  test('is sent to programs and to a person who opens an address', async () => {
    await withGateway(OPEN, async ({ url }) => {
      assert.match((await challenge(url, {})) ?? '', /Basic/);
      const typed = { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate' };
      assert.match((await challenge(url, typed)) ?? '', /Basic/);
      assert.match(
        (await challenge(url, { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' })) ?? '',
        /Basic/,
      );
    });
  });

  test('is not sent to our own page, under which a browser would put up its own dialog', async () => {
    await withGateway(OPEN, async ({ url, port }) => {
      assert.equal(await challenge(url, { 'x-requested-with': 'sightline' }), null);
      for (const dest of ['empty', 'image', 'websocket']) {
        assert.equal(await challenge(url, { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': dest }), null);
      }
      assert.equal(await challenge(url, { cookie: `sightline-${port}=of-a-session-that-has-ended` }), null);
    });
  });
});

test('a stranger cannot tell which cameras there are', async () => {
  await withGateway(OPEN, async ({ url }) => {
    const refusals = ['/api/cameras/door', '/api/cameras/nowhere'].map(async (path) =>
      (await fetch(url + path)).text(),
    );
    const [there, nowhere] = await Promise.all(refusals);
    assert.equal(there, nowhere);
  });
});

describe('a body', () => {
  test('is JSON, else 415', async () => {
    await withGateway({ server: { token: TOKEN } }, async ({ url }) => {
      const login = async (type: string | null): Promise<number> => {
        const headers = type === null ? {} : { 'content-type': type };
        const body = new TextEncoder().encode('{"token":"x"}');
        return (await fetch(`${url}/api/login`, { method: 'POST', headers, body })).status;
      };
      const others = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'text/json'];
      for (const type of [...others, 'application/merge-patch+json', null])
        assert.equal(await login(type), 415, `${type}`);
    });
  });
});

describe('an open stream', () => {
  test('ends when its token does: with its last part whole and the closing boundary, within the same turn', async () => {
    await withGateway(OPEN, async ({ port, media, view }) => {
      const byToken = RawClient.get(port, `/camera?token=${TOKEN}`);
      await media.next('jpegs');
      media.picture(makeJpeg(1));
      await byToken.until('X-Sequence: 1');
      const byUser = RawClient.get(port, '/camera', `Authorization: ${basic('anna', 'paper')['authorization']!}\r\n`);
      await byUser.until('X-Sequence: 1');

      view.table = { ...view.table, version: 2, tokenDigest: digestOf('another') };
      view.changed();
      assert.match(await byToken.closed(), /picture 1 [\s\S]*--frame--\r\n$/);
      media.picture(makeJpeg(2));
      await byUser.until('X-Sequence: 2');

      view.table = { ...view.table, version: 3, users: [] };
      view.changed();
      assert.match(await byUser.closed(), /--frame--\r\n$/);
    });
  });

  test('of a viewer that takes nothing is cut', async () => {
    await withGateway(OPEN, async ({ port, media, view }) => {
      const viewer = RawClient.get(port, `/camera?token=${TOKEN}`);
      await media.next('jpegs');
      media.picture(makeJpeg(1));
      await viewer.until('X-Sequence: 1');
      viewer.socket.pause();
      for (let i = 2; i < 6; i += 1) media.picture(makeJpeg(i, { bytes: 8_000_000 }));
      view.table = { ...view.table, version: 2, tokenDigest: null };
      const closed = media.closed();
      view.changed();
      await closed;
      viewer.socket.destroy();
    });
  });

  test('goes on for those who need nothing to watch', async () => {
    await withGateway({ server: { token: TOKEN } }, async ({ port, media, view }) => {
      const viewer = RawClient.get(port, '/camera', `Authorization: Bearer ${TOKEN}\r\n`);
      await media.next('jpegs');
      media.picture(makeJpeg(1));
      await viewer.until('X-Sequence: 1');
      view.table = { ...view.table, version: 2, tokenDigest: null };
      view.changed();
      media.picture(makeJpeg(2));
      await viewer.until('X-Sequence: 2');
      viewer.socket.destroy();
    });
  });
});

describe('what is configured', () => {
  test('holds from the next request on', async () => {
    await withGateway(OPEN, async ({ url, view }) => {
      const status = async (headers: Record<string, string>): Promise<number> =>
        (await fetch(`${url}/api/cameras`, { headers })).status;
      assert.equal(await status(bearer(TOKEN)), 200);
      view.table = { ...view.table, version: 2, tokenDigest: digestOf('another'), keyDigest: digestOf(KEY) };
      assert.equal(await status(bearer(TOKEN)), 401);
      assert.equal(await status(bearer('another')), 200);
      assert.equal(await status(bearer(KEY)), 200);
      const policy = async (): Promise<string | null> =>
        (await fetch(`${url}/camera`, { method: 'HEAD', headers: bearer(KEY) })).headers.get(
          'cross-origin-resource-policy',
        );
      assert.equal(await policy(), 'cross-origin');
      view.table = { ...view.table, version: 3, embed: 'same-origin' };
      assert.equal(await policy(), 'same-origin');
    });
  });

  test('may be a user instead of a token, to listen where others can reach it', async () => {
    await withGateway({ server: { host: '0.0.0.0', users: USERS } }, async ({ url }) => {
      assert.equal((await fetch(`${url}/api/cameras`, { headers: basic('anna', 'paper') })).status, 200);
      assert.equal((await fetch(`${url}/api/cameras`)).status, 401);
    });
  });
});
