import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { makeJpeg } from '../../../test/fixtures/fake-media.ts';
import { FramesClient, type FramesOptions } from '../../../test/fixtures/frames-client.ts';
import { RawClient, withGateway, type Running } from '../../../test/fixtures/gateway.ts';
import { handshake } from '../../../test/fixtures/raw-web-socket.ts';
import { nowUs, wallUs } from '../../base/clock.ts';
import type { ProblemDocument, ViewerList } from '../api/contract.ts';

const LIMIT = { timeout: 20_000 };
const SILENT = { code: 'camera-stalled', text: 'door sends nothing.', hint: 'Restart it.' } as const;
const PATH = '/cameras/door/frames';

type Options = Parameters<typeof withGateway>[0] & FramesOptions;

/** Runs `body` with a gateway and a program that acknowledges and has had picture 1. */
async function withClient(
  { camera, query = '?ahead=1', ...options }: Options,
  body: (client: FramesClient, running: Running) => Promise<void>,
): Promise<void> {
  await withGateway(options, async (running) => {
    const opening = FramesClient.open(running.url, { query, ...(camera === undefined ? {} : { camera }) });
    await running.media.next('jpegs');
    running.media.picture(makeJpeg(1));
    const client = await opening;
    try {
      await client.picture(1);
      await body(client, running);
    } finally {
      if (client.closed === null) await client.close();
    }
  });
}

async function viewersOf(url: string): Promise<ViewerList['viewers']> {
  return ((await (await fetch(`${url}/api/cameras/door/viewers`)).json()) as ViewerList).viewers;
}

/** A program that shakes hands and then neither says nor reads anything. */
async function deaf(port: number, media: Running['media'], path = PATH): Promise<RawClient> {
  const client = RawClient.get(port, path, handshake());
  await media.next('jpegs');
  media.picture(makeJpeg(1));
  await client.until('101 Switching Protocols');
  client.socket.pause();
  return client;
}

describe('frames for a program', LIMIT, () => {
  test('come as a text that says when each was captured, and the picture alone right behind it', async () => {
    await withGateway({}, async ({ url, media }) => {
      const opening = FramesClient.open(url, { query: '?width=300&quality=58&fps=10&stream=sub' });
      const { request } = await media.next('jpegs');
      assert.deepEqual(request, { kind: 'jpegs', key: 'uid-door/sub', width: 320, quality: 60, fps: 10 });
      const plain = makeJpeg(7, { bytes: 70_000 });
      const jpeg = { ...plain, stamp: { ...plain.stamp, uncertaintyUs: 1500 } };
      media.picture(jpeg);
      const client = await opening;
      const { picture, atUs, ...head } = await client.picture(7);
      assert.deepEqual(client.story, ['live', 7]);
      assert.deepEqual(picture, jpeg.bytes);
      assert.ok(atUs > jpeg.stamp.capturedAtUs);
      const microseconds = Math.round(wallUs(jpeg.stamp.capturedAtUs));
      assert.deepEqual(head, {
        ...{ type: 'frame', sequence: 7, timestamp: microseconds / 1e6, clock: 'rtcp', uncertaintyMs: 1.5 },
        ...{ width: 1280, height: 720, format: 'jpeg', bytes: 70_000, dropped: 0 },
      });
      assert.equal(Math.round(head.timestamp * 1e6), microseconds);
      await client.close();
    });
  });

  test('come as pixels where they are asked for, which no viewer of JPEG ever gets', async () => {
    await withGateway({}, async ({ url, media, port }) => {
      const viewer = RawClient.get(port, '/cameras/door/stream.mjpeg?width=640');
      await media.next('jpegs');
      media.picture(makeJpeg(1));
      await viewer.until('X-Sequence: 1\r\n');
      const opening = FramesClient.open(url, { query: '?format=bgr&width=640&quality=50' });
      const pixels = await media.next('jpegs', ({ request }) => 'pixels' in request);
      const asked = { kind: 'jpegs', key: 'uid-door/main', width: 640, quality: null, pixels: 'bgr', fps: null };
      assert.deepEqual(pixels.request, asked);
      const shape = { width: 640, height: 360, pixels: 'bgr' } as const;
      pixels.handlers.jpeg?.({ ...makeJpeg(2, { bytes: 640 * 360 * 3 }), ...shape });
      const client = await opening;
      const { format, width, height, bytes } = await client.picture(2);
      assert.deepEqual([format, width, height, bytes], ['bgr', 640, 360, 691_200]);
      assert.equal(viewer.parts.length, 1);
      await client.close();
      viewer.socket.destroy();
    });
  });

  test('come one after the other to a client that reads and says nothing', async () => {
    await withGateway({}, async ({ url, media }) => {
      const opening = FramesClient.open(url);
      await media.next('jpegs');
      media.picture(makeJpeg(1));
      const client = await opening;
      for (let n = 2; n <= 20; n += 1) {
        await client.picture(n - 1);
        media.picture(makeJpeg(n));
      }
      await client.picture(20);
      assert.deepEqual(client.pictures.map(({ sequence }) => sequence), Array.from({ length: 20 }, (_, n) => n + 1)); // prettier-ignore
      await client.close();
    });
  });

  test('wait for the acknowledgement where there are any; then comes the newest, and how many gave way', async () => {
    await withClient({}, async (client, { media, url }) => {
      for (let n = 2; n <= 9; n += 1) media.picture(makeJpeg(n));
      assert.deepEqual((await viewersOf(url)).map(({ via, sent, dropped }) => [via, sent, dropped]), [['frames', 1, 7]]); // prettier-ignore
      client.ack(1);
      const { sequence, dropped } = await client.picture(2);
      assert.deepEqual([sequence, dropped], [9, 7]);
      client.ack(9);
      client.ack(9);
      media.picture(makeJpeg(10));
      assert.equal((await client.picture(10)).dropped, 0);
    });
  });

  test('are as many under way as the client asked for', async () => {
    await withClient({ query: '?ahead=3' }, async (client, { media, url }) => {
      for (let n = 2; n <= 9; n += 1) media.picture(makeJpeg(n));
      await client.picture(3);
      assert.deepEqual((await viewersOf(url)).map(({ sent }) => sent), [3]); // prettier-ignore
      client.ack(2);
      await client.picture(9);
      media.picture(makeJpeg(10));
      await client.picture(10);
      assert.deepEqual(client.story, ['live', 1, 2, 3, 9, 10]);
    });
  });

  test('are shared with MJPEG viewers of the same size, and thinned for each', async () => {
    await withClient({ query: '?width=640&fps=5&ahead=8' }, async (client, { media, port }) => {
      const viewer = RawClient.get(port, '/cameras/door/stream.mjpeg?width=640');
      const startUs = nowUs();
      await viewer.until('X-Sequence: 1\r\n');
      assert.equal(media.of('jpegs').length, 1);
      client.ack(1);
      for (let n = 2; n <= 31; n += 1) {
        media.picture(makeJpeg(n, { capturedAtUs: startUs + (n * 1e6) / 30 }));
        await viewer.until(`X-Sequence: ${n}\r\n`);
        const last = client.pictures.at(-1)?.sequence ?? 0;
        client.ack(last);
      }
      await client.until(() => client.pictures.length >= 5);
      assert.ok(client.pictures.every(({ dropped }) => dropped === 0));
      assert.ok(client.pictures.length <= 7, `${client.pictures.length} pictures`);
      viewer.socket.destroy();
    });
  });

  test('stop with a text that says since when and why; what waited is never sent, and the next picture is live', async () => {
    await withClient({}, async (client, { media }) => {
      media.picture(makeJpeg(2));
      const sinceUs = nowUs();
      media.state({ state: 'stalled', sinceUs, reason: SILENT });
      const said = await client.state(({ state }) => state === 'stalled');
      assert.deepEqual(said, {
        type: 'state',
        state: 'stalled',
        since: Math.round(wallUs(sinceUs)) / 1e6,
        reason: SILENT,
      });
      client.ack(1);
      media.picture(makeJpeg(3));
      await client.picture(3);
      assert.deepEqual(client.story, ['live', 1, 'stalled', 'live', 3]);
    });
  });

  test('stop by the clock when the camera is silent and nobody says so', async () => {
    await withClient({ limits: { silenceMs: 100 } }, async (client, { view, media }) => {
      view.set('door', 'stalled', SILENT);
      const { reason } = await client.state(({ state }) => state === 'stalled');
      assert.deepEqual(reason, SILENT);
      client.ack(1);
      media.picture(makeJpeg(2));
      await client.picture(2);
      assert.deepEqual(client.story, ['live', 1, 'stalled', 'live', 2]);
    });
  });

  test('go on when the subscription is lost and made again', async () => {
    await withClient({}, async (client, { media }) => {
      const [first] = media.of('jpegs');
      media.end(first!, { code: 'link-closed', text: 'Gone.', hint: 'Wait.' });
      await client.state(({ state, reason }) => state === 'opening' && reason?.code === 'link-closed');
      client.ack(1);
      await media.next('jpegs');
      media.picture(makeJpeg(2));
      await client.picture(2);
    });
  });

  test('end with 4404 when the camera is removed', async () => {
    await withClient({}, async (client, { media }) => {
      const [first] = media.of('jpegs');
      media.end(first!, { code: 'not-found', text: 'There is no such camera.', hint: 'See.' });
      assert.equal((await client.end()).code, 4404);
      assert.equal(media.of('jpegs').length, 0);
    });
  });

  test('tell how late they are answered, and the list of viewers shows it', async () => {
    await withClient({}, async (client, { media, url }) => {
      media.picture(makeJpeg(2, { capturedAtUs: nowUs() - 500_000 }));
      client.ack(1);
      await client.picture(2);
      client.ack(2);
      media.picture(makeJpeg(3));
      await client.picture(3);
      const [viewer] = await viewersOf(url);
      const { delayMs, uncertaintyMs } = viewer!;
      assert.ok(delayMs !== null && uncertaintyMs !== null);
      assert.ok(delayMs + uncertaintyMs >= 500 && delayMs < 2000, `${delayMs} ms`);
    });
  });
});

describe('a request for frames', LIMIT, () => {
  test('is taken below the base path of a proxy', async () => {
    await withGateway({ server: { basePath: '/cams' } }, async ({ url, media }) => {
      const opening = FramesClient.open(`${url}/cams`);
      await media.next('jpegs');
      media.picture(makeJpeg(1));
      const client = await opening;
      await client.picture(1);
      await client.close();
    });
  });

  test('that is refused is told why before there is a WebSocket', async () => {
    await withGateway({ limits: { firstPictureMs: 50 } }, async ({ port, media, view }) => {
      const refused = async (path: string, headers = ''): Promise<[number, string, string[]]> => {
        const text = await RawClient.get(port, path, handshake(headers)).closed();
        const status = Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
        const body = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)) as ProblemDocument;
        return [status, body.code, (body.errors ?? []).map(({ parameter }) => parameter).sort()];
      };
      assert.deepEqual(await refused('/cameras/none/frames'), [404, 'not-found', []]);
      const query = '?format=png&width=1&fps=0&ahead=9&policy=all&quality=x';
      const wrong = ['ahead', 'format', 'fps', 'policy', 'quality', 'width'];
      assert.deepEqual(await refused(PATH + query), [400, 'request-invalid', wrong]);
      assert.deepEqual(await refused(`${PATH}?stream=none`), [400, 'request-invalid', ['stream']]);
      assert.deepEqual(await refused(PATH, 'Origin: https://evil.example\r\n'), [403, 'forbidden', []]);
      view.set('door', 'stalled', SILENT);
      assert.deepEqual(await refused(PATH), [503, 'camera-stalled', []]);
      media.onSubscribe = (one) => media.end(one, { code: 'too-many-encodings', text: 'No.', hint: 'Well.' });
      assert.deepEqual(await refused(PATH), [429, 'too-many-encodings', []]);
      assert.equal(media.of('jpegs').length, 0);
    });
  });

  test('that is no WebSocket, or a broken one, is told what this address is and leaves nothing', async () => {
    await withGateway({}, async ({ port, url, media }) => {
      const plain = await fetch(`${url}${PATH}`);
      assert.equal(plain.status, 400);
      assert.match(((await plain.json()) as ProblemDocument).detail, /WebSocket/);
      assert.equal((await fetch(`${url}${PATH}`, { method: 'HEAD' })).status, 400);
      assert.equal((await fetch(`${url}/cameras/none/frames`)).status, 404);
      assert.equal((await fetch(`${url}${PATH}`, { method: 'POST' })).status, 405);
      const closed = media.closed();
      const broken = RawClient.get(port, PATH, 'Connection: Upgrade\r\nUpgrade: websocket\r\n');
      await media.next('jpegs');
      media.picture(makeJpeg(1));
      assert.match(await broken.closed(), /^HTTP\/1\.1 400 /);
      await closed;
    });
  });

  test('is let in with a token only where one is needed, and ended with 4401 when that is no more', async () => {
    await withGateway({ server: { host: '0.0.0.0', token: 'sesame' } }, async ({ url, media, view }) => {
      await assert.rejects(FramesClient.open(url), /refused/);
      await assert.rejects(FramesClient.open(url, { query: '?token=wrong' }), /refused/);
      const opening = FramesClient.open(url, { query: '?token=sesame' });
      await media.next('jpegs');
      media.picture(makeJpeg(1));
      const client = await opening;
      view.table = { ...view.table, version: 2, tokenDigest: 'another' };
      view.changed();
      assert.equal(media.of('jpegs').length, 0, 'within the same turn');
      assert.equal((await client.end()).code, 4401);
    });
  });
});

describe('a client of frames', LIMIT, () => {
  test('that says what is not understood, too much or too long is disconnected', async () => {
    const bad = ['', '{', 'null', '[]', '{"type":"ack"}', '{"type":"show","tile":1}', new Uint8Array([1, 2, 3])];
    for (const message of bad) {
      await withClient({}, async (client, { media }) => {
        client.raw(message);
        assert.equal((await client.end()).code, 1008);
        assert.equal(media.of('jpegs').length, 0);
      });
    }
    await withClient({}, async (client) => {
      for (let n = 0; n < 3000; n += 1) client.ack(n);
      assert.equal((await client.end()).code, 1008);
    });
    await withClient({}, async (client) => {
      client.raw(' '.repeat(20_000));
      assert.equal((await client.end()).code, 1009);
    });
  });

  test('that sends bytes of no protocol is cut off, and costs the others nothing', async () => {
    await withClient({}, async (client, { port, media, url }) => {
      const garbage = [Buffer.alloc(100_000, 0xff), ...fc.sample(fc.uint8Array({ minLength: 8 }), 100)];
      for (const [n, bytes] of garbage.entries()) {
        const strange = RawClient.get(port, PATH, handshake());
        await strange.until('101 Switching Protocols');
        strange.socket.end(bytes);
        await strange.closed();
        media.picture(makeJpeg(n + 2));
      }
      client.ack(1);
      assert.equal((await client.picture(2)).sequence, garbage.length + 1);
      assert.equal((await viewersOf(url)).length, 1);
    });
  });

  test('that pings without end and reads no answer is cut off', async () => {
    await withGateway({}, async ({ port, media }) => {
      const client = await deaf(port, media, `${PATH}?ahead=2`);
      media.picture(makeJpeg(2, { bytes: 8_000_000 }));
      // RFC 6455, 5.5.2: a ping of 125 bytes, masked with zeros.
      const pings = Buffer.concat(Array.from({ length: 2000 }, () => Buffer.concat([Buffer.from([0x89, 0xfd]), Buffer.alloc(129)]))); // prettier-ignore
      const left = media.closed();
      client.socket.write(pings);
      await left;
      client.socket.destroy();
    });
  });

  test('that reads nothing has one picture under way and one that waits', async () => {
    await withGateway({}, async ({ port, url, media }) => {
      const client = await deaf(port, media);
      for (let n = 2; n <= 500; n += 1) media.picture(makeJpeg(n, { bytes: 100_000 }));
      assert.deepEqual((await viewersOf(url)).map(({ sent, dropped }) => [sent, dropped]), [[1, 498]]); // prettier-ignore
      client.socket.destroy();
    });
  });

  test('that is gone without a word is noticed, and one that answers pings stays', async () => {
    await withClient({ limits: { unreachableMs: 400 } }, async (client, { port, media }) => {
      const gone = await deaf(port, media);
      gone.socket.resume();
      await gone.closed();
      assert.equal(client.closed, null);
    });
  });

  test('is told 1001 when the server stops, and one that does not answer is cut off', async () => {
    await withClient({}, async (client, { gateway, media, port }) => {
      await deaf(port, media);
      const asked = performance.now();
      await Promise.all([gateway.stop({ graceMs: 200 }), client.end()]);
      assert.ok(performance.now() - asked < 1500);
      assert.equal(client.closed?.code, 1001);
      assert.equal(media.of('jpegs').length, 0);
    });
  });

  test('that still waits for its first picture when the server stops is refused', async () => {
    await withGateway({}, async ({ gateway, media, port }) => {
      const waiting = RawClient.get(port, PATH, handshake());
      await media.next('jpegs');
      await gateway.stop({ graceMs: 500 });
      assert.match(await waiting.closed(), /^HTTP\/1\.1 503 [^]*"code":"stopping"/);
      assert.equal(media.of('jpegs').length, 0);
    });
  });
});
