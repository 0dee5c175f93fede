import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inRoom, makeJpeg } from '../../../test/fixtures/fake-media.ts';
import { RawClient, withGateway } from '../../../test/fixtures/gateway.ts';
import type { ProblemDocument, ViewerList } from '../api/contract.ts';

const UNREACHABLE = { code: 'camera-unreachable', text: 'door did not answer.', hint: 'Check its power.' } as const;
const GONE = { code: 'link-closed', text: 'codec went.', hint: 'Ask again.' } as const;

async function problemOf(response: Response): Promise<ProblemDocument> {
  assert.equal(response.headers.get('content-type'), 'application/problem+json');
  return (await response.json()) as ProblemDocument;
}

describe('an MJPEG response', () => {
  test('carries each picture with its time, sequence and clock, and can be shown by any page', async () => {
    await withGateway({}, async ({ port, media }) => {
      const viewer = RawClient.get(port, '/camera');
      const { request } = await media.next('jpegs');
      assert.deepEqual(request, { kind: 'jpegs', key: 'uid-door/main', width: null, quality: null, fps: null });
      media.picture(makeJpeg(7));
      await viewer.until('picture 7');
      media.picture(makeJpeg(8));
      await viewer.until('X-Sequence: 8');
      await viewer.until('picture 8');
      assert.match(viewer.text, /^HTTP\/1\.1 200 OK\r\n/);
      assert.match(viewer.text, /content-type: multipart\/x-mixed-replace; boundary=frame\r\n/i);
      assert.match(viewer.text, /cross-origin-resource-policy: cross-origin\r\n/i);
      assert.doesNotMatch(viewer.text, /transfer-encoding|upgrade-insecure/i);
      const [first] = viewer.parts;
      assert.match(first?.headers['X-Timestamp'] ?? '', /^\d{10}\.\d{6}$/);
      assert.equal(first?.headers['X-Sequence'], '7');
      assert.equal(first.headers['X-Timestamp-Source'], 'rtcp');
      assert.equal(first.headers['Content-Length'], '2000');
      viewer.socket.destroy();
    });
  });

  test('gives an <img> the next header with each picture, because browsers show a picture when that has come', async () => {
    await withGateway({}, async ({ port, media, gateway }) => {
      const viewer = RawClient.get(port, '/camera', 'Accept: image/avif,image/webp,*/*;q=0.8\r\n');
      await media.next('jpegs');
      const next = '\xff\xd9\r\n--frame\r\nContent-Type: image/jpeg\r\n\r\n';
      for (let n = 1; n <= 2; n += 1) {
        media.picture(makeJpeg(n));
        await viewer.until(next);
        assert.match(viewer.text, /--frame\r\nContent-Type: image\/jpeg\r\n\r\n\xff\xd8|^\xff\xd8/);
        viewer.text = '';
      }
      await gateway.stop({ graceMs: 1000 });
      assert.equal(await viewer.closed(), '\r\n--frame--\r\n');
    });
  });

  test('is shared by all viewers of one encoding, and the last one to leave ends it', async () => {
    await withGateway({}, async ({ port, url, media }) => {
      const first = RawClient.get(port, '/camera');
      await media.next('jpegs');
      media.picture(makeJpeg(1));
      await first.until('picture 1');
      const second = RawClient.get(port, '/cameras/door/stream.mjpeg?width=4000');
      await second.until('X-Sequence: 1');
      assert.equal(media.of('jpegs').length, 1, 'a width beyond the own is the own');
      const { viewers } = (await (await fetch(`${url}/api/cameras/door/viewers`)).json()) as ViewerList;
      assert.deepEqual(
        viewers.map(({ via, stream, address, sent }) => [via, stream, address, sent]),
        [
          ['mjpeg', 'main', '127.0.0.1', 1],
          ['mjpeg', 'main', '127.0.0.1', 1],
        ],
      );
      const ended = media.closed();
      first.socket.destroy();
      second.socket.resetAndDestroy();
      await ended;
      assert.equal(media.of('jpegs').length, 0);
    });
  });

  test('comes at the width and quality that are offered', async () => {
    await withGateway({}, async ({ port, media }) => {
      const viewer = RawClient.get(port, '/cameras/yard/stream.mjpeg?width=600&quality=72&stream=sub&t=123');
      const { request } = await media.next('jpegs');
      assert.deepEqual(request, { kind: 'jpegs', key: 'uid-yard/sub', width: 640, quality: 70, fps: null });
      viewer.socket.destroy();
    });
  });

  test('skips a viewer that never reads, counts what it missed, and does not disturb the others', async () => {
    await withGateway({}, async ({ port, url, media, gateway }) => {
      const good = RawClient.get(port, '/camera');
      await media.next('jpegs');
      media.picture(makeJpeg(0));
      await good.until('X-Sequence: 0\r\n');
      const stuck = RawClient.get(port, '/camera');
      await stuck.until('X-Sequence: 0\r\n');
      stuck.socket.pause();
      for (let n = 1; n <= 100; n += 1) {
        media.picture(makeJpeg(n, { bytes: 200_000 }));
        await good.until(`X-Sequence: ${n}\r\n`);
        good.text = '';
      }
      const { viewers } = (await (await fetch(`${url}/api/cameras/door/viewers`)).json()) as ViewerList;
      assert.ok(viewers[1]!.dropped > 30, `${viewers[1]!.dropped} dropped`);
      assert.ok(viewers[0]!.sent >= 99);
      await gateway.stop({ graceMs: 100 });
      assert.ok(stuck.socket.destroyed || stuck.socket.readable, 'stopping does not wait for it');
      stuck.socket.destroy();
    });
  });

  test('ends when the viewer took no byte for too long', { timeout: 20_000 }, async () => {
    await withGateway({ limits: { unreachableMs: 300 } }, async ({ port, media, log }) => {
      const stuck = RawClient.get(port, '/camera');
      stuck.socket.pause();
      await media.next('jpegs');
      const ended = media.closed();
      const pump = setInterval(() => media.picture(makeJpeg(1, { bytes: 3_000_000 })), 50);
      await ended;
      clearInterval(pump);
      assert.match(String(log.find(({ msg }) => msg === 'viewer went')?.['why']), /unreachable/);
      stuck.socket.destroy();
    });
  });

  test('ends with its last part whole and the closing boundary when the server stops', async () => {
    await withGateway({}, async ({ port, media, gateway }) => {
      const viewer = RawClient.get(port, '/camera');
      await media.next('jpegs');
      media.picture(makeJpeg(1, { bytes: 1_000_000 }));
      await viewer.until('X-Sequence: 1');
      await gateway.stop({ graceMs: 2000 });
      const text = await viewer.closed();
      assert.equal(viewer.parts.length, 1);
      assert.ok(text.endsWith('\xff\xd9\r\n--frame\r\n--frame--\r\n'));
      assert.equal(media.open.size, 0);
    });
  });
});

describe('a request for pictures that do not come', () => {
  test('is answered with 503, the reason and Retry-After', async () => {
    await withGateway({ limits: { firstPictureMs: 100 } }, async ({ url, media, view }) => {
      view.set('door', 'failed', UNREACHABLE);
      const response = await fetch(`${url}/camera`);
      assert.equal(response.status, 503);
      assert.equal(response.headers.get('retry-after'), '2');
      const problem = await problemOf(response);
      assert.deepEqual(
        [problem.code, problem.detail, problem.hint],
        [UNREACHABLE.code, UNREACHABLE.text, UNREACHABLE.hint],
      );
      assert.equal(media.open.size, 0);
    });
  });

  test('is answered at once when waiting cannot help', async () => {
    await withGateway({}, async ({ url, media }) => {
      const cases = [
        ['too-many-encodings', 429],
        ['disabled', 503],
        ['codec-unsupported', 503],
      ] as const;
      for (const [code, status] of cases) {
        media.onSubscribe = (one) => media.end(one, { code, text: 'No.', hint: 'Well.' });
        const response = await fetch(`${url}/camera?width=320`);
        assert.equal(response.status, status);
        assert.equal((await problemOf(response)).code, code);
      }
      assert.equal(media.open.size, 0);
    });
  });

  test('goes on over a part of the server being replaced', async () => {
    await withGateway({}, async ({ port, media }) => {
      const viewer = RawClient.get(port, '/camera');
      media.end(await media.next('jpegs'), GONE);
      await media.next('jpegs');
      media.picture(makeJpeg(3));
      await viewer.until('X-Sequence: 3');
      viewer.socket.destroy();
    });
  });

  test('is forgotten when the viewer goes before the first picture', async () => {
    await withGateway({}, async ({ port, media, log }) => {
      const viewer = RawClient.get(port, '/camera');
      await media.next('jpegs');
      const ended = media.closed();
      viewer.socket.destroy();
      await ended;
      assert.deepEqual(log, []);
    });
  });

  test('is refused when the server stops', async () => {
    await withGateway({}, async ({ url, media, gateway }) => {
      const waiting = fetch(`${url}/camera`);
      await media.next('jpegs');
      await gateway.stop({ graceMs: 1000 });
      assert.equal((await waiting).status, 503);
    });
  });

  test('HEAD answers from the state and opens no camera', async () => {
    await withGateway({}, async ({ url, media, view }) => {
      const good = await fetch(`${url}/camera`, { method: 'HEAD' });
      assert.equal(good.status, 200);
      assert.match(good.headers.get('content-type') ?? '', /^multipart\/x-mixed-replace/);
      view.set('door', 'failed', UNREACHABLE);
      assert.equal((await fetch(`${url}/camera`, { method: 'HEAD' })).status, 503);
      assert.equal((await fetch(`${url}/cameras/none/stream.mjpeg`, { method: 'HEAD' })).status, 404);
      assert.equal((await fetch(`${url}/camera?fps=x`, { method: 'HEAD' })).status, 400);
      assert.equal(media.all.length, 0);
    });
  });
});

describe('an open response whose camera stops', () => {
  test('gets a slate that says why and since when, and then pictures again', { timeout: 10_000 }, async () => {
    await withGateway({}, async ({ port, media, view }) => {
      media.onSubscribe = ({ request, handlers }) => {
        if (request.kind !== 'slate') return;
        const slate = makeJpeg(0);
        slate.bytes.write(`slate: ${request.lines.join('|')}`, 100);
        setImmediate(() => handlers.jpeg?.(inRoom(slate)));
      };
      const viewer = RawClient.get(port, '/camera');
      await media.next('jpegs');
      media.picture(makeJpeg(1));
      await viewer.until('picture 1');
      view.set('door', 'stalled', UNREACHABLE);
      media.state(view.byId('door')!.state);
      await viewer.until(UNREACHABLE.hint);
      assert.match(
        viewer.text,
        /slate: door: no picture since \d\d:\d\d:\d\d\|door did not answer\.\|Check its power\./,
      );
      const slates = viewer.parts.filter(({ body }) => body.includes('slate'));
      assert.ok(slates.length > 0 && slates.every(({ headers }) => headers['X-Timestamp'] === undefined));
      media.picture(makeJpeg(2));
      await viewer.until('X-Sequence: 2');
      viewer.socket.destroy();
    });
  });

  test(
    'gets the general slate when nobody can draw any more, also after silence alone',
    { timeout: 10_000 },
    async () => {
      await withGateway({ limits: { silenceMs: 200 } }, async ({ port, media }) => {
        let draws = true;
        media.onSubscribe = (one) => {
          if (one.request.kind !== 'slate') return;
          if (!draws) {
            media.end(one, GONE);
            return;
          }
          const slate = makeJpeg(0);
          slate.bytes.write(one.request.lines.join('|'), 100);
          one.handlers.jpeg?.(inRoom(slate));
        };
        const viewer = RawClient.get(port, '/camera');
        const subscription = await media.next('jpegs');
        media.picture(makeJpeg(1));
        await viewer.until('picture 1');
        draws = false;
        media.end(subscription, GONE);
        await viewer.until('No picture at the moment');
        await media.next('jpegs');
        media.picture(makeJpeg(2));
        await viewer.until('X-Sequence: 2');
        viewer.socket.destroy();
      });
    },
  );
});
