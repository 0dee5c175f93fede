// PUT /cameras/{id}/frame over real connections; what takes the pictures is the test.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { basic } from '../../test/fixtures/access.ts';
import { RawClient, withGateway, type Running } from '../../test/fixtures/gateway.ts';
import { tinyJpeg } from '../../test/fixtures/tiny-jpeg.ts';
import { wallUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import { MAX_PUSHED_BYTES } from '../link/wire.ts';
import type { ProblemDocument } from './api/contract.ts';

const TOKEN = 'sesame';
const JPEG = tinyJpeg(1, { width: 320, height: 240 });
const USERS = [
  { name: 'cv', password: 'paper', grants: ['control' as const] },
  { name: 'anna', password: 'paper', grants: ['view' as const, 'configure' as const] },
];

interface Answer {
  readonly status: number;
  readonly code: string | null;
  readonly detail: string;
  readonly sequence: string | null;
  readonly headers: Headers;
}

async function put(
  url: string,
  body: Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
  method = 'PUT',
): Promise<Answer> {
  const sent = { authorization: `Bearer ${TOKEN}`, 'content-type': 'image/jpeg', ...headers };
  const init: RequestInit = { method, headers: sent, ...(method === 'GET' || method === 'HEAD' ? {} : { body }) };
  const response = await fetch(url, init);
  const text = await response.text();
  const problem = text === '' ? null : (JSON.parse(text) as ProblemDocument);
  const { status } = response;
  const sequence = response.headers.get('x-sequence');
  return { status, code: problem?.code ?? null, detail: problem?.detail ?? '', sequence, headers: response.headers };
}

/** A gateway whose camera door is sent its pictures and takes each; yard is not. */
function withDoor(
  body: (running: Running & { readonly frame: string }) => Promise<void>,
  options: Parameters<typeof withGateway>[0] = {},
): Promise<void> {
  return withGateway({ server: { token: TOKEN, users: USERS }, ...options }, async (running) => {
    const { media, view, url } = running;
    view.setSource('door', 'push:');
    media.onSubscribe = (subscription) => {
      if (subscription.request.kind !== 'push') return;
      queueMicrotask(() => subscription.handlers.taken?.(0));
      void takeEach(running, subscription);
    };
    await body({ ...running, frame: `${url}/cameras/door/frame` });
  });
}

async function takeEach({ media }: Running, subscription: Running['media']['all'][number]): Promise<void> {
  for (let count = 1; ; count++) {
    await media.sentBy(subscription, count);
    subscription.handlers.taken?.(count);
  }
}

const bytes = (buffer: Buffer): Uint8Array<ArrayBuffer> => Uint8Array.from(buffer);

describe('a picture that is put in', () => {
  it('goes on as it is, with what its sender says of it, and its number comes back', async () => {
    await withDoor(async ({ frame, media }) => {
      const first = await put(frame, bytes(JPEG), { 'x-timestamp': '1768465800.123456', 'x-sequence': '7' });
      assert.deepEqual([first.status, first.sequence], [204, '1']);
      assert.deepEqual([(await put(frame, bytes(JPEG))).status, (await put(frame, bytes(JPEG))).sequence], [204, '3']);
      const [one, two] = media.all[0]!.sent;
      assert.deepEqual(one!.bytes, JPEG);
      assert.deepEqual([one!.width, one!.height, one!.number], [320, 240, 7]);
      assert.equal(wallUs(one!.capturedAtUs!), 1_768_465_800_123_456);
      assert.deepEqual([two!.capturedAtUs, two!.number], [null, null]);
      assert.equal(media.all.length, 1, 'one line for all of them');
    });
  });

  it('is refused where nobody takes pictures, before it is read', async () => {
    await withDoor(async ({ frame, url, port, media }) => {
      assert.deepEqual(
        await put(`${url}/cameras/nowhere/frame`, bytes(JPEG)).then(({ status, code }) => [status, code]),
        [404, 'not-found'],
      );
      const asked = await put(`${url}/cameras/yard/frame`, bytes(JPEG));
      assert.deepEqual([asked.status, asked.code], [409, 'takes-no-pictures']);
      for (const type of ['image/png', 'application/json', 'text/plain', 'application/octet-stream']) {
        const other = await put(frame, bytes(JPEG), { 'content-type': type });
        assert.deepEqual([other.status, other.code], [415, 'media-type-unsupported'], type);
        assert.equal(other.headers.get('accept'), 'image/jpeg, multipart/x-mixed-replace');
      }
      const unread = new RawClient(port);
      const head = `Host: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: image/jpeg\r\nContent-Length: 5000000\r\n`;
      unread.socket.write(`PUT /cameras/yard/frame HTTP/1.1\r\n${head}\r\n`);
      assert.match(await unread.until('takes-no-pictures'), /^HTTP\/1\.1 409 /);
      unread.socket.destroy();
      assert.equal(media.all.length, 0);
    });
  });

  it('is refused with what is wrong with it', async () => {
    await withDoor(async ({ frame }) => {
      const wrong: [Buffer, Record<string, string>, RegExp][] = [
        [Buffer.alloc(0), {}, /body: is empty/],
        [Buffer.from('\x89PNG\r\n', 'latin1'), {}, /body: is a PNG picture/],
        [JPEG.subarray(0, -4), {}, /body: .*cut off/],
        [JPEG, { 'x-timestamp': '1768465800250' }, /X-Timestamp: must be Unix time in seconds/],
        [JPEG, { 'x-timestamp': 'now' }, /X-Timestamp/],
        [JPEG, { 'x-sequence': '-1' }, /X-Sequence: must be a whole number/],
      ];
      for (const [body, headers, words] of wrong) {
        const { status, code, detail } = await put(frame, bytes(body), headers);
        assert.deepEqual([status, code], [400, 'request-invalid']);
        assert.match(detail, words);
      }
    });
  });

  it('may have 8 MB, and not a byte more, declared or not', async () => {
    await withDoor(async ({ frame, media }) => {
      const largest = Buffer.concat([JPEG, Buffer.alloc(MAX_PUSHED_BYTES - JPEG.length)]);
      assert.equal((await put(frame, bytes(largest))).status, 204);
      const larger = Buffer.concat([largest, Buffer.alloc(1)]);
      assert.deepEqual((({ status, code }) => [status, code])(await put(frame, bytes(larger))), [
        413,
        'body-too-large',
      ]);
      const stream = new Blob([larger]).stream();
      const init = { method: 'PUT', headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'image/jpeg' } };
      const chunked = await fetch(frame, { ...init, body: stream, duplex: 'half' });
      assert.equal(chunked.status, 413);
      await chunked.body?.cancel();
      assert.equal(media.all[0]!.sent.length, 1);
    });
  });

  it('is taken by PUT alone', async () => {
    await withDoor(async ({ frame }) => {
      for (const method of ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE']) {
        const { status, headers } = await put(frame, bytes(JPEG), {}, method);
        assert.deepEqual([status, headers.get('allow')], [405, 'PUT'], method);
      }
    });
  });

  it('needs the permission to control, which reading and configuring are not', async () => {
    await withDoor(async ({ frame }) => {
      const codes: Record<string, number> = {};
      const asked: Record<string, Record<string, string>> = {
        nobody: { authorization: '' },
        wrong: { authorization: 'Bearer no' },
        anna: basic('anna', 'paper'),
        cv: basic('cv', 'paper'),
        elsewhere: { origin: 'https://example.com' },
        inAddress: { authorization: '' },
      };
      for (const [who, headers] of Object.entries(asked)) {
        const address = who === 'inAddress' ? `${frame}?token=${TOKEN}` : frame;
        codes[who] = (await put(address, bytes(JPEG), headers)).status;
      }
      assert.deepEqual(codes, { nobody: 401, wrong: 401, anna: 403, cv: 204, elsewhere: 403, inAddress: 401 });
    });
  });

  it('that stops in the middle harms nobody, and is ended when its time is over', async () => {
    await withDoor(
      async ({ frame, port, media }) => {
        const head = `Host: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: image/jpeg\r\nContent-Length: 5000\r\n`;
        const gone = new RawClient(port);
        gone.socket.write(`PUT /cameras/door/frame HTTP/1.1\r\n${head}\r\nxxx`);
        await once(gone.socket, 'connect');
        gone.socket.destroy();
        const late = new RawClient(port);
        late.socket.write(`PUT /cameras/door/frame HTTP/1.1\r\n${head}\r\nxxx`);
        assert.match(await late.closed(), /^HTTP\/1\.1 408 Request Timeout/);
        assert.equal(media.all.length, 0);
        assert.equal((await put(frame, bytes(JPEG))).status, 204);
      },
      { limits: { bodyMs: 300 } },
    );
  });

  it('is answered with the reason when it cannot be taken', async () => {
    await withDoor(async ({ frame, media }) => {
      media.onSubscribe = (subscription) => {
        queueMicrotask(() => media.end(subscription, new SightlineError('disabled', 'It is off.').toProblem()));
      };
      const { status, code, headers } = await put(frame, bytes(JPEG));
      assert.deepEqual([status, code, headers.has('retry-after')], [503, 'disabled', true]);
    });
  });
});

describe('a stream of pictures in one request', () => {
  const head = (boundary: string, auth = `Bearer ${TOKEN}`): string =>
    `PUT /cameras/door/frame HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${auth}\r\n` +
    `Content-Type: multipart/x-mixed-replace; boundary=${boundary}\r\nTransfer-Encoding: chunked\r\n\r\n`;
  const chunk = (data: Buffer): Buffer =>
    Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')]);
  const part = (jpeg: Buffer, headers = ''): Buffer =>
    Buffer.concat([Buffer.from(`--b\r\nContent-Type: image/jpeg\r\n${headers}\r\n`), jpeg, Buffer.from('\r\n')]);

  it('is read part by part for longer than any other body, and answered at its end', async () => {
    await withDoor(
      async ({ port, media }) => {
        const sender = new RawClient(port);
        sender.socket.write(head('b'));
        sender.socket.write(chunk(part(JPEG, 'X-Timestamp: 1768465800.5\r\nX-Sequence: 41\r\n')));
        const line = await media.next('push');
        await media.sentBy(line, 1);
        await new Promise((resolve) => setTimeout(resolve, 500));
        for (let n = 2; n < 6; n++) {
          sender.socket.write(chunk(part(tinyJpeg(n))));
          await media.sentBy(line, n);
        }
        sender.socket.write('0\r\n\r\n');
        assert.match(await sender.until('\r\n\r\n'), /^HTTP\/1\.1 204 [^]*x-sequence: 5\r\n/i);
        assert.equal(wallUs(line.sent[0]!.capturedAtUs!), 1_768_465_800_500_000);
        assert.deepEqual([line.sent[0]!.bytes, line.sent[1]!.capturedAtUs], [JPEG, null]);
        assert.deepEqual([line.sent[0]!.number, line.sent[1]!.number], [41, null]);
        sender.socket.destroy();
      },
      { limits: { bodyMs: 100 } },
    );
  });

  it('without a picture in it is refused', async () => {
    await withDoor(async ({ port }) => {
      const empty = new RawClient(port);
      empty.socket.write(`${head('b')}0\r\n\r\n`);
      assert.match(await empty.until('request-invalid'), /^HTTP\/1\.1 400 /);
      const garbage = new RawClient(port);
      garbage.socket.write(head('b'));
      const send = setInterval(() => garbage.socket.write(chunk(Buffer.alloc(500_000, 'x'))), 5);
      assert.match(await garbage.closed(), /^HTTP\/1\.1 400 [^]*no JPEG picture/);
      clearInterval(send);
      empty.socket.destroy();
    });
  });

  it('ends when its sender may not send any more, when the camera goes, and when the server stops', async () => {
    const open = async ({ port, media }: Running, auth?: string): Promise<RawClient> => {
      const sender = new RawClient(port);
      const before = media.all.reduce((sum, { sent }) => sum + sent.length, 0);
      sender.socket.write(head('b', auth));
      sender.socket.write(chunk(part(JPEG)));
      await media.sentBy(await media.next('push'), before + 1);
      return sender;
    };
    await withDoor(async (running) => {
      const { view, media } = running;
      const user = await open(running, basic('cv', 'paper')['authorization']);
      view.table = { ...view.table, version: 2, users: [] };
      view.changed();
      assert.match(await user.closed(), /^HTTP\/1\.1 401 /);
      const other = await open(running);
      media.end(media.of('push')[0]!, new SightlineError('not-found', 'It is gone.').toProblem());
      other.socket.write(chunk(part(JPEG)));
      await media.next('push');
      other.socket.destroy();
    });
    let last: RawClient | null = null;
    await withDoor(async (running) => {
      last = await open(running);
    });
    assert.match(await (last as RawClient | null)!.closed(), /^HTTP\/1\.1 503 [^]*stopping/);
  });
});
