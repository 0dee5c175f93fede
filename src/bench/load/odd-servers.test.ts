// The load client in front of servers that are not ours: ffmpeg, and those that answer as badly as one can.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { freePort } from '../../../test/fixtures/free-port.ts';
import { HttpCamera } from '../../../test/peers/http-camera.ts';
import type { Script } from '../../../test/peers/http-camera.ts';
import { pause } from '../../../test/fixtures/server.ts';
import { tinyJpeg } from '../../../test/fixtures/tiny-jpeg.ts';
import { Load } from './load.ts';

const HEAD = 'HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n';
const PART = Buffer.concat([
  Buffer.from('--frame\r\nContent-Type: image/jpeg\r\n\r\n'),
  tinyJpeg(1),
  Buffer.from('\r\n'),
]);

const NOT_FOUND = JSON.stringify({ code: 'not-found', detail: 'There is no such camera.', hint: 'Look.', status: 404 });

/** Each viewer of one run gets another of these. */
const ANSWERS: readonly Script[] = [
  (socket) => socket.write(Buffer.concat([Buffer.from(HEAD), PART, PART, PART, Buffer.from('--frame\r\n')])),
  () => undefined,
  (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n\r\n'),
  (socket) => socket.end(Buffer.concat([Buffer.from(HEAD), PART.subarray(0, 200)])),
  (socket) => socket.end(`HTTP/1.1 404 No\r\nContent-Length: ${NOT_FOUND.length}\r\n\r\n${NOT_FOUND}`),
  (socket) => socket.write('HTTP/1.1 400 Bad Request\r\nContent-Length: 10\r\n\r\ncamera off'),
  (socket) => socket.resetAndDestroy(),
];

describe('the load client in front of odd servers', { timeout: 60_000 }, () => {
  let load: Load;
  before(async () => (load = await Load.start()));
  after(() => load.close());

  it('counts what ffmpeg sends to its only viewer, in chunks', async () => {
    const port = await freePort();
    const input = ['-re', '-f', 'lavfi', '-i', 'testsrc=size=320x240:rate=20', '-f', 'mpjpeg'];
    const type = ['-content_type', 'multipart/x-mixed-replace;boundary=ffmpeg'];
    const url = `http://127.0.0.1:${port}/`;
    const ffmpeg = spawn('ffmpeg', ['-v', 'error', ...input, ...type, '-listen', '1', url], { stdio: 'ignore' });
    const gone = once(ffmpeg, 'exit');
    await listening(port);
    await load.open({ url, viewers: 1, visits: false });
    const { served, broken, parts, bytes } = await load.window(1000);
    assert.deepEqual([served, broken], [1, 0]);
    assert.ok(parts >= 10 && parts <= 30, `${parts} parts`);
    assert.ok(bytes / parts > 2000, `${bytes} bytes`);
    ffmpeg.kill('SIGKILL');
    await gone;
    assert.ok((await load.ended()) >= parts);
  });

  it('tells those that watch, that were refused, that broke and that wait for nothing', async () => {
    await using server = await HttpCamera.open((socket, request) => {
      ANSWERS[request.connection - 1]!(socket, request);
    });
    await load.open({ url: server.url(), viewers: ANSWERS.length });
    const { viewers, served, broken, refused, leastFps } = await load.window(50);
    assert.deepEqual([viewers, served, broken, leastFps], [ANSWERS.length, 1, 3, 0]);
    const problem = { code: 'not-found', text: 'There is no such camera.', hint: 'Look.' };
    assert.deepEqual(
      refused.toSorted((a, b) => a.status - b.status),
      [
        { status: 400, problem: null, count: 1 },
        { status: 404, problem, count: 1 },
      ],
    );
    await load.leave();
    assert.equal(server.requests.length, ANSWERS.length);
  });

  it('counts every part of a server that ends its answers, and pays no visit where it is told so', async () => {
    await using server = await HttpCamera.open((socket) => {
      socket.end(Buffer.concat([Buffer.from(HEAD), PART, PART, PART, Buffer.from('--frame--\r\n')]));
    });
    await load.open({ url: server.url(), viewers: 1, visits: false });
    assert.equal(await load.ended(), 3);
    assert.equal(server.requests.length, 1);
  });

  it('refuses an address that is not http', async () => {
    await assert.rejects(load.open({ url: 'https://127.0.0.1/', viewers: 1 }), { code: 'usage' });
  });
});

/** By the kernel's table: a connection would be taken for the only viewer. */
async function listening(port: number): Promise<void> {
  const entry = new RegExp(`:${port.toString(16).toUpperCase().padStart(4, '0')} \\S+ 0A `);
  const deadline = performance.now() + 10_000;
  while (!entry.test(await readFile('/proc/net/tcp', 'utf8'))) {
    assert.ok(performance.now() < deadline, 'ffmpeg does not listen');
    await pause(20);
  }
}
