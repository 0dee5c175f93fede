// What becomes of a camera whose decoding kills its process again and again, and of the camera beside it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MjpegViewer, isPicture } from '../fixtures/mjpeg-viewer.ts';
import { TestServer, pause } from '../fixtures/server.ts';
import type { CameraStatus } from '../fixtures/server.ts';
import { startRtspCamera } from '../peers/rtsp-camera.ts';

interface CameraFacts {
  readonly uid: string;
  readonly status: CameraStatus;
}

/** Kills the process of this title once it has decoded `door`; not the one of pid `not`. Gives the pid that it had. */
async function killDecoder(server: TestServer, title: string, not = 0): Promise<number> {
  const deadline = performance.now() + 15_000;
  for (;;) {
    // In this order: a count that is seen after the process was seen is that process's own.
    const found = (await server.processes()).find((facts) => facts.title === title && facts.pid !== not);
    const { status } = await server.json<CameraFacts>('/api/cameras/door');
    if (found && status.frames.decoded > 0) {
      process.kill(found.pid, 'SIGKILL');
      return found.pid;
    }
    assert.ok(performance.now() < deadline, `${title} decodes nothing: ${JSON.stringify(status)}`);
    await pause(20);
  }
}

describe('a camera whose decoding kills its process', () => {
  it('is decoded alone after two deaths and not at all after five, keeps its session, and the other camera goes on', async (test) => {
    const camera = await startRtspCamera({ codec: 'h264', size: '320x180', fps: 15 });
    test.after(() => camera.close());
    const server = await TestServer.start([`door=${camera.url}`, 'garden=test:?width=320&height=180']);
    test.after(() => server.stop());
    const door = new MjpegViewer(`${server.url}/cameras/door/stream.mjpeg`);
    await door.next(isPicture);
    const { uid } = await server.json<CameraFacts>('/api/cameras/door');
    const first = await killDecoder(server, 'sightline codec 1');
    await killDecoder(server, 'sightline codec 1', first);
    const garden = new MjpegViewer(`${server.url}/cameras/garden/stream.mjpeg`);
    const alone = `sightline codec alone-${uid}`;
    const third = await killDecoder(server, alone);
    await garden.next(isPicture);
    const seen = garden.parts.filter(isPicture).length;
    const fourth = await killDecoder(server, alone, third);
    await killDecoder(server, alone, fourth);
    const status = await server.until('door', ({ reason }) => reason?.code === 'quarantined');
    assert.equal(status.state, 'failed');
    assert.match(status.reason!.hint, /codec|resolution/);
    const titles = (await server.processes()).map(({ title }) => title);
    assert.ok(!titles.includes(alone), `still there: ${titles.join(', ')}`);
    assert.equal(new Set(titles).size, titles.length);
    const answer = await fetch(`${server.url}/cameras/door/snapshot.jpg?maxAgeMs=0`);
    assert.equal(answer.status, 503);
    assert.equal(((await answer.json()) as { code: string }).code, 'quarantined');
    for (let more = 0; more < 20; more++) await garden.next(isPicture);
    assert.ok(garden.parts.filter(isPicture).length > seen + 20);
    assert.equal(status.restarts, 0);
    door.close();
    garden.close();
    server.signal('SIGTERM');
    await server.exited();
    assert.deepEqual(await server.alive(), []);
    assert.deepEqual(await server.leftovers(), []);
  });
});
