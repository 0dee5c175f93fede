// A page of tiles: what it says and is told, who may open one, and how it ends.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeJpeg } from '../../../test/fixtures/fake-media.ts';
import { RawClient, withGateway } from '../../../test/fixtures/gateway.ts';
import { settled, withPage } from '../../../test/fixtures/gateway-page.ts';
import { handshake, masked } from '../../../test/fixtures/raw-web-socket.ts';
import { TilesPage } from '../../../test/fixtures/tiles-page.ts';
import { nowUs, wallUs } from '../../base/clock.ts';
import type { ViewerList } from '../api/contract.ts';

const LIMIT = { timeout: 20_000 };
const SILENT = { code: 'camera-stalled', text: 'door sends nothing.', hint: 'Restart it.' } as const;

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

/** A page that shakes hands and then neither says nor reads anything. */
function upgrade(port: number, headers = '', path = '/tiles'): RawClient {
  return RawClient.get(port, path, handshake(headers));
}
