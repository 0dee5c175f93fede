import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeJpeg } from '../../../test/fixtures/fake-media.ts';
import { RawClient, withGateway, type Running } from '../../../test/fixtures/gateway.ts';
import { TilesPage } from '../../../test/fixtures/tiles-page.ts';
import { nowUs, wallUs } from '../../base/clock.ts';
import type { TileRequest } from '../api/contract-tiles.ts';
import type { ViewerList } from '../api/contract.ts';

const LIMIT = { timeout: 20_000 };
const SILENT = { code: 'camera-stalled', text: 'door sends nothing.', hint: 'Restart it.' } as const;

/** Runs `body` with a gateway and a page that is closed afterwards. */
async function withPage(
  options: Parameters<typeof withGateway>[0] & { readonly acks?: boolean },
  body: (page: TilesPage, running: Running) => Promise<void>,
): Promise<void> {
  const { acks = true, ...rest } = options;
  await withGateway(rest, async (running) => {
    const page = await TilesPage.open(running.url, { acks });
    try {
      await body(page, running);
    } finally {
      if (page.closed === null) await page.close();
    }
  });
}

/** Waits until everything said before has been understood. */
async function settled(page: TilesPage): Promise<void> {
  const id = Math.random();
  page.say({ type: 'clock', id });
  await page.message((message) => message.type === 'clock' && message.id === id);
}

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

describe('a page of tiles', LIMIT, () => {
  test('is told the time of the server, also while its pictures wait', async () => {
    await withPage({ acks: false }, async (page, { media }) => {
      page.show();
      await media.next('jpegs');
      media.picture(makeJpeg(1, { bytes: 3_000_000 }));
      const beforeUs = nowUs();
      page.say({ type: 'clock', id: 17 });
      const said = await page.message(({ type }) => type === 'clock');
      assert.ok(said.type === 'clock' && said.id === 17);
      assert.ok(said.receivedUs >= beforeUs && said.sentUs >= said.receivedUs && said.sentUs <= nowUs());
      assert.equal(said.wallOffsetUs, wallUs(0));
    });
  });

  test('reports its delays, and the list of viewers shows them', async () => {
    await withPage({}, async (page, { url }) => {
      page.show({ tile: 4 });
      const measured = { tile: 4, delayMs: 81.5, uncertaintyMs: 3 };
      page.say({ type: 'delays', delays: [measured, { ...measured, tile: 5 }] });
      await settled(page);
      const { viewers } = (await (await fetch(`${url}/api/cameras/door/viewers`)).json()) as ViewerList;
      assert.deepEqual(viewers.map(({ via, delayMs, uncertaintyMs }) => [via, delayMs, uncertaintyMs]), [['tiles', 81.5, 3]]); // prettier-ignore
    });
  });

  test('is told that the list of cameras changed, many changes at once', async () => {
    await withPage({}, async (page, { view }) => {
      for (let n = 0; n < 50; n += 1) view.add(`camera${n}`);
      await page.message(({ type }) => type === 'cameras');
      view.set('door', 'stalled', SILENT);
      await settled(page);
      assert.equal(page.messages.filter(({ type }) => type === 'cameras').length, 1);
      view.remove('yard');
      await page.until(() => page.messages.filter(({ type }) => type === 'cameras').length === 2);
    });
  });

  test('that says what is not understood is told so, and goes on', async () => {
    await withPage({}, async (page, { media }) => {
      const bad = [
        '',
        '{',
        'null',
        '[]',
        '{"type":"show"}',
        '{"type":"show","tile":3,"camera":"door","width":0,"fps":1}',
      ];
      for (const text of bad) page.raw(text);
      page.raw('{"type":"show","tile":3,"camera":"door","width":1e9,"fps":-1}');
      page.raw(new Uint8Array([1, 2, 3]));
      page.say({ type: 'ack', tile: 9, sequence: 1 });
      await settled(page);
      const problems = page.messages.flatMap((message) => (message.type === 'problem' ? [message] : []));
      assert.equal(problems.length, bad.length + 2);
      assert.deepEqual(new Set(problems.map(({ problem }) => problem.code)), new Set(['request-invalid']));
      assert.deepEqual(problems.map(({ tile }) => tile), [null, null, null, null, null, 3, 3, null]); // prettier-ignore
      page.show();
      await media.next('jpegs');
      media.picture(makeJpeg(1));
      await page.picture(1);
    });
  });

  test('has at most 64 tiles', async () => {
    await withPage({}, async (page) => {
      for (let tile = 0; tile < 70; tile += 1) page.show({ tile, camera: tile % 2 === 0 ? 'door' : 'yard' });
      await settled(page);
      const refused = page.messages.flatMap((message) => (message.type === 'problem' ? [message.tile] : []));
      assert.deepEqual(refused, [64, 65, 66, 67, 68, 69]);
      page.say({ type: 'hide', tile: 0 });
      page.show({ tile: 69 });
      await settled(page);
      assert.equal(page.states(69).length, 1);
    });
  });

  test('that says too much, or something too long, is disconnected', async () => {
    await withGateway({}, async ({ url }) => {
      const flood = await TilesPage.open(url);
      for (let n = 0; n < 5000; n += 1) flood.say({ type: 'ack', tile: 0, sequence: n });
      assert.equal((await flood.end()).code, 1008);
      const long = await TilesPage.open(url);
      long.raw(' '.repeat(20_000));
      assert.equal((await long.end()).code, 1009);
    });
  });

  test('that asks without end and reads no answer is cut off', async () => {
    await withGateway({}, async ({ port, media }) => {
      const page = upgrade(port);
      await page.until('101 Switching Protocols');
      page.socket.pause();
      page.socket.write(masked({ type: 'show', tile: 0, camera: 'door', width: null, fps: null }));
      await media.next('jpegs');
      const left = media.closed();
      media.picture(makeJpeg(1, { bytes: 8_000_000 }));
      page.socket.write(Buffer.concat(Array.from({ length: 2000 }, (_, id) => masked({ type: 'clock', id }))));
      await left;
      page.socket.destroy();
    });
  });

  test('ends with 1001 when the server stops, and leaves nothing', async () => {
    await withPage({}, async (page, { gateway, media }) => {
      page.show();
      await media.next('jpegs');
      await Promise.all([gateway.stop({ graceMs: 2000 }), page.end()]);
      assert.equal(page.closed?.code, 1001);
      assert.equal(media.open.size, 0);
    });
  });

  test('that does not answer is cut off when the server stops', async () => {
    await withGateway({}, async ({ port, gateway }) => {
      const stuck = upgrade(port);
      await stuck.until('101 Switching Protocols');
      const asked = performance.now();
      await gateway.stop({ graceMs: 200 });
      assert.ok(performance.now() - asked < 1500);
      stuck.socket.destroy();
    });
  });

  test('that is gone without a word is noticed', async () => {
    await withGateway({ limits: { unreachableMs: 400 } }, async ({ port, url, media }) => {
      const page = await TilesPage.open(url);
      page.show();
      await media.next('jpegs');
      const stuck = upgrade(port);
      await stuck.until('101 Switching Protocols');
      await stuck.closed();
      assert.equal(page.closed, null, 'one that answers pings stays');
      await page.close();
    });
  });

  test('may connect with a token only where one is needed, and ends with 4401 when that is no more', async () => {
    await withGateway({ server: { host: '0.0.0.0', token: 'sesame' } }, async ({ url, media, view }) => {
      await assert.rejects(TilesPage.open(url), /refused/);
      await assert.rejects(TilesPage.open(url, { query: '?token=wrong' }), /refused/);
      const page = await TilesPage.open(url, { query: '?token=sesame' });
      page.show();
      await media.next('jpegs');
      view.table = { ...view.table, version: 2, tokenDigest: 'another' };
      view.changed();
      assert.equal(media.of('jpegs').length, 0, 'within the same turn');
      assert.equal((await page.end()).code, 4401);
    });
  });

  test('elsewhere may not connect, and a plain request is told what this address is', async () => {
    await withGateway({}, async ({ port, url }) => {
      const strange = upgrade(port, 'Origin: https://evil.example\r\n');
      assert.match(await strange.closed(), /^HTTP\/1\.1 403 /);
      const plain = await fetch(`${url}/tiles`);
      assert.equal(plain.status, 400);
      assert.match(((await plain.json()) as { detail: string }).detail, /WebSocket/);
      assert.equal((await fetch(`${url}/tiles`, { method: 'POST' })).status, 405);
      assert.match(await upgrade(port, '', '/api/cameras').closed(), /^HTTP\/1\.1 400 /);
    });
  });
});

/** A text message (RFC 6455, 5.2), masked with zeros. */
function masked(request: TileRequest): Buffer {
  const text = JSON.stringify(request);
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
}

/** The opening handshake (RFC 6455, 4.1) of a client that then says and reads nothing. */
function upgrade(port: number, headers = '', path = '/tiles'): RawClient {
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n';
  return RawClient.get(port, path, `Connection: Upgrade\r\nUpgrade: websocket\r\n${key}${headers}`);
}
