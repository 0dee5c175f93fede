// A sound camera of every kind: all steps pass that there are, the others say why they do not apply, and it is quick.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { examineSource } from '../../test/fixtures/examined.ts';
import { mjpegClip } from '../../test/fixtures/clips.ts';
import { HttpCamera, head } from '../../test/peers/http-camera.ts';
import { LiveCamera } from '../../test/peers/live-camera.ts';
import { startRtspCamera } from '../../test/peers/rtsp-camera.ts';
import type { Examination, StepName } from '../link/examination.ts';

const LIMIT_MS = 15_000;

function states({ steps }: Examination): Record<string, string> {
  return Object.fromEntries(steps.map(({ step, state }) => [step, state]));
}

function assertAllPassed(examination: Examination, skipped: readonly StepName[] = []): void {
  const told = JSON.stringify(examination, null, 1);
  for (const { step, state, saw, advice } of examination.steps) {
    assert.equal(state, skipped.includes(step) ? 'skipped' : 'passed', told);
    assert.match(saw, /^\S.{8,}[.]$/, told);
    assert.equal(advice, '', told);
  }
  assert.equal(examination.steps.length, 15);
  assert.equal(examination.picture, true);
}

describe('a sound camera', () => {
  it('passes every step within 15 s, and each is said as it ends', async () => {
    await using camera = await startRtspCamera({ user: 'admin', password: 'p@ss w/rd', auth: 'digest' });
    const said: string[] = [];
    const examination = await examineSource(camera.url.replace('//', '//admin:p%40ss%20w%2Frd@'), {
      onStep: ({ step }) => void said.push(step),
    });
    assertAllPassed(examination);
    assert.ok(examination.tookMs < LIMIT_MS, String(examination.tookMs));
    assert.deepEqual(
      said,
      examination.steps.map(({ step }) => step),
    );
    assert.ok(!JSON.stringify(examination).includes('p@ss') && !JSON.stringify(examination).includes('p%40ss'));
  });

  it('that sends JPEG over RTSP passes every step', async () => {
    await using camera = await startRtspCamera({ codec: 'jpeg' });
    assertAllPassed(await examineSource(camera.url, { windowMs: 6000 }));
  });

  it('with one session to give still shows its picture', async () => {
    await using camera = await LiveCamera.start({ maxSessions: 1 });
    assertAllPassed(await examineSource(camera.url, { windowMs: 4000 }));
  });

  it('over HTTP passes what there is, and says why the rest is not', async () => {
    const { packets } = await mjpegClip({
      graph: 'testsrc2=size=320x240:rate=30',
      frames: 10,
      width: 320,
      height: 240,
    });
    await using camera = await HttpCamera.open((socket) => {
      const type = 'multipart/x-mixed-replace; boundary=x';
      head(socket, '200 OK', { 'Content-Type': type, Date: new Date().toUTCString(), Server: 'test camera' });
      let at = 0;
      const timer = setInterval(() => {
        const { data } = packets[at++ % packets.length]!;
        socket.write(`--x\r\nContent-Type: image/jpeg\r\nContent-Length: ${data.length}\r\n\r\n`);
        socket.write(data);
        socket.write('\r\n');
      }, 100);
      socket.once('close', () => clearInterval(timer));
    });
    assertAllPassed(await examineSource(camera.url()), ['timestamps', 'loss']);
  });
});

describe('a source without a network', () => {
  it('has its picture looked at, and says why the rest is skipped', async () => {
    const examination = await examineSource('test:');
    const { 'first-picture': picture, decoding, ...rest } = states(examination);
    assert.deepEqual([picture, decoding], ['passed', 'passed'], JSON.stringify(examination, null, 1));
    assert.deepEqual([...new Set(Object.values(rest))], ['skipped']);
  });

  it('that is a file which is not there says so', async () => {
    const examination = await examineSource('/no/such/clip.mp4');
    const { saw, state } = examination.steps.find(({ step }) => step === 'first-picture')!;
    assert.equal(state, 'failed');
    assert.match(saw, /clip\.mp4/);
    assert.equal(examination.picture, false);
  });
});

it('stopped in the middle, it says what was found until then', async () => {
  await using camera = await startRtspCamera();
  const stop = new AbortController();
  const examination = await examineSource(camera.url, {
    signal: stop.signal,
    onStep: ({ step }) => step === 'stream' && stop.abort(),
  });
  const { tracks, stream, keyframes, 'first-picture': picture } = states(examination);
  const told = JSON.stringify(examination, null, 1);
  assert.deepEqual([tracks, stream, keyframes, picture], ['passed', 'passed', 'skipped', 'skipped'], told);
  assert.equal(examination.picture, false);
});
