// The cameras that the bench starts itself: GStreamer's, and Sightline's where GStreamer is missing. What they send is
// read from pixels, and nothing of them is left.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runFfmpeg } from '../../../test/fixtures/clips.ts';
import { temporaryFolder } from '../../../test/fixtures/folder.ts';
import type { TemporaryFolder } from '../../../test/fixtures/folder.ts';
import { MjpegViewer } from '../../../test/fixtures/mjpeg-viewer.ts';
import { childrenWith } from '../../../test/fixtures/own-children.ts';
import { addressOf, greyOf, runSession } from '../../../test/fixtures/session.ts';
import { nowUs } from '../../base/clock.ts';
import { UNGUARDED } from '../../base/dial-guard.ts';
import { SightlineError } from '../../base/errors.ts';
import { createRtspSource } from '../../ingest/sources/rtsp.ts';
import { readStrip } from '../../media/strip.ts';
import { percentile } from '../statistics.ts';
import { StripReader } from '../load/strip-reader.ts';
import { startGstreamer } from './gstreamer.ts';
import { openCameraUnderTest } from './open.ts';
import type { CameraWishes } from './open.ts';
import { PYTHON } from './rtsp-program.ts';

const SMALL = 'test:?width=640&height=360&fps=15';
const PARAMETERS = { codec: 'h264', width: 640, height: 360, fps: 15 } as const;
const NO_PYTHON = '/nonexistent/python3';

const never = (): AbortSignal => new AbortController().signal;
const open = (wishes: Partial<CameraWishes> = {}) =>
  openCameraUnderTest({ source: SMALL, cwd: tmpdir(), signal: never(), ...wishes });
let own: TemporaryFolder;
/** Temporary folders are made where nobody else makes any. */
before(async () => {
  own = await temporaryFolder();
  process.env['TMPDIR'] = own.path;
});
after(() => own.remove());

const foldersLeft = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('sightline-camera-'));

test('pictures over RTSP are numbered on through the end of the loop, and each has its time of capture', async () => {
  const camera = await startGstreamer({
    ...{ python: PYTHON, parameters: PARAMETERS, display: SMALL, signal: never(), loopSeconds: 2 },
  });
  try {
    const source = createRtspSource({ address: addressOf('rtsp', camera.source), tlsVerify: true, guard: UNGUARDED });
    const session = await runSession(source, 40);
    const grey = await greyOf(session);
    const [width, height] = [640, 360];
    const pictures = session.handedUs.map((arrivedUs, index) => {
      const data = grey.subarray(index * width * height, (index + 1) * width * height);
      const strip = readStrip({ data, stride: width, width, height });
      assert.ok(strip !== null, `picture ${index} has a strip`);
      return { frame: strip.frame, arrivedUs, capturedUs: camera.capturedAtUs!(strip, arrivedUs)! };
    });
    assert.equal(camera.loopFrames, 30);
    // The camera begins anew, at a keyframe, when its first session plays.
    const steady = pictures.slice(2);
    for (const [index, { frame }] of steady.entries()) assert.equal(frame, (steady[0]!.frame + index) % 30);
    const agesMs = pictures.map(({ arrivedUs, capturedUs }) => (arrivedUs - capturedUs) / 1000);
    assert.ok(Math.min(...agesMs) >= 0, 'no picture arrives before its capture');
    const medianMs = percentile(agesMs.slice(2), 0.5);
    assert.ok(medianMs < 100, `pictures are ${medianMs} ms old`);
    assert.equal(camera.capturedAtUs!({ frame: pictures[0]!.frame, timeUs: 0 }, pictures[0]!.capturedUs - 1), null);
  } finally {
    await camera.stop();
  }
});

test('another program opens the camera, and nothing of it is left after a stop', async () => {
  const camera = await open();
  assert.equal(camera.kind, 'gstreamer');
  assert.deepEqual([camera.codec, camera.width, camera.height, camera.fps], ['h264', 640, 360, 15]);
  assert.equal(camera.endpoint?.port, Number(new URL(camera.source).port));
  const decoded = ['-frames:v', '5', '-f', 'rawvideo', '-pix_fmt', 'gray', '-'];
  const grey = await runFfmpeg(['-rtsp_transport', 'tcp', '-i', camera.source, ...decoded]);
  assert.equal(grey.length, 5 * 640 * 360);
  assert.equal(childrenWith('rtsp_camera.py').length, 1);
  await camera.stop();
  await camera.stop();
  assert.deepEqual(childrenWith('rtsp_camera.py'), []);
  assert.deepEqual(foldersLeft(), []);
  assert.equal(camera.lost?.aborted, false);
});

test('a camera that was killed is told as lost, with a reason', async () => {
  for (const [python, program] of [
    [PYTHON, 'rtsp_camera.py'],
    [NO_PYTHON, 'sightline main'],
  ] as const) {
    const camera = await open({ python });
    const lost = once(camera.lost!, 'abort');
    process.kill(childrenWith(program)[0]!, 'SIGKILL');
    await lost;
    const { reason } = camera.lost as { reason: unknown };
    assert.ok(reason instanceof SightlineError && reason.code === 'camera-closed');
    assert.match(reason.message, /ended by itself \(SIGKILL\)/);
    await camera.stop();
  }
});

test('without GStreamer the camera is MJPEG, and its strip tells when each picture was drawn', async () => {
  const camera = await open({ python: NO_PYTHON });
  assert.equal(camera.kind, 'sightline');
  assert.deepEqual([camera.codec, camera.width, camera.height, camera.fps], ['mjpeg', 640, 360, 15]);
  const viewer = new MjpegViewer(camera.source);
  await using strips = await StripReader.open();
  let last = -1;
  for (let count = 0; count < 5; count++) {
    const { body } = await viewer.next();
    const arrivedUs = nowUs();
    const strip = await strips.read(body);
    assert.ok(strip !== null && strip.frame > last);
    last = strip.frame;
    const ageMs = (arrivedUs - camera.capturedAtUs!(strip, arrivedUs)!) / 1000;
    assert.ok(ageMs >= 0 && ageMs < 500, `${ageMs} ms old`);
    assert.equal(camera.capturedAtUs!({ ...strip, timeUs: strip.timeUs - 61e6 }, arrivedUs), null);
  }
  viewer.close();
  await camera.stop();
  assert.deepEqual(childrenWith('sightline'), []);
  assert.deepEqual(foldersLeft(), []);
});

test('who asks for JPEG gets it, whether GStreamer is there or not', async () => {
  const camera = await open({ source: `${SMALL}&codec=mjpeg` });
  assert.deepEqual([camera.kind, camera.codec], ['sightline', 'mjpeg']);
  await camera.stop();
});

test('an opening that is given up leaves nothing', async () => {
  for (const python of [PYTHON, NO_PYTHON]) {
    const wish = new AbortController();
    const opening = open({ python, signal: wish.signal, source: 'test:?width=1920&height=1080' });
    while (foldersLeft().length === 0) await new Promise(setImmediate);
    wish.abort(new SightlineError('stopping', 'enough'));
    await assert.rejects(opening, { code: 'stopping' });
    assert.deepEqual([...childrenWith('rtsp_camera.py'), ...childrenWith('sightline')], []);
    assert.deepEqual(foldersLeft(), []);
  }
});

test('the camera ends when the bench was killed', async () => {
  const program = fileURLToPath(new URL('../../../test/fixtures/bench-camera.ts', import.meta.url));
  for (const python of ['gstreamer', 'none']) {
    const bench = spawn(process.execPath, [program, SMALL, python], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface({ input: bench.stdout }), 'line')) as [string];
    const watching = connect(JSON.parse(line) as { host: string; port: number });
    await once(watching, 'connect');
    watching.on('error', () => watching.destroy()).resume();
    const over = once(watching, 'close');
    bench.kill('SIGKILL');
    await over;
  }
});
