import { match, ok, rejects, strictEqual } from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { pause } from '../../../test/fixtures/server.ts';
import { CountingViewer } from '../../../test/fixtures/mode-viewer.ts';
import { FakeCamera, goodBut, reply } from '../../../test/peers/fake-rtsp-camera.ts';
import { startRtspCamera } from '../../../test/peers/rtsp-camera.ts';
import type { RtspCamera } from '../../../test/peers/rtsp-camera.ts';
import { CameraSessions } from '../measure/camera-sessions.ts';
import { ProcessTree, isAlive, readText } from '../measure/process-tree.ts';
import type { CameraUnderTest, ModeName, ServerUnderTest, Side } from '../types.ts';
import { modeSides } from './modes.ts';

const NAMES: readonly ModeName[] = ['naive', 'threaded', 'shared'];

function underTest(source: string, codec = 'h264'): CameraUnderTest {
  const facts = {
    kind: 'given',
    codec,
    width: 320,
    height: 240,
    fps: 15,
    capturedAtUs: null,
    loopFrames: null,
  } as const;
  return { source, display: source, endpoint: null, ...facts, stop: () => Promise.resolve() };
}

function sideOf(name: ModeName, source: string): Side {
  return modeSides(underTest(source), [name])[0]!;
}

function start(side: Side): Promise<ServerUnderTest> {
  return side.start(new AbortController().signal);
}

/** Asks the kernel again and again until it is so. */
async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error('it did not become so within ten seconds');
    await pause(20);
  }
}

describe('a mode of the comparison', { timeout: 120_000 }, () => {
  let camera: RtspCamera;
  before(async () => void (camera = await startRtspCamera()));
  after(() => camera.close());

  for (const name of NAMES) {
    test(`${name} gives pictures to two viewers, counts them to the last, and leaves no process`, async () => {
      const side = sideOf(name, camera.url);
      const server = await start(side);
      const tree = new ProcessTree(server.pids);
      try {
        const viewers = await CountingViewer.two(server.url);
        await Promise.all(viewers.map((viewer) => viewer.has(10)));
        const sessions = await CameraSessions.of({ host: '127.0.0.1', port: camera.port });
        strictEqual(sessions.count(tree.read().pids), name === 'naive' ? 2 : 1);
        strictEqual(side.perViewer, name === 'naive');
        const sent = await server.finish();
        await Promise.all(viewers.map((viewer) => viewer.ended()));
        strictEqual(sent, viewers[0].parts + viewers[1].parts);
      } finally {
        await server.stop();
      }
      for (const pid of tree.read().pids) ok(!isAlive(pid), `process ${pid} is left`);
    });

    test(`${name} is not disturbed by a viewer that never reads, and keeps at most one picture for it`, async () => {
      const server = await start(sideOf(name, camera.url));
      const tree = new ProcessTree(server.pids);
      try {
        const [stuck, other] = await CountingViewer.two(server.url);
        await Promise.all([stuck.has(2), other.has(10)]);
        stuck.viewer.socket.pause();
        const before = other.parts;
        const memoryMb = tree.pssMb()!;
        await other.has(before + 120);
        const grownMb = tree.pssMb()! - memoryMb;
        ok(grownMb < 25, `grew by ${grownMb.toFixed(1)} MB`);
        stuck.viewer.close();
      } finally {
        await server.stop();
      }
    });

    test(`${name} says what the camera said when it allows no session`, async () => {
      await using busy = await FakeCamera.start(goodBut('SETUP', (asked, socket) => socket.write(reply(asked, 453))));
      const server = await start(sideOf(name, busy.url));
      try {
        const answer = await fetch(server.url, { headers: { connection: 'close' } });
        const problem = (await answer.json()) as { code: string; status: number; detail: string };
        strictEqual(answer.status, name === 'shared' ? 503 : 400);
        strictEqual(problem.status, answer.status);
        strictEqual(problem.code, 'camera-busy');
      } finally {
        await server.stop();
      }
    });
  }

  for (const name of ['naive', 'threaded'] as const) {
    test(`${name} ends its responses when the camera dies, and opens it again for the next viewer`, async () => {
      await using own = await startRtspCamera();
      const server = await start(sideOf(name, own.url));
      try {
        const viewers = await CountingViewer.two(server.url);
        await Promise.all(viewers.map((viewer) => viewer.has(3)));
        await own.kill('SIGKILL');
        await Promise.all(viewers.map((viewer) => viewer.ended()));
        const refused = await fetch(server.url, { headers: { connection: 'close' } });
        strictEqual(refused.status, 400);
        strictEqual(((await refused.json()) as { code: string }).code, 'camera-refused');
        await own.restart();
        const next = new CountingViewer(server.url);
        await next.has(3);
        next.viewer.close();
      } finally {
        await server.stop();
      }
    });
  }

  test('threaded keeps the camera open when its viewers have gone, naive does not', async () => {
    const sessions = await CameraSessions.of({ host: '127.0.0.1', port: camera.port });
    for (const name of ['naive', 'threaded'] as const) {
      const server = await start(sideOf(name, camera.url));
      try {
        const first = new CountingViewer(server.url);
        await first.has(3);
        first.viewer.close();
        const second = new CountingViewer(server.url);
        await second.has(3);
        strictEqual(sessions.count(server.pids), 1);
        second.viewer.close();
        if (name === 'naive') await until(() => sessions.count(server.pids) === 0);
        else strictEqual(sessions.count(server.pids), 1);
      } finally {
        await server.stop();
      }
    }
  });

  test('no password of a camera stands among the arguments of any process', async () => {
    await using own = await startRtspCamera({ user: 'anna', password: 'geheim-Ω' });
    const source = own.url.replace('rtsp://', `rtsp://anna:${encodeURIComponent('geheim-Ω')}@`);
    for (const name of NAMES) {
      const server = await start(sideOf(name, source));
      try {
        const viewer = new CountingViewer(server.url);
        await viewer.has(2);
        for (const pid of new ProcessTree(server.pids).read().pids) {
          ok(!/geheim/.test(readText(`/proc/${pid}/cmdline`) ?? ''));
        }
        viewer.viewer.close();
      } finally {
        await server.stop();
      }
    }
  });

  test('a server that is not wanted any more while it starts is ended', async () => {
    for (const name of NAMES) {
      const wish = new AbortController();
      const starting = sideOf(name, camera.url).start(wish.signal);
      wish.abort();
      await rejects(starting, { name: 'AbortError' });
    }
  });
});

test('a camera that sends JPEG is said to be passed through by the shared mode only', () => {
  const [naive, , shared] = modeSides(underTest('test:codec=mjpeg', 'mjpeg'), NAMES);
  match(naive!.words, /although the camera sends JPEG/);
  match(shared!.words, /own JPEGs untouched/);
});
