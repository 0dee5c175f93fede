// Who may watch changes while people watch: a hand edit of the config ends what it takes the permission from, within a
// second and with its last part whole, and nothing else; logins hold over a restart; several workers judge as one.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { basic, bearer } from '../fixtures/access.ts';
import { ask, assertUntold, configOf, goesOn, logIn, openTile, portOf, Watcher } from '../fixtures/access-watch.ts';
import { ConfigServer } from '../fixtures/config-server.ts';
import type { TestServer } from '../fixtures/server.ts';

const TOKEN = 'c0rrect-horse+battery/staple=';
const PASSWORDS = { anna: 'pa&per cl1p"', shop: 'shelf-4711' };
const ANNA = basic('anna', PASSWORDS.anna);
const SHOP = basic('shop', PASSWORDS.shop);
const USERS = [
  { name: 'anna', password: PASSWORDS.anna },
  { name: 'shop', password: PASSWORDS.shop, grants: ['view'] },
];
const OTHER_ANNA = 'another pa&per';
const WITH_OTHER_ANNA = [{ ...USERS[0], password: OTHER_ANNA }, USERS[1]];
const IN_QUERY = `?token=${encodeURIComponent(TOKEN)}`;
const SECRETS = [
  TOKEN,
  ...Object.values(PASSWORDS),
  OTHER_ANNA,
  ...[ANNA, SHOP].map((each) => each['authorization']!.slice('Basic '.length)),
];
const SOON_MS = 1000;

/** Carries out a change and fails when what it ends takes a second or more. */
async function endsSoon(change: () => Promise<unknown>, ends: readonly Promise<unknown>[]): Promise<void> {
  const began = performance.now();
  await change();
  await Promise.all(ends);
  const tookMs = performance.now() - began;
  assert.ok(tookMs < SOON_MS, `it took ${tookMs} ms`);
}

async function principal(server: TestServer, headers: Record<string, string>): Promise<string> {
  const response = await ask(server, ['GET', '/api/session'], headers);
  return ((await response.json()) as { principal: { id: string } }).principal.id;
}

describe('a hand edit of the config', { timeout: 60_000 }, () => {
  let config: ConfigServer;
  let server: TestServer;
  const cookies: string[] = [];

  before(async () => {
    config = await ConfigServer.start(configOf({ token: TOKEN, users: USERS }));
    ({ server } = config);
  });

  after(async () => {
    await config[Symbol.asyncDispose]();
    assert.deepEqual(await server.alive(), []);
  });

  it("that changes a user's password ends what was opened by it or by a login with it, and a neighbour goes on", async () => {
    const login = await logIn(server, { name: 'anna', password: PASSWORDS.anna });
    cookies.push(login.cookie);
    const byPassword = await Watcher.open(server, ANNA);
    const byLogin = await Watcher.open(server, login);
    const page = await openTile(server, login);
    const neighbours = [await Watcher.open(server, {}, IN_QUERY), await Watcher.open(server, SHOP)];
    const neighbourPage = await openTile(server, SHOP);

    const pageEnd = page.end();
    await endsSoon(
      () => config.write(configOf({ token: TOKEN, users: WITH_OTHER_ANNA })),
      [byPassword.ended(), byLogin.ended(), pageEnd],
    );

    assert.equal((await pageEnd).code, 4401);
    await Promise.all([...neighbours.map((each) => each.goesOn()), goesOn(neighbourPage)]);
    assert.equal((await ask(server, ['GET', '/api/cameras'], ANNA)).status, 401);
    assert.equal((await ask(server, ['GET', '/api/cameras'], login)).status, 401);
    assert.equal((await ask(server, ['GET', '/api/cameras'], basic('anna', OTHER_ANNA))).status, 200);
    for (const each of neighbours) each.close();
    await neighbourPage.close();
  });

  it('that takes the token out ends what was opened by it, and a neighbour goes on', async () => {
    const login = await logIn(server, { token: TOKEN });
    cookies.push(login.cookie);
    const watchers = [await Watcher.open(server, {}, IN_QUERY), await Watcher.open(server, bearer(TOKEN))];
    watchers.push(await Watcher.open(server, login));
    const page = await openTile(server, {}, IN_QUERY);
    const neighbour = await Watcher.open(server, SHOP);
    const neighbourPage = await openTile(server, SHOP);

    const pageEnd = page.end();
    await endsSoon(
      () => config.write(configOf({ users: WITH_OTHER_ANNA })),
      [...watchers.map((each) => each.ended()), pageEnd],
    );

    assert.equal((await pageEnd).code, 4401);
    await Promise.all([neighbour.goesOn(), goesOn(neighbourPage)]);
    assert.equal((await ask(server, ['GET', `/cameras/door/snapshot.jpg${IN_QUERY}`])).status, 401);
    neighbour.close();
    await neighbourPage.close();
  });

  it('that would leave nobody who may ask is refused, and what was in force stays', async () => {
    const neighbour = await Watcher.open(server, SHOP);
    await config.write(configOf({}));
    await server.logged('without token and users');
    await neighbour.goesOn();
    await config.write(configOf({ users: WITH_OTHER_ANNA }));
    neighbour.close();
  });

  it('of grants leaves somebody who may look, not touch', async () => {
    for (const path of ['/cameras/door/snapshot.jpg', '/api/cameras', '/api/cameras/door/log', '/metrics', '/docs']) {
      assert.equal((await ask(server, ['GET', path], SHOP)).status, 200, path);
    }
    const writes = [
      ['POST', '/api/cameras', { source: 'test:' }],
      ['PATCH', '/api/cameras/door', { name: 'x' }],
      ['DELETE', '/api/cameras/door', undefined],
      ['POST', '/api/probe', { source: 'rtsp://192.0.2.1/' }],
    ] as const;
    const login = await logIn(server, { name: 'shop', password: PASSWORDS.shop });
    cookies.push(login.cookie);
    for (const [method, path, body] of writes) {
      for (const who of [SHOP, login]) {
        const response = await ask(server, [method, path], who, body);
        assert.equal(response.status, 403, `${method} ${path}`);
        assert.equal(((await response.json()) as { code: string }).code, 'forbidden');
      }
    }
    assert.match(await config.text(), /"door"/);
  });

  it('leaves no token, key, cookie or password in the log or in an answer', async () => {
    await ask(server, ['GET', `/nothing${IN_QUERY}`]);
    await ask(server, ['POST', '/api/login'], {}, { name: 'anna', password: PASSWORDS.anna });
    const values = cookies.map((cookie) => cookie.split('=')[1]!);
    assert.equal(values.length, 3);
    await assertUntold(server, bearer(server.key), [...SECRETS, ...values, server.key]);
  });
});

describe('a login', { timeout: 60_000 }, () => {
  it('holds over a restart, and ends with a password that was changed meanwhile', async () => {
    await using first = await ConfigServer.start(configOf({ users: USERS }));
    const logins = [
      await logIn(first.server, { name: 'anna', password: PASSWORDS.anna }),
      await logIn(first.server, { name: 'shop', password: PASSWORDS.shop }),
      await logIn(first.server, { key: first.server.key }),
    ];
    /** A cookie's name has the port in it, which is another after a restart here. */
    const who = (server: TestServer): Promise<string[]> =>
      Promise.all(
        logins.map(({ cookie }) => principal(server, { cookie: cookie.replace(/-\d+=/, `-${portOf(server)}=`) })),
      );
    assert.deepEqual(await who(first.server), ['anna', 'shop', 'key']);
    await using second = await first.restarted();
    assert.deepEqual(await who(second.server), ['anna', 'shop', 'key']);
    await second.server.stop();
    await second.write(configOf({ users: WITH_OTHER_ANNA }));
    await using third = await second.restarted();
    assert.deepEqual(await who(third.server), ['anyone', 'shop', 'key']);
  });
});

describe('three workers', { timeout: 60_000 }, () => {
  const EACH = Array.from({ length: 6 }, (_, n) => n);
  let config: ConfigServer;
  let server: TestServer;
  const cookies: string[] = [];

  before(async () => {
    config = await ConfigServer.start(configOf({ token: TOKEN, users: USERS }), ['--workers', '3']);
    ({ server } = config);
  });

  after(async () => {
    await config[Symbol.asyncDispose]();
    assert.deepEqual(await server.alive(), []);
  });

  /** Processes that viewers of `door` are at. */
  async function served(): Promise<number> {
    const response = await ask(server, ['GET', '/api/cameras/door/viewers'], bearer(server.key));
    const { viewers } = (await response.json()) as { viewers: { id: string }[] };
    return new Set(viewers.map(({ id }) => id.split('-')[0])).size;
  }

  it('know a login that one of them took, and forget it as one', async () => {
    const login = await logIn(server, { name: 'anna', password: PASSWORDS.anna });
    cookies.push(login.cookie);
    for (const n of EACH) assert.equal(await principal(server, login), 'anna', String(n));
    assert.equal((await ask(server, ['POST', '/api/logout'], login)).status, 204);
    for (const n of EACH) assert.equal(await principal(server, login), 'anyone', String(n));
  });

  it('end what a changed password or token opened, whichever of them serves it', async () => {
    const login = await logIn(server, { name: 'anna', password: PASSWORDS.anna });
    cookies.push(login.cookie);
    const ending = [];
    const staying = [];
    const pages = [];
    for (const n of EACH) {
      ending.push(n % 2 === 0 ? await Watcher.open(server, login) : await Watcher.open(server, {}, IN_QUERY));
      staying.push(await Watcher.open(server, SHOP));
      pages.push(await openTile(server, ANNA));
    }
    assert.equal(await served(), 3);
    const pageEnds = pages.map((page) => page.end());
    await endsSoon(
      () => config.write(configOf({ users: WITH_OTHER_ANNA })),
      [...ending.map((each) => each.ended()), ...pageEnds],
    );
    for (const { code } of await Promise.all(pageEnds)) assert.equal(code, 4401);
    await Promise.all(staying.map((each) => each.goesOn()));
    for (const each of staying) each.close();
  });

  it('count wrong logins together', async () => {
    const wrong = { name: 'anna', password: PASSWORDS.anna };
    for (const n of EACH) {
      const { status } = await ask(server, ['POST', '/api/login'], {}, wrong);
      assert.equal(status, n < 5 ? 401 : 429, `try ${n}`);
    }
    const right = await ask(server, ['POST', '/api/login'], {}, { key: server.key });
    assert.deepEqual([right.status, right.headers.get('retry-after')], [429, '60']);
  });

  it('tell no secret', async () => {
    const values = cookies.map((cookie) => cookie.split('=')[1]!);
    await assertUntold(server, bearer(server.key), [...SECRETS, ...values, server.key]);
  });
});
