import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import pino from 'pino';
import { digestOf } from '../base/digest.ts';
import { serverDefaults, type ServerConfig } from '../config/schema.ts';
import type { LoginAttempt } from '../link/control-port.ts';
import { AccessKeeper, type AccessKeeperOptions } from './access.ts';

const anna: ServerConfig['users'][number] = { name: 'anna', password: 'paper', grants: ['view'] };
const wishes: ServerConfig = { ...serverDefaults, token: 'sesame', users: [anna] };
const secret = randomBytes(32);

/** Runs `body` with a keeper and closes it. */
async function keep(
  changes: Partial<AccessKeeperOptions>,
  body: (keeper: AccessKeeper) => void | Promise<void>,
): Promise<void> {
  const rest = { insecure: false, localKey: 'key', folder: null, secret, log: pino({ level: 'silent' }) };
  const keeper = new AccessKeeper({ wishes, ...rest, ...changes });
  try {
    await body(keeper);
  } finally {
    await keeper.close();
  }
}

function by(credential: LoginAttempt['credential'], address = '192.0.2.1'): LoginAttempt {
  return { address, credential };
}

const asAnna = by({ kind: 'user', name: 'anna', password: 'paper' });
const asToken = by({ kind: 'token', token: 'sesame' });
const asKey = by({ kind: 'key', key: 'key' });

function names(keeper: AccessKeeper): string[] {
  return keeper.table.sessions.map(({ principal }) => principal.id);
}

describe('a session', () => {
  test('is in the table with what its user may do, as a digest, until its logout', async () => {
    await keep({}, (keeper) => {
      const versions: number[] = [];
      keeper.onChange(() => versions.push(keeper.table.version));
      const { cookie, maxAgeSeconds } = keeper.login(asAnna);
      assert.equal(maxAgeSeconds, 2_592_000);
      const [session] = keeper.table.sessions;
      assert.equal(session?.digest, digestOf(cookie));
      assert.deepEqual(session.principal, { id: 'anna', kind: 'user', grants: ['view'] });
      keeper.logout(cookie);
      keeper.logout(cookie);
      assert.deepEqual(names(keeper), []);
      assert.deepEqual(versions, [2, 3]);
    });
  });

  test('ends when its password, token or user does, and only then', async () => {
    await keep({}, (keeper) => {
      for (const attempt of [asAnna, asToken, asKey]) keeper.login(attempt);
      keeper.apply({ ...wishes, allowedHosts: ['cams.example.com'] });
      assert.deepEqual(names(keeper), ['anna', 'token', 'key']);
      keeper.apply({ ...wishes, users: [{ ...anna, grants: ['view', 'configure'] }] });
      assert.deepEqual(keeper.table.sessions[0]?.principal.grants, ['view', 'configure'], 'grants follow the config');
      keeper.apply({ ...wishes, users: [{ ...anna, password: 'stone' }] });
      assert.deepEqual(names(keeper), ['token', 'key']);
      keeper.apply({ ...wishes, token: 'other' });
      assert.deepEqual(names(keeper), ['key']);
      keeper.apply({ ...wishes, token: undefined, users: [] });
      assert.deepEqual(names(keeper), ['key']);
    });
  });

  test('is one of a thousand: the oldest go', async () => {
    await keep({}, (keeper) => {
      keeper.login(asAnna);
      for (let i = 0; i < 1000; i += 1) keeper.login(asToken);
      assert.equal(keeper.table.sessions.length, 1000);
      assert.equal(names(keeper).includes('anna'), false);
    });
  });
});

describe('a login', () => {
  test('by anything that is not configured is refused', async () => {
    const nothing = { ...serverDefaults };
    await keep({ wishes: nothing, localKey: null }, (keeper) => {
      for (const attempt of [asAnna, asToken, asKey, by({ kind: 'token', token: '' }), by({ kind: 'key', key: '' })]) {
        assert.throws(() => keeper.login({ ...attempt, address: attempt.credential.kind }), { code: 'unauthorized' });
      }
    });
  });

  test('is limited by address, and tells no secret', async () => {
    await keep({}, (keeper) => {
      const wrong = by({ kind: 'user', name: 'anna', password: 'a-typed-secret' });
      for (let i = 0; i < 5; i += 1) {
        assert.throws(
          () => keeper.login(wrong),
          (error: Error & { code: string }) => error.code === 'unauthorized' && !error.message.includes('secret'),
        );
      }
      assert.throws(() => keeper.login(asAnna), { code: 'too-many-attempts' });
      keeper.login({ ...asAnna, address: '192.0.2.2' });
    });
  });
});

describe('over a restart', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sl-access-'));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  test('sessions stay, as digests in a file that only its owner reads, as long as their credential does', async () => {
    let cookie = '';
    await keep({ folder }, (keeper) => {
      ({ cookie } = keeper.login(asAnna));
      keeper.login(asToken);
      keeper.login(asKey);
    });
    const file = path.join(folder, 'sessions.json');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const text = await readFile(file, 'utf8');
    for (const kept of [cookie, 'paper', 'sesame', digestOf('paper'), digestOf('sesame')]) {
      assert.equal(text.includes(kept), false);
    }
    await keep({ folder }, (keeper) => {
      assert.deepEqual(names(keeper), ['anna', 'token', 'key']);
      assert.equal(keeper.table.sessions[0]?.digest, digestOf(cookie));
    });
    await keep({ folder, wishes: { ...wishes, users: [{ ...anna, password: 'stone' }] }, localKey: 'new' }, (keeper) =>
      assert.deepEqual(names(keeper), ['token']),
    );
    await keep({ folder, secret: randomBytes(32) }, (keeper) => assert.deepEqual(names(keeper), []));
  });

  test('a broken file costs the logins and nothing else', async () => {
    await writeFile(path.join(folder, 'sessions.json'), '{"sessions": [{"digest": 1}]}');
    await keep({ folder }, (keeper) => {
      assert.deepEqual(names(keeper), []);
      keeper.login(asAnna);
    });
    await keep({ folder }, (keeper) => assert.deepEqual(names(keeper), ['anna']));
  });
});
