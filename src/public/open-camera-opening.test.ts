// How `openCamera` opens and ends: what it says where that cannot be, signals, closing, and what a loop throws.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { temporaryFolder } from '../../test/fixtures/folder.ts';
import { CARD } from '../../test/fixtures/opened-camera.ts';
import { startRtspCamera } from '../../test/peers/rtsp-camera.ts';
import { SightlineError } from '../base/errors.ts';
import { nativeStats } from '../codec/ffmpeg/native.ts';
import type { OpenCameraOptions } from '../frames/contract.ts';
import { openCamera } from './open-camera.ts';

afterEach(() => assert.equal(nativeStats().calls, 0));

describe('opening a camera in a program', () => {
  it('says what is wrong with the options before anything is opened', async () => {
    const wrong: [OpenCameraOptions, RegExp][] = [
      [{ fps: 0 }, /fps/],
      [{ width: 1 }, /width/],
      [{ maxBehindMs: Number.NaN }, /maxBehindMs/],
      [JSON.parse('{"format":"rgb"}') as OpenCameraOptions, /format/],
      [JSON.parse('{"policy":"fast"}') as OpenCameraOptions, /policy/],
    ];
    for (const [options, words] of wrong) {
      await assert.rejects(openCamera('test:', options), { code: 'usage', message: words });
    }
  });

  it('says what is wrong with the address, the camera or the file, with a hint', async () => {
    const folder = await temporaryFolder();
    const wrong: [string, string][] = [
      ['nonsense', 'source-invalid'],
      ['push:', 'source-invalid'],
      ['rtsp://127.0.0.1:1/', 'camera-refused'],
      [join(folder.path, 'none.mp4'), 'file-missing'],
      [folder.path + '/.', 'source-invalid'],
      ['/dev/video97', 'device-missing'],
      [new URL('open-camera-opening.test.ts', import.meta.url).pathname, 'file-unreadable'],
    ];
    for (const [source, code] of wrong) {
      await assert.rejects(openCamera(source), (error: unknown) => {
        assert.ok(error instanceof SightlineError);
        assert.equal(error.code, code, source);
        return error.hint.length > 10;
      });
    }
    await folder.remove();
  });

  it('never shows user and password, wherever they stand', async () => {
    const password = 'pA55-w0rd';
    await using rtsp = await startRtspCamera({ user: 'admin', password: 'another' });
    const withPassword = rtsp.url.replace('rtsp://', `rtsp://admin:${password}@`);
    for (const open of [
      () => openCamera(withPassword),
      () => openCamera(rtsp.url, { username: 'admin', password }),
      () => openCamera(`ffmpeg:${withPassword}`),
      () => openCamera(withPassword.replace('127.0.0.1', 'nobody.invalid')),
    ]) {
      await assert.rejects(open(), (error: unknown) => {
        assert.ok(error instanceof SightlineError);
        assert.match(error.code, /^camera-(unauthorized|unknown-host)$/);
        assert.ok(![error.message, error.hint, String(error.stack), String(error.cause)].join().includes(password));
        return true;
      });
    }
    await using camera = await openCamera(rtsp.url.replace('rtsp://', 'rtsp://admin:another@'));
    assert.match(camera.source, /^rtsp:\/\/\*\*\*@127\.0\.0\.1/);
  });

  it('goes on trying where that was asked for, until the camera is there', async () => {
    const rtsp = await startRtspCamera();
    try {
      await rtsp.kill('SIGKILL');
      const reasons: string[] = [];
      const opening = openCamera(rtsp.url, {
        keepTrying: true,
        onState: ({ state, reason }) => {
          if (state !== 'failed') return;
          reasons.push(reason?.code ?? '');
          if (reasons.length === 1) void rtsp.restart();
        },
      });
      await using camera = await opening;
      assert.equal(camera.status.state, 'live');
      assert.equal(reasons[0], 'camera-refused');
    } finally {
      await rtsp.close();
    }
  });

  it('ends with the reason of the signal, before, while and after it opens', async () => {
    const reason = new Error('enough');
    await assert.rejects(openCamera(CARD, { signal: AbortSignal.abort(reason) }), reason);
    const silent = await startRtspCamera();
    silent.pause();
    const stop = new AbortController();
    const opening = openCamera(silent.url, { signal: stop.signal });
    setImmediate(() => stop.abort(reason));
    await assert.rejects(opening, reason);
    await silent.close();
    const later = new AbortController();
    await using camera = await openCamera(CARD, { signal: later.signal });
    const loop = async (): Promise<void> => {
      for await (using frame of camera.frames()) if (frame.sequence > 3) later.abort(reason);
    };
    await assert.rejects(loop(), reason);
    assert.equal(camera.status.state, 'closed');
  });

  it('that is closed ends its loops quietly, closes twice, and says so to who asks for more', async () => {
    const camera = await openCamera(CARD);
    const frames = camera.frames();
    await frames.next();
    const waiting = frames.next().then(({ done }) => done);
    await Promise.all([camera.close(), camera.close()]);
    await waiting;
    assert.equal((await frames.next()).done, true);
    assert.equal(camera.status.state, 'closed');
    await assert.rejects(camera.frames().next(), { code: 'usage', message: /has been closed/ });
  });

  it('and closing it inside its own loop ends the loop', async () => {
    const camera = await openCamera(CARD);
    let count = 0;
    for await (using frame of camera.frames()) {
      count += frame.width > 0 ? 1 : 0;
      await camera.close();
    }
    assert.equal(count, 1);
  });

  it('ends a loop that is given up while it waits for a frame, at once', async () => {
    await using camera = await openCamera(CARD, { fps: 0.001 });
    const frames = camera.frames();
    const first = await frames.next();
    if (first.done !== true) first.value[Symbol.dispose]();
    const second = frames.next();
    assert.deepEqual(await frames.return(), { done: true, value: undefined });
    assert.deepEqual(await second, { done: true, value: undefined });
    assert.deepEqual(await frames.next(), { done: true, value: undefined });
    for await (using frame of camera.frames()) {
      assert.ok(frame.sequence > 0);
      break;
    }
  });

  it('throws on what the loop itself throws, and stays open', async () => {
    await using camera = await openCamera(CARD);
    const loop = async (): Promise<void> => {
      for await (using frame of camera.frames()) throw new Error(`thrown at ${frame.width}`);
    };
    await assert.rejects(loop(), { message: 'thrown at 320' });
    const next = camera.frames();
    assert.equal((await next.next()).done, false);
  });
});
