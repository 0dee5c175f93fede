import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAddress } from '../config/address.ts';
import type { CameraConfig } from '../config/load.ts';
import type { CameraValues } from '../config/store-types.ts';
import { probeOf, valuesOfChange, valuesOfDraft } from './draft.ts';

function camera(source: string, username: string | null = null, password: string | null = null): CameraConfig {
  const address = parseAddress(source, { cwd: '/srv', username, password });
  return { id: 'door', name: 'door', source: address, always: false, enabled: true, tlsVerify: true, processors: [] };
}

/** Without the keys that stay. */
function said(values: CameraValues): CameraValues {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

const KEYS = camera('rtsp://192.0.2.20/one', 'admin', 'p@ss');
const INSIDE = camera('rtsp://admin:p%40ss@192.0.2.20/one');

describe('a camera that is added', () => {
  it('gets user and password of its address in keys of their own, and the rest of it as it was typed', () => {
    assert.deepEqual(said(valuesOfDraft({ source: ' rtsp://admin:p@ss@192.0.2.20/ch 1 ' })), {
      source: 'rtsp://192.0.2.20/ch%201',
      username: 'admin',
      password: 'p@ss',
    });
    assert.deepEqual(said(valuesOfDraft({ source: 'http://192.0.2.20/?x=${HOME}', name: 'Hof' })), {
      source: 'http://192.0.2.20/?x=${HOME}',
      name: 'Hof',
    });
    const both = valuesOfDraft({ source: 'rtsp://a:b@192.0.2.20/', username: 'c' });
    assert.deepEqual([both.username, both.password], ['c', 'b']);
  });

  it('is a network address: no device, file, test card, nothing behind ffmpeg:', () => {
    for (const source of [
      '0',
      '/dev/video0',
      './clip.mp4',
      'file:///etc/passwd',
      'test:',
      'ffmpeg:rtsp://192.0.2.20/',
    ]) {
      assert.throws(() => valuesOfDraft({ source }), { code: 'source-forbidden' }, source);
    }
    for (const source of ['', '192.0.2.20', 'rtsp:/x', 'gopher://192.0.2.20/', 'rtsp://***@192.0.2.20/']) {
      assert.throws(() => valuesOfDraft({ source }), { code: 'source-invalid' }, source);
    }
  });
});

describe('a camera that is sent its pictures', () => {
  const SENT = camera('push:');

  it('may be added, because it names no address', () => {
    assert.deepEqual(said(valuesOfDraft({ source: 'push:', name: 'Seen' })), { source: 'push:', name: 'Seen' });
    assert.throws(() => valuesOfDraft({ source: 'push:rtsp://192.0.2.20/' }), { code: 'source-invalid' });
  });

  it('takes no secrets along, and gives none', () => {
    assert.deepEqual(said(valuesOfChange(KEYS, { source: 'push:' })), {
      source: 'push:',
      username: null,
      password: null,
    });
    const back = said(valuesOfChange(SENT, { source: 'rtsp://192.0.2.20/one' }));
    assert.equal(back.source, 'rtsp://192.0.2.20/one');
    assert.deepEqual([back.username ?? null, back.password ?? null], [null, null]);
  });

  it('is not looked at', () => {
    assert.throws(() => probeOf({ source: 'push:' }, null), { code: 'source-invalid' });
    assert.throws(() => probeOf({ source: 'push:' }, SENT), { code: 'source-invalid' });
  });
});

describe('a camera that is changed', () => {
  it('keeps its address and secrets when the masked address comes back', () => {
    for (const before of [KEYS, INSIDE, camera('http://192.0.2.20/a?pwd=secret'), camera('0')]) {
      assert.deepEqual(said(valuesOfChange(before, { name: 'Tor', source: before.source.display })), { name: 'Tor' });
    }
  });

  it('keeps its secrets at another path of its host', () => {
    for (const source of ['rtsp://192.0.2.20/two', 'rtsp://***@192.0.2.20/two', 'rtsp://192.0.2.20:554/two']) {
      const bare = source.replace('***@', '');
      assert.deepEqual(said(valuesOfChange(KEYS, { source })), { source: bare });
      const secrets = { username: 'admin', password: 'p@ss' };
      assert.deepEqual(said(valuesOfChange(INSIDE, { source })), { source: bare, ...secrets });
    }
  });

  it('drops its secrets at another scheme, host or port, unless a password comes with it', () => {
    for (const source of ['rtsp://192.0.2.21/one', 'rtsps://192.0.2.20/one', 'rtsp://192.0.2.20:555/one']) {
      for (const before of [KEYS, INSIDE]) {
        const gone = { source, username: null, password: null };
        assert.deepEqual(said(valuesOfChange(before, { source })), gone);
        assert.deepEqual(said(valuesOfChange(before, { source, username: 'x' })), { ...gone, username: 'x' });
        const given = { source, username: 'x', password: 'y' };
        assert.deepEqual(said(valuesOfChange(before, given)), given);
        assert.deepEqual(said(valuesOfChange(before, { source: source.replace('//', '//x:y@') })), given);
        const masked = source.replace('//', '//***@');
        assert.throws(() => valuesOfChange(before, { source: masked }), { code: 'source-invalid' });
      }
    }
  });

  it('never takes *** for a value', () => {
    const before = camera('http://192.0.2.20/a?user=me&pwd=secret');
    assert.throws(() => valuesOfChange(before, { source: 'http://192.0.2.20/b?user=me&pwd=***' }), {
      code: 'source-invalid',
    });
  });

  it('gives up what stands in its address when user or password is changed', () => {
    const bare = 'rtsp://192.0.2.20/one';
    const changes = (change: object): CameraValues => said(valuesOfChange(INSIDE, change));
    assert.deepEqual(changes({ password: 'new' }), { source: bare, username: 'admin', password: 'new' });
    assert.deepEqual(changes({ username: null }), { source: bare, username: null, password: null });
    assert.deepEqual(said(valuesOfChange(KEYS, { username: null })), { username: null, password: null });
    assert.deepEqual(said(valuesOfChange(KEYS, { password: 'new' })), { password: 'new' });
  });

  it('becomes no device, file or test card, but one that is may stay so', () => {
    for (const source of ['0', 'test:', '/srv/clip.mp4']) {
      assert.throws(() => valuesOfChange(KEYS, { source }), { code: 'source-forbidden' });
    }
    assert.deepEqual(said(valuesOfChange(camera('0'), { enabled: false })), { enabled: false });
    const moved = valuesOfChange(camera('0'), { source: 'rtsp://192.0.2.20/' });
    assert.deepEqual(said(moved), { source: 'rtsp://192.0.2.20/', username: null, password: null });
  });
});

describe('a probe', () => {
  it('uses the stored secrets of a camera at its own host only', () => {
    const stored = { username: 'admin', password: 'p@ss' };
    for (const like of [KEYS, INSIDE]) {
      assert.deepEqual(probeOf({ source: like.source.display }, like).source.credentials, stored);
      assert.deepEqual(probeOf({ source: 'rtsp://192.0.2.20/two' }, like).source.credentials, stored);
      assert.deepEqual(probeOf({ source: 'rtsp://***@192.0.2.20/two' }, like).source.credentials, stored);
      assert.equal(probeOf({ source: 'rtsp://192.0.2.21/one' }, like).source.credentials, null);
      assert.throws(() => probeOf({ source: 'rtsp://***@192.0.2.21/one' }, like), { code: 'source-invalid' });
      const other = probeOf({ source: like.source.display, password: 'new' }, like).source;
      assert.deepEqual(
        [other.target, other.credentials?.username, other.credentials?.password],
        ['rtsp://192.0.2.20/one', 'admin', 'new'],
      );
    }
  });

  it('opens no device and no file, but what a camera has already', () => {
    assert.throws(() => probeOf({ source: '/etc/passwd' }, KEYS), { code: 'source-forbidden' });
    assert.equal(probeOf({ source: '/dev/video0' }, camera('0')).source.kind, 'device');
  });
});
