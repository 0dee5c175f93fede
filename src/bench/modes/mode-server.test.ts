import { ok, strictEqual } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { SightlineError } from '../../base/errors.ts';
import { temporaryFolder } from '../../../test/fixtures/folder.ts';
import { CountingViewer } from '../../../test/fixtures/mode-viewer.ts';
import { pause } from '../../../test/fixtures/server.ts';
import { startRtspCamera } from '../../../test/peers/rtsp-camera.ts';
import { isAlive } from '../measure/process-tree.ts';
import type { Jpeg } from '../../media/types.ts';
import { ModeServer } from './mode-server.ts';
import type { Mode } from './mode-server.ts';

const PICTURE_BYTES = 1_000_000;
const PARENT = fileURLToPath(new URL('../../../test/fixtures/bench-parent-modes.ts', import.meta.url));

/** Large pictures as fast as each viewer takes them. */
class Flood implements Mode {
  readonly written = new Map<string, number>();
  #viewers = 0;

  async watch(viewer: Parameters<Mode['watch']>[0], signal: AbortSignal): Promise<void> {
    const name = String(++this.#viewers);
    const stamp = { capturedAtUs: 0, clock: 'arrival' } as const;
    const jpeg: Jpeg = { bytes: Buffer.alloc(PICTURE_BYTES), width: 1, height: 1, sequence: 1, stamp };
    let written = 0;
    while (!signal.aborted) {
      if (viewer.isIdle) {
        viewer.write(jpeg);
        this.written.set(name, ++written);
      }
      await turn();
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

describe('the server of a mode', { timeout: 60_000 }, () => {
  test('gives a viewer that never reads no more than the kernel takes, and counts what others got to the last', async () => {
    const flood = new Flood();
    const server = await ModeServer.start(flood);
    const url = `http://127.0.0.1:${server.port}/camera`;
    const stuck = new CountingViewer(url);
    await stuck.has(1);
    stuck.viewer.socket.pause();
    const other = new CountingViewer(url);
    await other.has(100);
    const toStuck = flood.written.get('1')!;
    ok(toStuck < 40, `${toStuck} pictures`);
    await other.has(200);
    ok(flood.written.get('1')! <= toStuck + 1);
    stuck.viewer.close();
    await once(stuck.viewer.socket, 'close');
    const before = flood.written.get('1')!;
    const sent = await server.finish();
    await other.ended();
    ok(sent - other.parts <= before && sent - other.parts >= before - 1, `${sent} sent, ${other.parts} arrived`);
    await server.close();
  });

  test('cuts a viewer off that does not take its last part when it finishes', async () => {
    const server = await ModeServer.start(new Flood());
    const stuck = new CountingViewer(`http://127.0.0.1:${server.port}/camera`);
    await stuck.has(1);
    stuck.viewer.socket.pause();
    const other = new CountingViewer(`http://127.0.0.1:${server.port}/camera`);
    await other.has(100);
    ok((await server.finish()) > other.parts);
    await other.ended();
    stuck.viewer.close();
    await server.close();
  });

  test('answers 400 with the cause when there is no picture, and 404 for anything else', async () => {
    const cause = new SightlineError('camera-unauthorized', 'it wants another password');
    const mode: Mode = { watch: () => Promise.reject(cause), close: () => Promise.resolve() };
    const server = await ModeServer.start(mode);
    const refused = await fetch(`http://127.0.0.1:${server.port}/camera`);
    strictEqual(refused.status, 400);
    strictEqual(refused.headers.get('content-type'), 'application/problem+json');
    strictEqual(((await refused.json()) as { code: string }).code, 'camera-unauthorized');
    strictEqual((await fetch(`http://127.0.0.1:${server.port}/`)).status, 404);
    await server.close();
  });

  test('ends within a second or two of the bench that was killed, whatever the mode', async (t) => {
    await using camera = await startRtspCamera();
    const folder = await temporaryFolder();
    t.after(() => folder.remove());
    const parent = spawn(process.execPath, [PARENT, camera.url], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TMPDIR: folder.path },
    });
    const died = once(parent, 'exit').then(([code]) => {
      throw new Error(`the bench ended with ${String(code)} before it said its processes`);
    });
    died.catch(() => undefined);
    const [line] = (await Promise.race([once(createInterface({ input: parent.stdout }), 'line'), died])) as [string];
    const pids = line.split(' ').map(Number);
    ok(pids.length >= 5, line);
    parent.kill('SIGKILL');
    const deadline = performance.now() + 5_000;
    while (pids.some(isAlive)) {
      ok(performance.now() < deadline, `alive: ${pids.filter(isAlive).join(' ')}`);
      await pause(20);
    }
  });
});
