// The client against a real gateway, and its bundle as a browser gets it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build, type Rolldown } from 'vite';
import { makeEvent } from '../../test/fixtures/events.ts';
import { withGateway } from '../../test/fixtures/gateway.ts';
import { tinyJpeg } from '../../test/fixtures/tiny-jpeg.ts';
import { wallUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import { createClient, ifMatch, SightlineClientError } from './client.ts';

describe('the client', () => {
  test('reads, adds, changes and removes cameras', async () => {
    await withGateway({ server: { token: 'sesame' } }, async ({ url, view }) => {
      const client = createClient({ baseUrl: `${url}/`, token: 'sesame' });
      const { cameras } = await client.listCameras();
      assert.deepEqual(
        cameras.map(({ id }) => id),
        ['door', 'yard'],
      );
      const door = await client.getCamera('door');
      const asked: unknown[] = [];
      const note = <T>(what: unknown, answer: T): T => {
        asked.push(what);
        return answer;
      };
      view.answers.createCamera = ({ draft }) => note(draft, view.byId('yard')!);
      view.answers.changeCamera = (params) => note(params, view.byId('door')!);
      view.answers.removeCamera = (params) => note(params, null);
      const added = await client.createCamera({ source: 'rtsp://127.0.0.1:9/', name: 'Yard' });
      assert.equal(added.id, 'yard');
      await client.changeCamera('door', { name: null }, { ifMatch: ifMatch(door) });
      await client.removeCamera('door');
      assert.deepEqual(asked, [
        { source: 'rtsp://127.0.0.1:9/', name: 'Yard' },
        { id: 'door', change: { name: null }, ifMatch: '1' },
        { id: 'door', ifMatch: null },
      ]);
      view.answers.journal = ({ limit }) => note(limit, { lines: [] });
      assert.deepEqual(await client.getCameraLog('door', { query: { limit: 3 } }), { lines: [] });
      assert.deepEqual(asked.at(-1), 3);
      assert.match(await client.getMetrics(), /^# HELP sightline_build_info /m);
    });
  });

  test('makes addresses of pictures', () => {
    const client = createClient({ baseUrl: 'https://cams.example.com/base/', token: 'a&b' });
    assert.equal(
      client.streamUrl('door', { width: 320, fps: 5 }),
      'https://cams.example.com/base/cameras/door/stream.mjpeg?width=320&fps=5&token=a%26b',
    );
    assert.equal(createClient({ baseUrl: '' }).snapshotUrl('door'), '/cameras/door/snapshot.jpg');
  });

  test('sends pictures to a camera that takes them', async () => {
    await withGateway({ server: { token: 'sesame' } }, async ({ url, view, media }) => {
      view.setSource('door', 'push:');
      const client = createClient({ baseUrl: url, token: 'sesame' });
      const jpeg = Uint8Array.from(tinyJpeg(1));
      const sent = client.putFrame('door', jpeg, { capturedAtMs: 1_768_465_800_123.456, sequence: 3 });
      const line = await media.next('push');
      line.handlers.taken?.(0);
      const [picture] = await media.sentBy(line, 1);
      line.handlers.taken?.(12);
      assert.equal(await sent, 12);
      assert.deepEqual([picture!.number, wallUs(picture!.capturedAtUs!)], [3, 1_768_465_800_123_456]);
      await assert.rejects(client.putFrame('yard', new Blob([jpeg])), { code: 'takes-no-pictures', status: 409 });
    });
  });

  test('rejects with the code, the hint and the status', async () => {
    await withGateway({ server: { token: 'sesame' } }, async ({ url, view }) => {
      const client = createClient({ baseUrl: url, token: 'sesame' });
      await assert.rejects(client.getCamera('a/b'), { code: 'not-found', status: 404 });
      view.answers.createCamera = () => Promise.reject(new SightlineError('taken', 'It is taken.'));
      await assert.rejects(client.createCamera({ source: 'rtsp://127.0.0.1:9/' }), (error) => {
        assert.ok(error instanceof SightlineClientError);
        assert.deepEqual([error.code, error.message, error.hint], ['taken', 'It is taken.', 'Choose another id.']);
        return true;
      });
      await assert.rejects(client.createCamera({ source: '' }), (error) => {
        return error instanceof SightlineClientError && error.errors[0]?.parameter === 'source';
      });
    });
    const gone = createClient({ baseUrl: 'http://127.0.0.1:9' });
    await assert.rejects(gone.getHealth(), { code: 'unreachable', status: 0 });
  });

  test('follows events over a restart of the server, and ends with its signal', async () => {
    const told: string[] = [];
    const stop = new AbortController();
    const ids: number[] = [];
    let client = createClient({ baseUrl: '' });
    let base = '';
    await withGateway({}, async ({ url, view, gateway }) => {
      base = url;
      client = createClient({ baseUrl: '', fetch: (to, init) => fetch(`${base}${to as string}`, init) });
      view.events.add([makeEvent(1), makeEvent(2), makeEvent(3, { uid: 'uid-yard', camera: 'yard' })]);
      const events = client.events({
        query: { camera: ['door'], type: ['started', 'ended'], recent: 5 },
        signal: stop.signal,
        onInterrupted: () => told.push('interrupted'),
      });
      for (const id of [1, 2]) assert.equal((await events.next()).value?.id, id);
      const next = events.next();
      await gateway.stop({ graceMs: 500 });
      await withGateway({}, async (second) => {
        base = second.url;
        second.view.events.add([makeEvent(2), makeEvent(4), makeEvent(5)]);
        ids.push((await next).value?.id ?? 0);
        for await (const { id } of events) {
          ids.push(id);
          if (ids.length === 2) setImmediate(() => stop.abort());
        }
      });
    });
    assert.deepEqual(ids, [4, 5]);
    assert.deepEqual(told, ['interrupted']);
  });

  test('rejects where there are no events to follow, and leaves the connection with the loop', async () => {
    await withGateway({}, async ({ url, view, gateway }) => {
      const client = createClient({ baseUrl: url });
      await assert.rejects(client.events({ query: { camera: ['none'] } }).next(), { code: 'not-found' });
      view.events.add([makeEvent(1)]);
      for await (const { snapshot } of client.events({ query: { recent: 1 } })) {
        assert.equal(snapshot, '/api/events/1/snapshot.jpg');
        break;
      }
      await gateway.stop({ graceMs: 60_000 });
    });
    await assert.rejects(createClient({ baseUrl: 'http://127.0.0.1:9' }).events().next(), { code: 'unreachable' });
  });

  test('is small in a browser: no schemas, nothing of Node', async () => {
    const entry = fileURLToPath(new URL('client.ts', import.meta.url));
    const output = (await build({
      configFile: false,
      logLevel: 'silent',
      build: { write: false, minify: true, lib: { entry, formats: ['es'] } },
    })) as Rolldown.RolldownOutput[];
    const chunks = output.flatMap((one) => one.output).filter((part) => part.type === 'chunk');
    const modules = chunks.flatMap(({ moduleIds }) => moduleIds).map((id) => id.replace(/^.*\/src\//, ''));
    assert.deepEqual(modules.sort(), ['gateway/api/contract-addresses.ts', 'public/client.ts', 'public/followed.ts']);
    assert.deepEqual(
      chunks.flatMap(({ imports }) => imports),
      [],
    );
    const bytes = chunks[0]?.code.length ?? 0;
    assert.ok(bytes < 6000, `${bytes} bytes`);
  });
});
