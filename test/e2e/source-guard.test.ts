// Whom the server dials for somebody who asked through the API, and what a probe says: with real cameras on loopback,
// which is allowed where the config file says so and nowhere else.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { after, before, describe, it } from 'node:test';
import { ConfigServer } from '../fixtures/config-server.ts';
import { ROOT } from '../fixtures/server.ts';
import { tinyJpeg } from '../fixtures/tiny-jpeg.ts';
import { FakeCamera, reply } from '../peers/fake-rtsp-camera.ts';
import { HttpCamera, answer, head } from '../peers/http-camera.ts';
import { startRtspCamera } from '../peers/rtsp-camera.ts';

interface ProbeAnswer {
  readonly problem: { readonly code: string } | null;
  readonly width: number;
  readonly fps: number;
  readonly tracks: readonly { readonly codec: string }[];
  readonly picture: string | null;
}

const run = promisify(execFile);
const BIN = path.join(ROOT, 'bin', 'sightline.js');

describe('a source that came through the API', () => {
  const cleanup = new AsyncDisposableStack();
  let camera: HttpCamera;
  let strict: ConfigServer;
  let open: ConfigServer;

  before(async () => {
    camera = cleanup.use(await HttpCamera.open(answer('200 OK', 'image/jpeg', tinyJpeg(1))));
    strict = cleanup.use(await ConfigServer.start('cameras: {}\n'));
    open = cleanup.use(await ConfigServer.start('server: { allowedSources: [127.0.0.0/8] }\ncameras: {}\n'));
  });

  after(() => cleanup.disposeAsync());

  /** Adds a camera and has it opened; why there is no picture, null when there is one. */
  async function refusal(at: ConfigServer, id: string, source: string): Promise<string | null> {
    const { status, body } = await at.ask('POST', '/api/cameras', { id, source });
    if (status !== 201) return body.code ?? `status ${status}`;
    const answered = await fetch(`${at.server.url}/cameras/${id}/snapshot.jpg`);
    const text = answered.status === 200 ? '' : await answered.text();
    return text === '' ? null : (JSON.parse(text) as { code: string }).code;
  }

  it('is not dialled on this machine, by whatever name', async () => {
    const name = `http://localhost:${camera.port}/video`;
    assert.equal(await refusal(strict, 'address', camera.url()), 'source-forbidden');
    assert.equal(await refusal(strict, 'name', name), 'source-forbidden');
    assert.equal(await refusal(strict, 'rtsp', `rtsp://localhost:${camera.port}/`), 'source-forbidden');
    assert.equal(camera.connections, 0, 'nobody was asked');
    assert.equal(await refusal(open, 'address', camera.url()), null);
  });

  it('is followed to no address of this machine by a redirect, nor to our own port, with what was said to the camera', async () => {
    const own = cleanup.use(
      await HttpCamera.open((socket) => {
        head(socket, '302 Found', { Location: `${open.server.url}/camera`, 'Content-Length': '0' });
      }),
    );
    assert.equal(await refusal(open, 'redirected', own.url()), 'source-forbidden');
    const secret = cleanup.use(
      await FakeCamera.start((asked, socket) => {
        socket.write(reply(asked, 302, ['Location: rtsp://169.254.169.254/latest']));
      }),
    );
    assert.equal(await refusal(open, 'clouds', secret.url), 'source-forbidden');
  });

  it('stays one after a restart and a change of its name, until a person writes another into the file', async () => {
    const { status } = await strict.ask('PATCH', '/api/cameras/name', { id: 'renamed' });
    assert.equal(status, 200);
    strict = cleanup.use(await strict.restarted());
    const snapshot = (): Promise<Response> => fetch(`${strict.server.url}/cameras/renamed/snapshot.jpg`);
    assert.equal(((await (await snapshot()).json()) as { code: string }).code, 'source-forbidden');
    await strict.write((await strict.text()).replace('localhost', '127.0.0.1'));
    await strict.server.until('renamed', ({ state }) => state === 'idle');
    assert.equal((await snapshot()).status, 200);
  });
});

describe('a probe', () => {
  const cleanup = new AsyncDisposableStack();
  let camera: Awaited<ReturnType<typeof startRtspCamera>>;
  let at: ConfigServer;

  before(async () => {
    camera = cleanup.use(await startRtspCamera({ size: '320x240', fps: 15, user: 'admin', password: 'p@ss' }));
    at = cleanup.use(await ConfigServer.start('server: { allowedSources: [127.0.0.0/8] }\ncameras: {}\n'));
  });

  after(async () => {
    await cleanup.disposeAsync();
    assert.deepEqual(await at.server.alive(), []);
  });

  async function look(body: object): Promise<ProbeAnswer> {
    const answered = await at.ask<ProbeAnswer>('POST', '/api/probe', body);
    assert.equal(answered.status, 200, JSON.stringify(answered.body));
    return answered.body;
  }

  it('shows what a camera sends, and its first picture, and leaves no camera behind', async () => {
    const found = await look({ source: camera.url, username: 'admin', password: 'p@ss' });
    assert.deepEqual([found.problem, found.width, found.tracks[0]?.codec], [null, 320, 'h264']);
    assert.ok(found.fps > 0);
    assert.equal(Buffer.from(found.picture ?? '', 'base64').readUInt16BE(0), 0xffd8);
    await at.listed();
  });

  it('says why there is no picture: wrong password, nothing there, no such path, a host that is refused', async () => {
    const codes = [
      await look({ source: camera.url, username: 'admin', password: 'wrong' }),
      await look({ source: 'rtsp://127.0.0.1:1/' }),
      await look({ source: 'rtsp://0.0.0.0/' }),
    ].map(({ problem }) => problem?.code);
    assert.deepEqual(codes, ['camera-unauthorized', 'camera-refused', 'source-forbidden']);
    const device = await at.ask('POST', '/api/probe', { source: '/dev/video0' });
    assert.equal(device.body.code, 'source-forbidden');
  });

  it('of the command line says the same, and fails where there is no picture', async () => {
    const source = camera.url.replace('//', '//admin:p%40ss@');
    const { stdout } = await run(process.execPath, [BIN, 'probe', source]);
    assert.match(stdout, /^rtsp:\/\/\*\*\*@.* sends pictures\n.*h264, 320x240/);
    assert.ok(!stdout.includes('p@ss'));
    const failed = run(process.execPath, [BIN, 'probe', camera.url, '--user', 'admin', '--json']);
    await assert.rejects(failed, (error: { code: number; stdout: string }) => {
      const { problem } = JSON.parse(error.stdout) as ProbeAnswer;
      return error.code === 1 && problem?.code === 'camera-unauthorized';
    });
  });
});
