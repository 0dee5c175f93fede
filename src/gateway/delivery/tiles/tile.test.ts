// A tile of a page: its state, its pictures and their order, its size, and what it costs.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeJpeg } from '../../../../test/fixtures/fake-media.ts';
import { RawClient } from '../../../../test/fixtures/gateway.ts';
import { settled, withPage } from '../../../../test/fixtures/gateway-page.ts';
import { nowUs } from '../../../base/clock.ts';
import type { ViewerList } from '../../api/contract.ts';

const LIMIT = { timeout: 20_000 };
const SILENT = { code: 'camera-stalled', text: 'door sends nothing.', hint: 'Restart it.' } as const;

describe('a tile', LIMIT, () => {
  test('begins with its state and shows each picture with its sequence, size and stamp', async () => {
    await withPage({}, async (page, { media }) => {
      page.show({ tile: 7, width: 300, fps: 10 });
      const { request } = await media.next('jpegs');
      assert.deepEqual(request, { kind: 'jpegs', key: 'uid-door/main', width: 320, quality: null, fps: 10 });
      const jpeg = makeJpeg(5, { bytes: 70_000 });
      media.picture(jpeg);
      const picture = await page.picture(5, 7);
      assert.deepEqual(page.states(7), ['opening', 'live']);
      assert.deepEqual(picture.jpeg, jpeg.bytes);
      const { tile, sequence, clock, uncertaintyUs, capturedAtUs, width, height, skipped } = picture;
      assert.deepEqual(
        { tile, sequence, clock, uncertaintyUs, capturedAtUs, width, height, skipped },
        {
          tile: 7,
          sequence: 5,
          clock: 'rtcp',
          uncertaintyUs: null,
          capturedAtUs: jpeg.stamp.capturedAtUs,
          width: 1280,
          height: 720,
          skipped: 0,
        },
      );
    });
  });

  test('shares its pictures with MJPEG viewers of the same size, at the highest rate that anybody wants', async () => {
    await withPage({}, async (page, { media, port }) => {
      page.show({ fps: 10 });
      await media.next('jpegs');
      const viewer = RawClient.get(port, '/cameras/door/stream.mjpeg?width=320');
      media.picture(makeJpeg(1));
      await viewer.until('X-Sequence: 1\r\n');
      assert.equal(media.of('jpegs').length, 1);
      assert.equal((media.of('jpegs')[0]!.request as { fps: unknown }).fps, null);
      const startUs = nowUs();
      for (let n = 2; n <= 31; n += 1) {
        media.picture(makeJpeg(n, { capturedAtUs: startUs + (n * 1e6) / 30 }));
        await viewer.until(`X-Sequence: ${n}\r\n`);
        await settled(page);
      }
      assert.ok(page.pictures.length >= 10 && page.pictures.length <= 12, `${page.pictures.length} pictures`);
      assert.ok(
        page.pictures.every(({ skipped }) => skipped === 0),
        'what was not wanted was not skipped',
      );
      viewer.socket.destroy();
    });
  });

  test('has at most two pictures under way, then gets the newest, and is told how many gave way to it', async () => {
    await withPage({ acks: false }, async (page, { media, url }) => {
      page.show();
      await media.next('jpegs');
      for (let n = 1; n <= 9; n += 1) media.picture(makeJpeg(n));
      await settled(page);
      assert.deepEqual(page.pictures.map(({ sequence }) => sequence), [1, 2]); // prettier-ignore
      page.ack(page.pictures[0]!);
      const picture = await page.picture(3);
      assert.deepEqual([picture.sequence, picture.skipped], [9, 6]);
      const [viewer] = ((await (await fetch(`${url}/api/cameras/door/viewers`)).json()) as ViewerList).viewers;
      assert.deepEqual([viewer?.via, viewer?.sent, viewer?.dropped], ['tiles', 3, 6]);
    });
  });

  test('gets a fresh picture at once when somebody watches the camera already', async () => {
    await withPage({}, async (page, { media, port }) => {
      const viewer = RawClient.get(port, '/cameras/door/stream.mjpeg?width=320');
      await media.next('jpegs');
      media.picture(makeJpeg(1));
      await viewer.until('X-Sequence: 1\r\n');
      page.show();
      await page.picture(1);
      assert.deepEqual(page.states(), ['live']);
      viewer.socket.destroy();
    });
  });

  test('goes on showing while its size changes, never backwards, and leaves the old one then', async () => {
    await withPage({}, async (page, { media }) => {
      page.show({ width: 320 });
      const small = await media.next('jpegs');
      media.picture(makeJpeg(1));
      page.show({ width: 640 });
      await settled(page);
      const large = media.of('jpegs').find((one) => one !== small)!;
      assert.equal((large.request as { width: unknown }).width, 640);
      small.handlers.jpeg?.(makeJpeg(2));
      await page.picture(2);
      large.handlers.jpeg?.(makeJpeg(2));
      assert.deepEqual(media.of('jpegs'), [large]);
      large.handlers.jpeg?.(makeJpeg(3));
      await page.picture(3);
      assert.deepEqual(page.pictures.map(({ sequence }) => sequence), [1, 2, 3]); // prettier-ignore
      assert.deepEqual(page.states(), ['opening', 'live']);
    });
  });

  test('keeps its size when another one cannot be had, and its page is told', async () => {
    await withPage({}, async (page, { media }) => {
      page.show({ width: 320 });
      await media.next('jpegs');
      media.picture(makeJpeg(1));
      media.onSubscribe = (one) => media.end(one, { code: 'too-many-encodings', text: 'No.', hint: 'Well.' });
      page.show({ width: 640 });
      const said = await page.message(({ type }) => type === 'problem');
      assert.equal(said.type === 'problem' && said.problem.code, 'too-many-encodings');
      media.picture(makeJpeg(2));
      await page.picture(2);
    });
  });

  test('says since when and why there is no picture, and drops what waited, until there is one again', async () => {
    await withPage({ acks: false }, async (page, { media }) => {
      page.show();
      await media.next('jpegs');
      for (let n = 1; n <= 3; n += 1) media.picture(makeJpeg(n));
      const sinceUs = nowUs();
      media.state({ state: 'stalled', sinceUs, reason: SILENT });
      const said = await page.message((message) => message.type === 'state' && message.state === 'stalled');
      assert.deepEqual(said, { type: 'state', tile: 0, state: 'stalled', sinceUs, reason: SILENT });
      page.ack(page.pictures.at(-1)!);
      await settled(page);
      assert.equal(page.pictures.length, 2);
      media.picture(makeJpeg(4));
      await page.picture(4);
      assert.deepEqual(page.states(), ['opening', 'live', 'stalled', 'live']);
    });
  });

  test('is stalled when pictures stop coming, whatever is said of the camera', async () => {
    await withPage({ limits: { silenceMs: 100 } }, async (page, { media, view }) => {
      view.set('door', 'live');
      page.show();
      await media.next('jpegs');
      media.picture(makeJpeg(1));
      const said = await page.message((message) => message.type === 'state' && message.state === 'stalled');
      assert.equal(said.type === 'state' && said.reason?.code, 'picture-timeout');
    });
  });

  test('of a camera that is not there says so, and shows it when it comes', async () => {
    await withPage({}, async (page, { media, view }) => {
      page.show({ camera: 'attic' });
      const said = await page.message(({ type }) => type === 'state');
      assert.ok(said.type === 'state' && said.state === 'failed' && said.reason?.code === 'not-found');
      view.add('attic');
      await media.next('jpegs');
      media.picture(makeJpeg(1));
      await page.picture(1);
      view.remove('attic');
      await page.until(() => page.states().at(-1) === 'failed');
      assert.equal(media.of('jpegs').length, 0);
      assert.deepEqual(page.states(), ['failed', 'opening', 'live', 'failed']);
    });
  });

  test('is no viewer while an overloaded server begins nothing new, and shows its camera afterwards', async () => {
    await withPage({}, async (page, { gateway, media, view, port, log }) => {
      const viewer = RawClient.get(port, '/cameras/door/stream.mjpeg?width=640');
      await media.next('jpegs');
      gateway.shed(1);
      page.show({ camera: 'yard' });
      const said = await page.message(({ type }) => type === 'state');
      assert.ok(said.type === 'state' && said.state === 'failed' && said.reason?.code === 'too-many-encodings');
      for (let n = 0; n < 10; n += 1) view.changed();
      await settled(page);
      assert.deepEqual(page.states(), ['failed']);
      // Each coming and going is a change that is told to all, after which all look again, without end.
      assert.deepEqual(log.filter(({ msg, camera }) => msg === 'viewer came' && camera === 'yard'), []); // prettier-ignore
      gateway.shed(0);
      view.changed();
      await page.until(() => media.of('jpegs').length === 2);
      media.picture(makeJpeg(1));
      await page.picture(1);
      viewer.socket.destroy();
    });
  });

  test('of a stream that the camera has not says so', async () => {
    await withPage({}, async (page) => {
      page.show({ stream: 'other' });
      const said = await page.message(({ type }) => type === 'state');
      assert.ok(said.type === 'state' && said.state === 'failed' && said.reason?.code === 'not-found');
    });
  });

  test('costs nothing any more when it is hidden', async () => {
    await withPage({}, async (page, { media, url }) => {
      page.show({ tile: 1 });
      page.show({ tile: 2 });
      await media.next('jpegs');
      await settled(page);
      assert.equal(media.of('jpegs').length, 1);
      const closed = media.closed();
      page.say({ type: 'hide', tile: 1 });
      page.say({ type: 'hide', tile: 2 });
      page.say({ type: 'hide', tile: 3 });
      await closed;
      assert.deepEqual(await (await fetch(`${url}/api/cameras/door/viewers`)).json(), { viewers: [] });
    });
  });

  test('shows another camera under the same number with nothing of the one before', async () => {
    await withPage({}, async (page, { media }) => {
      page.show({ camera: 'door' });
      await media.next('jpegs');
      media.picture(makeJpeg(100));
      await page.picture(100);
      page.show({ camera: 'yard' });
      await settled(page);
      assert.deepEqual(media.of('jpegs').map(({ request }) => request.kind === 'jpegs' && request.key), ['uid-yard/main']); // prettier-ignore
      media.picture(makeJpeg(3));
      await page.until(() => page.pictures.some(({ sequence }) => sequence === 3));
      assert.deepEqual(page.states(), ['opening', 'live', 'opening', 'live']);
    });
  });
});
