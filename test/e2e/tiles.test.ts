// Many tiles on one connection with a real server: what the pixels say against what the heads say, pages that are slow,
// silent or paused, processes and cameras that die.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';
import { nowUs } from '../../src/base/clock.ts';
import { drawnMarks } from '../fixtures/drawn-marks.ts';
import { RawClient } from '../fixtures/gateway.ts';
import { SMALL_HEAP, residentMb } from '../fixtures/process-facts.ts';
import { handshake, masked } from '../fixtures/raw-web-socket.ts';
import { TestServer, pause } from '../fixtures/server.ts';
import { TilesPage } from '../fixtures/tiles-page.ts';
import { startRtspCamera } from '../peers/rtsp-camera.ts';

const CAMERAS = Array.from({ length: 16 }, (_, n) => `cam${n}`);
const SIZE = { width: 320, height: 180 };
/** Wall and monotonic time are compared in milliseconds, and anew each second. */
const CLOCKS_MS = 5;
const PAUSED_MS = 10_000;
const BACK_MS = 2000;
/** A picture is live while a busy machine has not made it older than this. */
const LIVE_MS = 1000;
const SILENT_PAGES = 8;
const GROWTH_MB = 16;
const NOTICED_MS = 7000;

function showAll(page: TilesPage, fps: number | null = 10): void {
  CAMERAS.forEach((camera, tile) => page.show({ tile, camera, width: 300, fps }));
}

async function allShown(page: TilesPage): Promise<void> {
  await page.until(() => CAMERAS.every((_, n) => page.pictures.some(({ tile }) => tile === n)));
}

async function wallOffsetUs(page: TilesPage): Promise<number> {
  page.say({ type: 'clock', id: 1 });
  const said = await page.message(({ type }) => type === 'clock', page.messages.length);
  return said.type === 'clock' ? said.wallOffsetUs : Number.NaN;
}

describe('sixteen tiles on one connection', { timeout: 240_000 }, () => {
  let server: TestServer;
  let page: TilesPage;

  before(async () => {
    server = await TestServer.start(
      CAMERAS.map((id) => `${id}=test:?width=640&height=360&fps=10`),
      SMALL_HEAP,
    );
    page = await TilesPage.open(server.url);
    showAll(page);
    await allShown(page);
  });

  after(async () => {
    await server.stop();
    assert.deepEqual(await server.alive(), []);
  });

  it('show what their stamps say, each picture once and in order', async () => {
    const offsetUs = await wallOffsetUs(page);
    page.pictures.length = 0;
    await page.until(() => page.pictures.length >= 320);
    const pictures = page.pictures.slice(0, 320);
    const marks = await drawnMarks(
      pictures.map(({ jpeg }) => jpeg),
      SIZE,
    );
    const drawn = marks.map((mark) => mark?.timeUs ?? null);
    const errors = pictures.map(({ capturedAtUs }, n) => Math.abs(drawn[n]! - capturedAtUs - offsetUs) / 1000);
    assert.ok(drawn.every((us) => us !== null), 'every strip was read'); // prettier-ignore
    assert.ok(Math.max(...errors) < CLOCKS_MS, `${Math.max(...errors)} ms`);
    for (const [n] of CAMERAS.entries()) {
      const numbers = pictures.filter(({ tile }) => tile === n).map(({ sequence }) => sequence);
      assert.deepEqual(numbers, [...new Set(numbers)].sort((a, b) => a - b)); // prettier-ignore
      assert.deepEqual(page.states(n).slice(-1), ['live']);
    }
  });

  it('are never more than two pictures behind an acknowledgement, and a slow page gets the newest', async () => {
    const slow = await TilesPage.open(server.url, { acks: false });
    slow.show({ tile: 0, camera: 'cam0', width: 300, fps: null });
    await slow.until(() => slow.pictures.length === 2);
    for (let n = 0; n < 5; n += 1) {
      const from = page.pictures.length;
      await page.until(() => page.pictures.slice(from).filter(({ tile }) => tile === 0).length >= 5);
      assert.ok(slow.pictures.length <= 2 * (n + 1));
      const before = slow.pictures.length;
      slow.ack(slow.pictures.at(-1)!);
      await slow.until(() => slow.pictures.length > before);
      const newest = page.pictures.findLast(({ tile }) => tile === 0)!;
      assert.ok(slow.pictures[before]!.sequence >= newest.sequence - 1, 'the newest that there was');
      assert.ok(slow.pictures[before]!.skipped >= 2);
      await slow.until(() => slow.pictures.length > before + 1);
    }
    assert.ok(slow.mostUnderWay <= 2 && page.mostUnderWay <= 2);
    await slow.close();
  });

  it('of pages that acknowledge nothing, or read nothing, take no memory', async (context) => {
    const port = Number(new URL(server.url).port);
    const mute = await TilesPage.open(server.url, { acks: false });
    showAll(mute, null);
    const deaf = Array.from({ length: SILENT_PAGES }, () => deafPage(port));
    await Promise.all(deaf.map((client) => client.until('101 Switching')));
    for (const client of deaf) client.socket.pause();
    await allShown(mute);
    const beforeMb = await residentMb(server.pid);
    const from = page.pictures.length;
    await page.until(() => page.pictures.length - from > 500);
    const grownMb = (await residentMb(server.pid)) - beforeMb;
    context.diagnostic(`${grownMb.toFixed(1)} MB more`);
    assert.ok(grownMb < GROWTH_MB, `${grownMb.toFixed(1)} MB more`);
    assert.ok(mute.mostUnderWay <= 2);
    for (const client of deaf) client.socket.destroy();
    await mute.close();
  });

  it('are live within two seconds after their page was paused for ten', async (context) => {
    const program = fileURLToPath(new URL('../fixtures/tiles-page-process.ts', import.meta.url));
    const paused = spawn(process.execPath, [program, server.url, ...CAMERAS], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: paused.stdout })[Symbol.asyncIterator]();
    const live = async (): Promise<void> => {
      const missing = new Set(CAMERAS.keys());
      while (missing.size > 0) {
        const [tile = '', ageMs = ''] = String((await lines.next()).value).split(' ');
        assert.notEqual(tile, 'closed');
        if (Number(ageMs) < LIVE_MS) missing.delete(Number(tile));
      }
    };
    await live();
    paused.kill('SIGSTOP');
    await pause(PAUSED_MS);
    paused.kill('SIGCONT');
    const resumed = performance.now();
    await live();
    context.diagnostic(`${Math.round(performance.now() - resumed)} ms`);
    assert.ok(performance.now() - resumed < BACK_MS, `${performance.now() - resumed} ms`);
    paused.kill('SIGKILL');
    await once(paused, 'exit');
  });

  it('say that the process that makes their pictures is gone, and show again when there is a new one', async () => {
    const from = page.messages.length;
    const { pid } = await server.process('codec');
    process.kill(pid, 'SIGKILL');
    await page.message(
      (message) => message.type === 'state' && message.state === 'opening' && message.reason !== null,
      from,
    );
    const toldUs = nowUs();
    await page.until(() => page.pictures.some(({ capturedAtUs }) => capturedAtUs > toldUs));
    for (const [n] of CAMERAS.entries()) {
      await page.until(() => page.states(n).at(-1) === 'live');
      await page.until(() => page.pictures.some(({ tile, capturedAtUs }) => tile === n && capturedAtUs > toldUs));
    }
  });

  it('are viewers, and leave nothing behind', async () => {
    assert.equal((await server.status('cam3')).viewers, 1);
    await page.close();
    await server.until('cam3', ({ viewers }) => viewers === 0);
    await server.until('cam3', ({ state }) => state === 'idle');
  });
});

describe('a tile of an RTSP camera', { timeout: 60_000 }, () => {
  it('says in band since when and why there is no picture, and shows it again when it is back', async () => {
    const cleanup = new AsyncDisposableStack();
    try {
      const camera = cleanup.use(await startRtspCamera({ size: '640x480', fps: 15 }));
      const server = cleanup.use(await TestServer.start([`door=${camera.url}`]));
      const page = await TilesPage.open(server.url);
      cleanup.defer(() => page.close());
      page.show({ width: 320, fps: 10 });
      await page.until(() => page.pictures.length > 5);
      const last = page.pictures.at(-1)!;
      const killedUs = nowUs();
      await camera.kill('SIGKILL');
      const from = page.messages.length;
      const said = await page.message(
        (message) => message.type === 'state' && message.state !== 'live' && message.state !== 'opening',
        from,
      );
      assert.ok(said.type === 'state' && said.reason !== null);
      assert.ok(nowUs() - killedUs < NOTICED_MS * 1000);
      assert.match(said.reason.code, /^camera-/);
      assert.ok(said.sinceUs >= last.capturedAtUs - 1e6 && said.sinceUs <= nowUs());
      const before = page.pictures.length;
      await camera.restart();
      await page.until(() => page.pictures.length > before);
      assert.ok(page.pictures.at(-1)!.sequence > last.sequence);
      assert.equal(page.states().at(-1), 'live');
    } finally {
      await cleanup.disposeAsync();
    }
  });
});

/** A page that asks for all tiles and reads nothing. */
function deafPage(port: number): RawClient {
  const client = RawClient.get(port, '/tiles', handshake());
  CAMERAS.forEach((camera, tile) => {
    client.socket.write(masked({ type: 'show', tile, camera, width: null, fps: null }));
  });
  return client;
}
