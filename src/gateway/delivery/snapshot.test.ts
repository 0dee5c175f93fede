import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inRoom, makeJpeg } from '../../../test/fixtures/fake-media.ts';
import { RawClient, withGateway } from '../../../test/fixtures/gateway.ts';
import { nowUs } from '../../base/clock.ts';
import type { ProblemDocument } from '../api/contract.ts';

const UNAUTHORIZED = { code: 'camera-unauthorized', text: 'door refused the password.', hint: 'Correct it.' } as const;

describe('a snapshot', () => {
  test('is asked for at the camera when nobody watches, and carries its capture time', async () => {
    await withGateway({}, async ({ url, media }) => {
      const asked = fetch(`${url}/cameras/door/snapshot.jpg?width=320&quality=50&maxAgeMs=250`);
      const { request, handlers } = await media.next('snapshot');
      const wanted = { kind: 'snapshot', key: 'uid-door/main', width: 320, quality: 50, maxAgeMs: 250 };
      assert.deepEqual(request, wanted);
      handlers.jpeg?.(inRoom(makeJpeg(9)));
      const response = await asked;
      assert.equal(response.status, 200);
      const { headers } = response;
      assert.equal(headers.get('content-type'), 'image/jpeg');
      assert.equal(headers.get('content-length'), '2000');
      assert.equal(headers.get('cache-control'), 'no-store');
      assert.equal(headers.get('cross-origin-resource-policy'), 'cross-origin');
      assert.equal(headers.get('x-sequence'), '9');
      assert.equal(headers.get('x-timestamp-source'), 'rtcp');
      assert.match(headers.get('x-timestamp') ?? '', /^\d+\.\d{6}$/);
      assert.deepEqual(Buffer.from(await response.arrayBuffer()), makeJpeg(9).bytes);
      assert.equal(media.open.size, 0);
    });
  });

  test('is the newest picture of an open channel when that is young enough', async () => {
    await withGateway({}, async ({ url, port, media }) => {
      const viewer = RawClient.get(port, '/camera');
      await media.next('jpegs');
      media.picture(makeJpeg(5));
      await viewer.until('X-Sequence: 5');
      const young = await fetch(`${url}/cameras/door/snapshot.jpg`);
      assert.equal(young.headers.get('x-sequence'), '5');
      assert.equal(media.of('snapshot').length, 0);
      media.picture(makeJpeg(6, { capturedAtUs: nowUs() - 2e6 }));
      const asked = fetch(`${url}/cameras/door/snapshot.jpg`);
      (await media.next('snapshot')).handlers.jpeg?.(makeJpeg(7));
      assert.equal((await asked).headers.get('x-sequence'), '7');
      viewer.socket.destroy();
    });
  });

  test('is found once for all who ask at the same time', async () => {
    await withGateway({}, async ({ url, media }) => {
      const asked = Array.from({ length: 20 }, () => fetch(`${url}/cameras/door/snapshot.jpg`));
      const { handlers } = await media.next('snapshot');
      await fetch(`${url}/healthz`);
      handlers.jpeg?.(makeJpeg(1));
      for (const response of await Promise.all(asked)) assert.equal(response.status, 200);
      assert.equal(media.all.length, 1);
    });
  });

  test('that cannot be had is a problem with its reason, at once or in time', async () => {
    await withGateway({ limits: { firstPictureMs: 200 } }, async ({ url, media }) => {
      media.onSubscribe = (one) => media.end(one, UNAUTHORIZED);
      const refused = await fetch(`${url}/cameras/door/snapshot.jpg`);
      assert.equal(refused.status, 503);
      assert.equal(((await refused.json()) as ProblemDocument).detail, UNAUTHORIZED.text);
      media.onSubscribe = () => undefined;
      const silent = await fetch(`${url}/cameras/door/snapshot.jpg`);
      assert.equal(silent.status, 503);
      assert.equal(silent.headers.get('retry-after'), '2');
      assert.equal(((await silent.json()) as ProblemDocument).code, 'picture-timeout');
      assert.equal(media.open.size, 0);
    });
  });

  test('is asked for again when a part of the server is replaced meanwhile', async () => {
    await withGateway({}, async ({ url, media }) => {
      const asked = fetch(`${url}/cameras/door/snapshot.jpg`);
      media.end(await media.next('snapshot'), { code: 'link-closed', text: 'codec went.', hint: '' });
      (await media.next('snapshot')).handlers.jpeg?.(makeJpeg(3));
      assert.equal((await asked).status, 200);
    });
  });

  test('of a camera that is removed meanwhile is told so, not that the server stops', async () => {
    await withGateway({}, async ({ url, media }) => {
      const asked = fetch(`${url}/cameras/door/snapshot.jpg`);
      media.end(await media.next('snapshot'), { code: 'stopping', text: 'The server is stopping.', hint: '' });
      media.end(await media.next('snapshot'), { code: 'not-found', text: 'There is no such camera.', hint: '' });
      assert.equal((await asked).status, 404);
    });
  });

  test('HEAD opens nothing', async () => {
    await withGateway({}, async ({ url, media, view }) => {
      const head = await fetch(`${url}/cameras/door/snapshot.jpg`, { method: 'HEAD' });
      assert.equal(head.status, 200);
      assert.equal(head.headers.get('content-type'), 'image/jpeg');
      view.set('door', 'failed', UNAUTHORIZED);
      assert.equal((await fetch(`${url}/cameras/door/snapshot.jpg`, { method: 'HEAD' })).status, 503);
      assert.equal(media.all.length, 0);
    });
  });
});
