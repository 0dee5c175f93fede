import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import pino from 'pino';
import { basic, bearer, KEY, TOKEN } from '../../../test/fixtures/access.ts';
import { makeJpeg } from '../../../test/fixtures/fake-media.ts';
import { RawClient, withGateway, type Running } from '../../../test/fixtures/gateway.ts';
import { serverDefaults, type ServerConfig } from '../../config/schema.ts';
import { AccessKeeper } from '../../control/access.ts';
import type { Session } from './contract-access.ts';

const USERS: ServerConfig['users'] = [{ name: 'anna', password: 'paper', grants: ['view'] }];

interface Scene extends Running {
  readonly keeper: AccessKeeper;
  readonly login: (body: object, headers?: Record<string, string>) => Promise<Response>;
  readonly session: (headers?: Record<string, string>) => Promise<Session>;
}

/** A gateway that others can reach, with control's own keeper behind it. */
async function withLogins(body: (scene: Scene) => Promise<void>, basePath = '/'): Promise<void> {
  const wishes = { ...serverDefaults, token: TOKEN, users: USERS };
  const log = pino({ level: 'silent' });
  const rest = { insecure: false, localKey: KEY, folder: null, secret: randomBytes(32), log };
  const keeper = new AccessKeeper({ wishes, ...rest });
  await withGateway({ server: { ...wishes, host: '0.0.0.0', port: 0, basePath } }, async (running) => {
    const { view, url } = running;
    const show = (): void => void (view.table = keeper.table);
    show();
    keeper.onChange(() => {
      show();
      view.changed();
    });
    view.answers.login = (attempt) => keeper.login(attempt);
    view.answers.logout = ({ cookie }) => {
      keeper.logout(cookie);
      return null;
    };
    await body({
      ...running,
      keeper,
      login: (login, headers = {}) =>
        fetch(`${url}/api/login`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify(login),
        }),
      session: async (headers = {}) => (await (await fetch(`${url}/api/session`, { headers })).json()) as Session,
    });
  }).finally(() => keeper.close());
}

function cookieOf(response: Response): string {
  return response.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
}

describe('a login', () => {
  test('by key, token or name and password gives a cookie that lets its holder in', async () => {
    await withLogins(async ({ url, login, session }) => {
      const logins = [
        [{ key: KEY }, 'key', 4],
        [{ token: TOKEN }, 'token', 4],
        [{ name: 'anna', password: 'paper' }, 'anna', 1],
      ] as const;
      for (const [body, id, grants] of logins) {
        const response = await login(body);
        assert.equal(response.status, 200);
        const answer = (await response.json()) as Session;
        assert.deepEqual([answer.principal.id, answer.grants.length], [id, grants]);
        const cookie = cookieOf(response);
        assert.deepEqual(await session({ cookie }), answer);
        assert.equal((await fetch(`${url}/api/cameras`, { headers: { cookie } })).status, 200);
      }
    });
  });

  test('gives a cookie that no script reads, no other site sends, and none but https carries where that is spoken', async () => {
    await withLogins(async ({ login, port }) => {
      const [plain = ''] = (await login({ token: TOKEN })).headers.getSetCookie();
      assert.match(
        plain,
        new RegExp(`^sightline-${port}=[\\w-]{43}; Max-Age=2592000; Path=/; HttpOnly; SameSite=Strict$`),
      );
      const [secure = ''] = (await login({ token: TOKEN }, { 'x-forwarded-proto': 'https' })).headers.getSetCookie();
      assert.match(secure, /; Secure/);
    });
    await withLogins(async ({ login }) => {
      const [proxied = ''] = (await login({ token: TOKEN }, { 'x-forwarded-for': '192.0.2.1' })).headers.getSetCookie();
      assert.match(proxied, /; Path=\/cams\/;/);
    }, '/cams');
  });

  test('with a wrong secret is 401 without a challenge to the page, and after five a minute 429', async () => {
    await withLogins(async ({ login, session }) => {
      const wrongs = [
        { key: 'x' },
        { token: 'x' },
        { token: KEY },
        { name: 'anna', password: 'x' },
        { name: 'x', password: 'paper' },
      ];
      for (const wrong of wrongs) {
        const response = await login(wrong, { 'x-requested-with': 'sightline' });
        assert.equal(response.status, 401);
        assert.equal(response.headers.get('www-authenticate'), null);
        assert.deepEqual(response.headers.getSetCookie(), []);
      }
      const limited = await login({ token: TOKEN });
      assert.equal(limited.status, 429);
      assert.equal(((await limited.json()) as { code: string }).code, 'too-many-attempts');
      assert.equal(limited.headers.get('retry-after'), '60');
      assert.equal((await session()).principal.kind, 'anyone');
    });
  });

  test('of a page elsewhere is refused, and so is a body that is no login', async () => {
    await withLogins(async ({ login }) => {
      assert.equal((await login({ token: TOKEN }, { origin: 'http://evil.example' })).status, 403);
      for (const body of [
        {},
        { token: '' },
        { token: TOKEN, key: KEY },
        { name: 'anna' },
        { token: 'x'.repeat(513) },
      ]) {
        assert.equal((await login(body)).status, 400, JSON.stringify(body));
      }
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      assert.equal((await login({ token: TOKEN }, form)).status, 415);
    });
  });

  test('replaces the session that the browser had', async () => {
    await withLogins(async ({ login, keeper }) => {
      const cookie = cookieOf(await login({ name: 'anna', password: 'paper' }));
      await login({ key: KEY }, { cookie });
      assert.deepEqual(
        keeper.table.sessions.map(({ principal }) => principal.id),
        ['key'],
      );
    });
  });
});

describe('a session', () => {
  test('tells anybody who it takes them for, and is no way to try secrets', async () => {
    await withLogins(async ({ session }) => {
      assert.deepEqual(await session(), { principal: { id: 'anyone', kind: 'anyone' }, grants: [] });
      assert.equal((await session(basic('anna', 'paper'))).principal.id, 'anna');
      for (let i = 0; i < 10; i += 1) assert.equal((await session(bearer('guess'))).principal.id, 'anyone');
      assert.equal((await session(bearer(TOKEN))).principal.id, 'anyone', 'a right guess looks like a wrong one');
      assert.equal((await session(basic('anna', 'paper'))).principal.id, 'anna', 'known from before');
    });
  });

  test('ends with the logout, the cookie and every open stream with it', async () => {
    await withLogins(async ({ url, port, login, session, media }) => {
      const cookie = cookieOf(await login({ name: 'anna', password: 'paper' }));
      const viewer = RawClient.get(port, '/camera', `Cookie: ${cookie}\r\n`);
      await media.next('jpegs');
      media.picture(makeJpeg(1));
      await viewer.until('X-Sequence: 1');
      const out = await fetch(`${url}/api/logout`, { method: 'POST', headers: { cookie } });
      assert.equal(out.status, 204);
      assert.match(out.headers.getSetCookie()[0] ?? '', /=; Max-Age=0; Path=\/;/);
      assert.match(await viewer.closed(), /--frame--\r\n$/);
      assert.equal((await session({ cookie })).principal.kind, 'anyone');
      assert.equal((await fetch(`${url}/api/logout`, { method: 'POST' })).status, 204, 'logging out twice is harmless');
    });
  });

  test('does not do for another server of this machine', async () => {
    await withLogins(async ({ login, session, port }) => {
      const cookie = cookieOf(await login({ token: TOKEN })).replace(String(port), '1');
      assert.equal((await session({ cookie })).principal.kind, 'anyone');
    });
  });
});
