// What changes cameras and looks at them, over HTTP; control's answers are the test's.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeJpeg } from '../../../test/fixtures/fake-media.ts';
import { withGateway, type Running } from '../../../test/fixtures/gateway.ts';
import { SightlineError } from '../../base/errors.ts';
import type { CameraChange, CameraDraft } from '../../link/control-port.ts';
import type { Camera, Probe, ProblemDocument } from './contract.ts';
import type { Log } from './contract-server.ts';

const ASKING = { authorization: 'Bearer sesame' };
const SOURCE = 'rtsp://127.0.0.1:9/stream';

function withToken(body: (running: Running) => Promise<void>): Promise<void> {
  return withGateway({ server: { token: 'sesame' } }, body);
}

function send(url: string, method: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method,
    headers: { ...ASKING, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function problem(response: Response): Promise<[number, string]> {
  const { code } = (await response.json()) as ProblemDocument;
  return [response.status, code];
}

describe('adding a camera', () => {
  test('answers 201 with its address, its revision and itself', async () => {
    await withToken(async ({ url, view }) => {
      const drafts: CameraDraft[] = [];
      view.answers.createCamera = ({ draft }) => {
        drafts.push(draft);
        return { ...view.byId('door')!, id: 'back', revision: 'abc' };
      };
      const added = await send(`${url}/api/cameras`, 'POST', { name: ' Back ', source: SOURCE, always: true });
      assert.equal(added.status, 201);
      assert.equal(added.headers.get('etag'), '"abc"');
      assert.equal(new URL(added.headers.get('location') ?? '', `${url}/api/cameras`).pathname, '/api/cameras/back');
      assert.equal(((await added.json()) as Camera).id, 'back');
      assert.deepEqual(drafts, [{ name: 'Back', source: SOURCE, always: true }]);
    });
  });

  test('is refused with the reason: a taken id, a fixed config, a full disk', async () => {
    await withToken(async ({ url, view }) => {
      const refusals = [
        ['taken', 409],
        ['config-fixed', 409],
        ['source-forbidden', 403],
        ['config-unwritable', 507],
      ] as const;
      for (const [code, status] of refusals) {
        view.answers.createCamera = () => Promise.reject(new SightlineError(code, 'No.'));
        assert.deepEqual(await problem(await send(`${url}/api/cameras`, 'POST', { source: SOURCE })), [status, code]);
      }
    });
  });

  test('names each wrong field, and takes JSON alone', async () => {
    await withToken(async ({ url }) => {
      const wrong = await send(`${url}/api/cameras`, 'POST', { sorce: SOURCE, always: 'yes' });
      assert.equal(wrong.status, 400);
      const { errors = [] } = (await wrong.json()) as ProblemDocument;
      assert.deepEqual(errors.map(({ parameter }) => parameter).sort(), ['always', 'sorce', 'source']);
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/merge-patch+json']) {
        const refused = await send(`${url}/api/cameras`, 'POST', {}, { 'content-type': type });
        assert.deepEqual(await problem(refused), [415, 'media-type-unsupported'], type);
      }
      const broken = await fetch(`${url}/api/cameras`, {
        method: 'POST',
        headers: { ...ASKING, 'content-type': 'application/json' },
        body: '{"source":',
      });
      assert.deepEqual(await problem(broken), [400, 'request-invalid']);
    });
  });
});

describe('changing a camera', () => {
  test('is a merge patch against the revision that the caller read', async () => {
    await withToken(async ({ url, view }) => {
      const read = await fetch(`${url}/api/cameras/door`);
      assert.equal(read.headers.get('etag'), '"1"');
      const asked: [CameraChange, string | null][] = [];
      view.answers.changeCamera = ({ change, ifMatch }) => {
        asked.push([change, ifMatch]);
        return { ...view.byId('door')!, revision: '2' };
      };
      for (const [type, tag] of [
        ['application/merge-patch+json', '"1"'],
        ['application/json; charset=utf-8', '"0", "1"'],
        ['application/json', '*'],
        ['application/json', '"gone"'],
      ] as const) {
        const headers = { 'content-type': type, 'if-match': tag };
        const changed = await send(`${url}/api/cameras/door`, 'PATCH', { name: null }, headers);
        assert.deepEqual([changed.status, changed.headers.get('etag')], [200, '"2"']);
      }
      assert.deepEqual(asked, [
        [{ name: null }, '1'],
        [{ name: null }, '1'],
        [{ name: null }, null],
        [{ name: null }, 'gone'],
      ]);
    });
  });

  test('is refused when somebody else was faster, and when If-Match is no tag', async () => {
    await withToken(async ({ url, view }) => {
      view.answers.changeCamera = () => Promise.reject(new SightlineError('revision-mismatch', 'Changed.'));
      const door = `${url}/api/cameras/door`;
      assert.deepEqual(await problem(await send(door, 'PATCH', {}, { 'if-match': '"0"' })), [412, 'revision-mismatch']);
      assert.deepEqual(await problem(await send(door, 'PATCH', {}, { 'if-match': 'W/"1"' })), [
        412,
        'revision-mismatch',
      ]);
      assert.deepEqual(await problem(await send(door, 'PATCH', {}, { 'if-match': '1' })), [400, 'request-invalid']);
      assert.deepEqual(await problem(await send(`${url}/api/cameras/none`, 'PATCH', {})), [404, 'not-found']);
    });
  });
});

test('removing a camera answers 204 and nothing', async () => {
  await withToken(async ({ url, view }) => {
    const removed: (string | null)[] = [];
    view.answers.removeCamera = ({ id, ifMatch }) => {
      removed.push(id, ifMatch);
      return null;
    };
    const headers = { ...ASKING, 'if-match': '"1"' };
    const response = await fetch(`${url}/api/cameras/door`, { method: 'DELETE', headers });
    assert.deepEqual([response.status, await response.text()], [204, '']);
    assert.deepEqual(removed, ['door', '1']);
  });
});

test('every address says which methods it has', async () => {
  await withToken(async ({ url }) => {
    const allowed = async (path: string, method: string): Promise<[number, string | null]> => {
      const response = await fetch(url + path, { method, headers: ASKING });
      return [response.status, response.headers.get('allow')];
    };
    assert.deepEqual(await allowed('/api/cameras', 'DELETE'), [405, 'GET, HEAD, POST']);
    assert.deepEqual(await allowed('/api/cameras/door', 'PUT'), [405, 'GET, HEAD, PATCH, DELETE']);
    assert.deepEqual(await allowed('/api/probe', 'GET'), [405, 'POST']);
    assert.deepEqual(await allowed('/api/login', 'HEAD'), [405, 'POST']);
    assert.deepEqual(await allowed('/metrics', 'POST'), [405, 'GET, HEAD']);
    assert.deepEqual(await allowed('/docs', 'OPTIONS'), [405, 'GET, HEAD']);
  });
});

test('the log tells the newest lines, of everything or of one camera', async () => {
  await withToken(async ({ url, view }) => {
    const asked: unknown[] = [];
    view.answers.journal = (params) => {
      asked.push(params);
      return {
        lines: [{ atUs: 1.7e15, level: 'warn', uid: 'uid-door', camera: 'door', text: 'It stalled.', code: null }],
      };
    };
    const { lines } = (await (await fetch(`${url}/api/log?limit=5`)).json()) as Log;
    assert.deepEqual(lines, [
      { at: '2023-11-14T22:13:20.000Z', level: 'warn', camera: 'door', text: 'It stalled.', code: null },
    ]);
    await fetch(`${url}/api/cameras/door/log`);
    assert.deepEqual(asked, [
      { uid: null, limit: 5 },
      { uid: 'uid-door', limit: 100 },
    ]);
    assert.equal((await fetch(`${url}/api/log?limit=0`)).status, 400);
  });
});

describe('a probe', () => {
  test('shows the first picture with what the camera says of itself, and is ended', async () => {
    await withToken(async ({ url, view, media }) => {
      const ended: string[] = [];
      view.answers.openProbe = () => ({ uid: 'uid-door' });
      view.answers.closeProbe = ({ uid }) => {
        ended.push(uid);
        return null;
      };
      const asked = send(`${url}/api/probe`, 'POST', { source: SOURCE });
      const { request, handlers } = await media.next('snapshot');
      assert.equal(request.kind === 'snapshot' && request.key, 'uid-door/main');
      view.setTracks('door', [{ id: 0, kind: 'video', codec: 'h264', width: 64, height: 48, fps: 5, config: null }]);
      handlers.jpeg?.(makeJpeg(1));
      const probe = (await (await asked).json()) as Probe;
      assert.equal(probe.problem, null);
      assert.deepEqual([probe.width, probe.height, probe.clock], [1280, 720, 'rtcp']);
      assert.equal(probe.tracks[0]?.codec, 'h264');
      assert.deepEqual(Buffer.from(probe.picture ?? '', 'base64'), makeJpeg(1).bytes);
      assert.deepEqual(ended, ['uid-door']);
      assert.equal(media.open.size, 0);
    });
  });

  test('without a picture answers 200 and says why', async () => {
    await withToken(async ({ url, view, media }) => {
      view.answers.openProbe = () => ({ uid: 'uid-door' });
      view.answers.closeProbe = () => null;
      const reason = { code: 'camera-refused', text: 'Nothing listens there.', hint: 'Check the port.' } as const;
      const asked = send(`${url}/api/probe`, 'POST', { source: SOURCE });
      (await media.next('snapshot')).handlers.state?.({ state: 'failed', sinceUs: 0, reason });
      const response = await asked;
      assert.equal(response.status, 200);
      const { picture, problem: said } = (await response.json()) as Probe;
      assert.deepEqual([picture, said], [null, reason]);
    });
  });

  test('ends when its caller goes away', async () => {
    await withToken(async ({ url, view, media }) => {
      const ended = Promise.withResolvers<string>();
      view.answers.openProbe = () => ({ uid: 'uid-door' });
      view.answers.closeProbe = ({ uid }) => {
        ended.resolve(uid);
        return null;
      };
      const caller = new AbortController();
      const headers = { ...ASKING, 'content-type': 'application/json' };
      const body = JSON.stringify({ source: SOURCE });
      const asked = fetch(`${url}/api/probe`, { method: 'POST', headers, body, signal: caller.signal });
      await media.next('snapshot');
      caller.abort();
      await assert.rejects(asked);
      assert.equal(await ended.promise, 'uid-door');
      assert.equal(media.open.size, 0);
    });
  });
});
