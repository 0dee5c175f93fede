import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { Side } from '../../src/bench/types.ts';
import { jpegSize } from '../../src/media/jpeg.ts';
import { startRtspCamera } from '../../test/peers/rtsp-camera.ts';
import type { RtspCamera } from '../../test/peers/rtsp-camera.ts';
import { until } from '../ground/context.ts';
import { processTree } from '../ground/proc.ts';
import { Processes } from '../ground/processes.ts';
import { growthOf, startArticleAsgi } from './article-asgi.ts';
import { articleMissing, articleSides } from './article.ts';
import { articleThreadedSide } from './article-threaded.ts';
import { ffmpegSide } from './ffmpeg.ts';
import { motionSide } from './motion.ts';
import { onPath } from './peer.ts';
import type { PeerGround } from './peer.ts';
import { findPeers } from './peers.ts';
import { watch } from './watch.ts';

const ROOT = join(import.meta.dirname, '../..');
const SIZE = { width: 320, height: 240 };
const INSTALL_MS = 240_000;
installPeers();
const article = articleMissing({ out: join(ROOT, 'bench/out') });

/** As `npm run bench` does. What cannot be had here is skipped below, with the reason. */
function installPeers(): void {
  try {
    execFileSync(join(ROOT, 'bench/setup.sh'), { stdio: ['ignore', 2, 2], timeout: INSTALL_MS });
  } catch (error) {
    console.error(`The peers cannot be installed: ${(error as Error).message}`);
  }
}

describe('a peer of the comparison gives a viewer the pictures of the camera', { timeout: 120_000 }, () => {
  const processes = new Processes();
  let folder: string;
  let camera: RtspCamera;
  let ground: PeerGround;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bench-peers-'));
    symlinkSync(join(ROOT, 'bench/out/venv'), join(folder, 'venv'));
    camera = await startRtspCamera({ size: '320x240', fps: 15 });
    const shape = { source: camera.url, ...SIZE, fps: 15 };
    ground = { camera: shape, root: ROOT, out: folder, processes, equalQuality: 70 };
  });
  after(async () => {
    await processes.end();
    await camera.close();
    rmSync(folder, { recursive: true });
  });

  async function givesPictures(side: Side): Promise<number> {
    const server = await side.start(AbortSignal.timeout(30_000));
    const { status, first, meanBytes } = await watch(server.url, { pictures: 5, ms: 20_000 });
    await server.stop();
    assert.equal(status, 200);
    assert.deepEqual(first && jpegSize(first), SIZE);
    assert.equal(processIsThere(server.pids[0]!), false);
    return meanBytes;
  }

  it("the article's service, at OpenCV's quality and at equal size", async (t) => {
    if (isAbsent(t, article)) return;
    const [own, equal] = articleSides(ground);
    const [large, small] = [await givesPictures(own!), await givesPictures(equal!)];
    assert.ok(large > small, `${large} bytes at 95, ${small} at 70`);
  });

  it("the article's service with a capture in a thread", async (t) => {
    if (isAbsent(t, article)) return;
    await givesPictures(articleThreadedSide(ground));
  });

  it("the article's service under ASGI gives none and grows", async (t) => {
    if (isAbsent(t, article)) return;
    const server = await startArticleAsgi(ground, AbortSignal.timeout(30_000));
    const growth = await growthOf(server, { watchMs: 3000, afterMs: 1000, limitMb: 2000 });
    await server.stop();
    assert.equal(growth.status, 200);
    assert.equal(growth.pictures, 0);
    assert.ok(growth.mbPerSecond > 0.05, `${growth.mbPerSecond} MB a second`);
  });

  it("the article's service answers 400 when the camera is off", async (t) => {
    if (isAbsent(t, article)) return;
    const off = { ...ground, camera: { ...ground.camera, source: 'rtsp://127.0.0.1:9/none' } };
    for (const side of [articleSides(off)[0]!, articleThreadedSide(off)]) {
      const server = await side.start(AbortSignal.timeout(30_000));
      const answer = await fetch(server.url);
      assert.equal(answer.status, 400);
      assert.equal(await answer.text(), 'camera off');
      await server.stop();
    }
  });

  it('motion', async (t) => {
    if (isAbsent(t, onPath('motion') ? null : 'motion is not installed')) return;
    await givesPictures(motionSide(ground));
  });

  it('ffmpeg alone', async (t) => {
    if (isAbsent(t, onPath('ffmpeg') ? null : 'ffmpeg is not installed')) return;
    await givesPictures(ffmpegSide(ground));
  });

  it('ffmpeg ends when its viewer leaves', async (t) => {
    if (isAbsent(t, onPath('ffmpeg') ? null : 'ffmpeg is not installed')) return;
    const server = await ffmpegSide(ground).start(AbortSignal.timeout(30_000));
    await watch(server.url, { pictures: 2, ms: 20_000 });
    await until('ffmpeg has ended', 10_000, () => processTree(server.pids[0]!).length === 1 || null);
    await server.stop();
  });

  it('a start that is aborted leaves nothing running', async (t) => {
    if (isAbsent(t, onPath('ffmpeg') ? null : 'ffmpeg is not installed')) return;
    await assert.rejects(ffmpegSide(ground).start(AbortSignal.abort(new Error('enough'))), /enough/);
  });

  it('one that is not there is absent, with why', () => {
    const { absent } = findPeers(ground, null);
    const why = Object.fromEntries(absent.map(({ name, why }) => [name, why]));
    assert.match(why.go2rtc ?? '', /--go2rtc/);
    assert.match(why.MediaMTX ?? '', /no MJPEG/);
    const given = findPeers(ground, '/nowhere/go2rtc').absent.find(({ name }) => name === 'go2rtc');
    assert.match(given?.why ?? '', /there is no/);
  });
});

function isAbsent(t: TestContext, why: string | null): boolean {
  if (why !== null) t.skip(why);
  return why !== null;
}

function processIsThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
