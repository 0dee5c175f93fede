// What an edit of a camera sends.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fakeCamera } from '../../../test/page/fake-server.ts';
import type { Camera } from '../api.ts';
import { changedFields, draftOf, isMoved, patchOf, rebased } from './edit-draft.ts';

function stored(config: Partial<Camera['config']> = {}): Camera {
  const camera = fakeCamera('door');
  return {
    ...camera,
    config: { ...camera.config, source: 'rtsp://***@192.168.1.20/a', username: 'admin', password: true, ...config },
  };
}

describe('an edit of a camera', () => {
  it('sends only what differs, and never the mask of what is stored', () => {
    const draft = draftOf(stored());
    assert.equal(draft.source, 'rtsp://192.168.1.20/a');
    assert.equal(draft.password, '');
    assert.deepEqual(patchOf(stored(), draft), {});
    assert.deepEqual(patchOf(stored(), { ...draft, source: 'rtsp://192.168.1.20/b', always: true }), {
      source: 'rtsp://192.168.1.20/b',
      always: true,
    });
    assert.deepEqual(patchOf(stored(), { ...draft, name: ' ', id: 'gate' }), { id: 'gate', name: null });
  });

  it('keeps a stored password unless a new one is typed or the user is emptied', () => {
    const draft = draftOf(stored());
    assert.deepEqual(patchOf(stored(), { ...draft, password: 'new' }), { password: 'new' });
    assert.deepEqual(patchOf(stored(), { ...draft, username: '' }), { username: null, password: null });
  });

  it('sends the user again with another host, which the stored password does not belong to', () => {
    const draft = { ...draftOf(stored()), source: 'rtsp://192.168.1.21/a' };
    assert.equal(isMoved('rtsp://192.168.1.20/a', draft.source), true);
    assert.deepEqual(patchOf(stored(), draft), { source: 'rtsp://192.168.1.21/a', username: 'admin' });
  });

  it('that met another one names the fields that differ now', () => {
    const now = stored({ name: 'Gate', password: false });
    assert.deepEqual(changedFields(stored(), now), ['name', 'password']);
  });

  it('that met another one keeps what was typed and takes the rest', () => {
    const typed = { ...draftOf(stored()), username: 'anna' };
    const draft = rebased(typed, stored(), stored({ name: 'Gate', always: true }));
    assert.deepEqual([draft.username, draft.name, draft.always], ['anna', 'Gate', true]);
  });
});
