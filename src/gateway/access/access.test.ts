import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { basic, bearer, KEY, request, table, TOKEN, type Asked } from '../../../test/fixtures/access.ts';
import { nowUs } from '../../base/clock.ts';
import { digestOf } from '../../base/digest.ts';
import type { AccessTable, SessionEntry } from '../../link/access.ts';
import { Access } from './access.ts';

const ELSEWHERE = '192.168.1.7';

class Scene {
  table: AccessTable;
  readonly access: Access;

  constructor(changes: Partial<AccessTable> = {}, isLoopback = false) {
    this.table = table(changes);
    this.access = new Access({ table: () => this.table, host: '127.0.0.1', isLoopback });
  }

  /** Who a request is taken for: `anna: view`. */
  who(asked: Asked, tokenInQuery = false): string {
    const { principal } = this.access.identify(request(asked), tokenInQuery);
    return `${principal.id}: ${principal.grants.join(' ')}`;
  }
}

const ALL = 'view listen control configure';

function session(cookie: string, changes: Partial<SessionEntry> = {}): SessionEntry {
  const principal = { id: 'anna', kind: 'user', grants: ['view'] } as const;
  return { digest: digestOf(cookie), principal, expiresUs: nowUs() + 1e9, ...changes };
}

describe('who asks', () => {
  test('is told by token, key, user and session', () => {
    const scene = new Scene({ sessions: [session('a-cookie')] });
    assert.equal(scene.who({ from: ELSEWHERE }), 'anyone: ');
    assert.equal(scene.who({ headers: bearer(TOKEN) }), `token: ${ALL}`);
    assert.equal(scene.who({ headers: basic('', TOKEN) }), `token: ${ALL}`);
    assert.equal(scene.who({ headers: basic('anna', TOKEN) }), `token: ${ALL}`);
    assert.equal(scene.who({ headers: bearer(KEY) }), `key: ${ALL}`);
    assert.equal(scene.who({ headers: basic('anna', 'paper') }), 'anna: view');
    assert.equal(scene.who({ url: `/camera?token=${TOKEN}` }, true), `token: ${ALL}`);
    assert.equal(scene.who({ cookie: 'a-cookie' }), 'anna: view');
  });

  test('is anyone with a wrong one', () => {
    const scene = new Scene({ sessions: [session('old', { expiresUs: nowUs() - 1 })] });
    const wrong: Asked[] = [
      { headers: bearer('sesam') },
      { headers: bearer('') },
      { headers: basic('anna', 'scissors') },
      { headers: basic('bert', 'paper') },
      { headers: basic('', KEY) },
      { url: `/camera?token=${TOKEN}` },
      { cookie: 'old' },
      { cookie: digestOf('a-cookie') },
    ];
    for (const asked of wrong)
      assert.equal(scene.who({ from: ELSEWHERE, ...asked }), 'anyone: ', JSON.stringify(asked));
  });

  test('is anyone where nothing is configured, whatever is sent', () => {
    const scene = new Scene({ tokenDigest: null, keyDigest: null, users: [] });
    for (const headers of [bearer(''), basic('', ''), bearer('null')]) assert.equal(scene.who({ headers }), 'anyone: ');
  });

  test('from this machine may read, and from elsewhere too when --insecure was said; nobody may write so', () => {
    assert.equal(new Scene({}, true).who({}), 'anyone: view listen');
    assert.equal(new Scene({}, true).who({ headers: { 'x-forwarded-for': '203.0.113.9' } }), 'anyone: ');
    assert.equal(new Scene({}, false).who({}), 'anyone: ', 'a server that others can reach asks everybody');
    assert.equal(new Scene({ insecure: true }).who({ from: ELSEWHERE }), 'anyone: view');
  });

  test('follows the table as it is at that moment', () => {
    const scene = new Scene();
    const anna = { headers: basic('anna', 'paper') };
    const caller = scene.access.identify(request(anna));
    assert.ok(scene.access.mayStill(caller, 'view'));
    scene.table = table({ version: 2, users: [{ name: 'anna', digest: digestOf('stone'), grants: ['view'] }] });
    assert.equal(scene.who(anna), 'anyone: ');
    assert.ok(!scene.access.mayStill(caller, 'view'));
  });
});

describe('a permission', () => {
  const codeOf = (scene: Scene, asked: Asked, permission: 'view' | 'configure'): string => {
    try {
      scene.access.check(scene.access.identify(request(asked)), permission, null);
      return 'granted';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  test('is refused to anyone as unauthorized, to those who are known as forbidden', () => {
    const scene = new Scene();
    assert.equal(codeOf(scene, { from: ELSEWHERE }, 'view'), 'unauthorized');
    assert.equal(codeOf(scene, { headers: basic('anna', 'paper') }, 'view'), 'granted');
    assert.equal(codeOf(scene, { headers: basic('anna', 'paper') }, 'configure'), 'forbidden');
    assert.equal(codeOf(scene, { headers: bearer(TOKEN) }, 'configure'), 'granted');
  });

  test('to write needs the local key also on this machine, and its hint says where that is', () => {
    const scene = new Scene({ tokenDigest: null, users: [] }, true);
    assert.equal(codeOf(scene, {}, 'view'), 'granted');
    assert.equal(codeOf(scene, {}, 'configure'), 'unauthorized');
    assert.equal(codeOf(scene, { headers: bearer(KEY) }, 'configure'), 'granted');
    const refused = (): void => scene.access.check(scene.access.identify(request()), 'configure', null);
    assert.throws(refused, ({ hint }: { hint: string }) => hint.includes('#key='));
  });
});

describe('guessing', () => {
  const wrong = { from: ELSEWHERE, headers: bearer('guess') };
  const codes = (scene: Scene, times: number): string[] =>
    Array.from({ length: times }, () => {
      assert.equal(scene.who(wrong), 'anyone: ');
      return scene.access.refuse(request(wrong)).code;
    });

  test('ends after ten wrong ones a minute, and a right one then looks like a wrong one', () => {
    const scene = new Scene();
    assert.deepEqual(new Set(codes(scene, 10)), new Set(['unauthorized']));
    assert.deepEqual(codes(scene, 2), ['too-many-attempts', 'too-many-attempts']);
    assert.equal(scene.who({ ...wrong, headers: bearer(TOKEN) }), 'anyone: ');
    assert.equal(scene.who({ ...wrong, from: '192.168.1.8', headers: bearer(TOKEN) }), `token: ${ALL}`);
  });

  test('disturbs nobody who was let in from there before, nor sessions', () => {
    const scene = new Scene({ sessions: [session('a-cookie')] });
    const right = { from: ELSEWHERE, headers: bearer(TOKEN) };
    assert.equal(scene.who(right), `token: ${ALL}`);
    codes(scene, 11);
    assert.equal(scene.who(right), `token: ${ALL}`);
    assert.equal(scene.who({ from: ELSEWHERE, cookie: 'a-cookie' }), 'anna: view');
    assert.equal(scene.who({ from: ELSEWHERE, headers: basic('anna', 'paper') }), 'anyone: ');
  });
});
