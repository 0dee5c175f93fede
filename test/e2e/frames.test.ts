// Frames for programs with a real server: what the pixels say against what is said of them, programs that read nothing,
// and a camera that goes.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { nowUs, wallUs } from '../../src/base/clock.ts';
import { readStrip } from '../../src/media/strip.ts';
import { drawnMarks } from '../fixtures/drawn-marks.ts';
import { FramesClient } from '../fixtures/frames-client.ts';
import { RawClient } from '../fixtures/gateway.ts';
import { SMALL_HEAP, residentMb } from '../fixtures/process-facts.ts';
import { handshake } from '../fixtures/raw-web-socket.ts';
import { TestServer } from '../fixtures/server.ts';
import { TilesPage } from '../fixtures/tiles-page.ts';
import { startRtspCamera } from '../peers/rtsp-camera.ts';

const SIZE = { width: 320, height: 180 };
const CLOCKS_MS = 5;
const DEAF = 20;
const GROWTH_MB = 16;
const NOTICED_MS = 7000;

describe('frames of a camera for programs', { timeout: 120_000 }, () => {
  let server: TestServer;

  before(async () => {
    server = await TestServer.start(['door=test:?width=640&height=360&fps=30', '--workers', '2'], SMALL_HEAP);
  });

  after(async () => {
    await server.stop();
    assert.deepEqual(await server.alive(), []);
  });

  it('were captured when they say, and come once and in order, from any worker', async () => {
    const clients = await Promise.all([0, 1].map(() => FramesClient.open(server.url, { query: '?width=320' })));
    for (const client of clients) {
      await client.until(() => client.pictures.length >= 60);
      const pictures = client.pictures.slice(0, 60);
      const marks = await drawnMarks(
        pictures.map(({ picture }) => picture),
        SIZE,
      );
      const drawn = marks.map((mark) => mark?.timeUs ?? null);
      const errors = pictures.map(({ timestamp }, n) => Math.abs(drawn[n]! / 1e6 - timestamp) * 1000);
      assert.ok(drawn.every((us) => us !== null), 'every strip was read'); // prettier-ignore
      assert.ok(Math.max(...errors) < CLOCKS_MS, `${Math.max(...errors)} ms`);
      const numbers = pictures.map(({ sequence }) => sequence);
      assert.deepEqual(numbers, [...new Set(numbers)].sort((a, b) => a - b)); // prettier-ignore
      assert.deepEqual(client.story[0], 'live');
    }
    const { viewers } = await server.json<{ viewers: { via: string; delayMs: number }[] }>('/api/cameras/door/viewers');
    assert.deepEqual(viewers.map(({ via }) => via), ['frames', 'frames']); // prettier-ignore
    assert.ok(viewers.every(({ delayMs }) => delayMs > 0));
    for (const client of clients) await client.close();
    await server.until('door', ({ viewers: left }) => left === 0);
  });

  it('of programs that read nothing take no memory, and delay nobody', async (context) => {
    const reader = await FramesClient.open(server.url);
    const port = Number(new URL(server.url).port);
    const deaf = Array.from({ length: DEAF }, () => RawClient.get(port, '/cameras/door/frames', handshake()));
    await Promise.all(deaf.map((client) => client.until('101 Switching')));
    for (const client of deaf) client.socket.pause();
    const gateways = (await server.processes()).filter(({ role }) => role === 'gateway');
    const memory = async (): Promise<number> => {
      const each = await Promise.all(gateways.map(({ pid }) => residentMb(pid)));
      return each.reduce((sum, mb) => sum + mb, 0);
    };
    const before = await memory();
    const from = reader.pictures.length;
    await reader.until(() => reader.pictures.length - from > 150);
    const grownMb = (await memory()) - before;
    context.diagnostic(`${grownMb.toFixed(1)} MB more`);
    assert.ok(grownMb < GROWTH_MB, `${grownMb.toFixed(1)} MB more`);
    for (const client of deaf) client.socket.destroy();
    await reader.close();
    await server.until('door', ({ viewers }) => viewers === 0);
  });

  it('say that the process that makes them is gone, and go on in a new one, as JPEG and as pixels', async () => {
    const queries = ['?width=320', '?width=320&format=bgr&ahead=2'];
    const clients = await Promise.all(queries.map((query) => FramesClient.open(server.url, { query })));
    const { pid } = await server.process('codec');
    const last = clients.map(({ messages }) => messages.length);
    process.kill(pid, 'SIGKILL');
    for (const [n, client] of clients.entries()) {
      const gone = await client.state(({ state, reason }) => state !== 'live' && reason !== null, last[n]);
      const from = client.messages.indexOf(gone);
      await client.state(({ state }) => state === 'live', from);
      client.ack(client.pictures.at(-1)!.sequence);
      const back = await client.until(() => client.pictures.find(({ timestamp }) => timestamp > gone.since));
      for (let more = 1; more < 5; more += 1) {
        client.ack(client.pictures.at(-1)!.sequence);
        await client.until(() => client.pictures.length > client.pictures.indexOf(back) + more);
      }
      assert.equal(back.format, n === 0 ? 'jpeg' : 'bgr');
      assert.ok(n === 0 || back.picture.length === SIZE.width * SIZE.height * 3);
      const numbers = client.pictures.map(({ sequence }) => sequence);
      assert.deepEqual(numbers, [...new Set(numbers)].sort((a, b) => a - b)); // prettier-ignore
      await client.close();
    }
  });

  it('of a processor carry the capture time of the frame that it worked on', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'sl-frames-'));
    const cleanup = new AsyncDisposableStack();
    try {
      const config = path.join(folder, 'sightline.yaml');
      await writeFile(
        config,
        `cameras:\n  door: { source: 'test:?width=640&height=360&fps=15', processors: { overlay: {} } }\n`,
      );
      const own = cleanup.use(await TestServer.start(['--config', config]));
      // A page waits for a processor that is still loading, however busy the machine is; a request does so for 5 s.
      const page = await TilesPage.open(own.url);
      cleanup.defer(() => page.close());
      page.show({ stream: 'overlay' });
      await page.picture(0);
      const client = await FramesClient.open(own.url, { query: '?stream=overlay&format=gray&width=320' });
      cleanup.defer(() => client.close());
      await client.until(() => client.pictures.length > 20);
      for (const { picture, timestamp, atUs } of client.pictures.slice(5)) {
        assert.equal(picture.length, SIZE.width * SIZE.height);
        const drawn = readStrip({ data: picture, stride: SIZE.width, ...SIZE })!.timeUs;
        assert.ok(Math.abs(drawn / 1e6 - timestamp) * 1000 < CLOCKS_MS);
        assert.ok(wallUs(atUs) / 1e6 - timestamp < 1);
      }
    } finally {
      await cleanup.disposeAsync();
      await rm(folder, { recursive: true });
    }
  });

  it('say since when and why there are none, and go on when the camera is back', async () => {
    const cleanup = new AsyncDisposableStack();
    try {
      const camera = cleanup.use(await startRtspCamera({ size: '640x480', fps: 15 }));
      const own = cleanup.use(await TestServer.start([`door=${camera.url}`]));
      const client = await FramesClient.open(own.url, { query: '?width=320' });
      cleanup.defer(() => client.close());
      await client.until(() => client.pictures.length > 5);
      const killedUs = nowUs();
      await camera.kill('SIGKILL');
      const said = await client.state(({ state }) => state !== 'live' && state !== 'opening');
      assert.ok(nowUs() - killedUs < NOTICED_MS * 1000);
      assert.match(said.reason?.code ?? '', /^camera-/);
      const last = client.pictures.at(-1)!;
      assert.ok(said.since >= last.timestamp - 1);
      const before = client.pictures.length;
      await camera.restart();
      await client.until(() => client.pictures.length > before);
      assert.ok(client.pictures.at(-1)!.sequence > last.sequence);
      assert.ok(client.story.lastIndexOf('live') > client.story.indexOf(said.state));
    } finally {
      await cleanup.disposeAsync();
    }
  });
});
