// `openCamera` with real sources in this very process: the test card, GStreamer's RTSP server, files of Debian's ffmpeg.
// Every camera is closed, and nothing native is left under way.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { runFfmpeg } from '../../test/fixtures/clips.ts';
import { TestServer } from '../../test/fixtures/server.ts';
import { startRtspCamera } from '../../test/peers/rtsp-camera.ts';
import { SightlineError } from '../base/errors.ts';
import { nowUs, wallUs } from '../base/clock.ts';
import { nativeStats } from '../codec/ffmpeg/native.ts';
import { packedBytes } from '../media/pixels.ts';
import { readStrip } from '../media/strip.ts';
import type { StripMark } from '../media/strip.ts';
import { openCamera } from './open-camera.ts';
import type { CameraFrame, OpenCameraOptions, OpenedCamera, OpenedCameraStatus } from '../frames/contract.ts';

const CARD = 'test:?width=320&height=180&fps=30';
const GRAPH = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=50:duration=0.8', '-pix_fmt', 'yuv420p'];
const CLIP_FRAMES = 40;
let folder = '';
const clip = (name: string): string => join(folder, name);

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sightline-frames-'));
  await runFfmpeg([...GRAPH, '-c:v', 'libx264', '-bf', '3', '-g', '25', clip('b-pictures.mp4')]);
  await runFfmpeg([...GRAPH, '-c:v', 'libx264', '-bf', '0', clip('raw.h264')]);
  await runFfmpeg([...GRAPH, '-c:v', 'libx265', '-x265-params', 'log-level=error', clip('hevc.mkv')]);
});

after(() => rm(folder, { recursive: true, force: true }));
afterEach(() => assert.equal(nativeStats().calls, 0));

/** The first so many frames, with what `look` sees in each; the camera is closed. */
async function take<T>(
  source: string,
  options: OpenCameraOptions,
  count: number,
  look: (frame: CameraFrame, camera: OpenedCamera) => T | Promise<T>,
): Promise<T[]> {
  await using camera = await openCamera(source, options);
  const seen: T[] = [];
  for await (using frame of camera.frames()) {
    seen.push(await look(frame, camera));
    if (seen.length === count) break;
  }
  return seen;
}

function markOf({ data, width, height }: CameraFrame): StripMark | null {
  return readStrip({ data, stride: width, width, height });
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Nothing else runs in this process meanwhile. */
function block(ms: number): void {
  Atomics.wait(sleeper, 0, 0, ms);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('a camera opened in a program', () => {
  it('gives frames whose capture time is the one that the picture itself shows', async () => {
    const frames = await take(CARD, { format: 'gray' }, 10, (frame) => ({
      mark: markOf(frame),
      unixUs: frame.capturedAt.unixUs,
      clock: frame.capturedAt.clock,
      ageMs: frame.ageMs(),
      sequence: frame.sequence,
    }));
    for (const { mark, unixUs, clock, ageMs } of frames) {
      assert.equal(clock, 'device');
      assert.ok(mark !== null && Math.abs(mark.timeUs - unixUs) < 2000, `${mark?.timeUs} is not ${unixUs}`);
      assert.ok(ageMs > 0 && ageMs < 1000);
    }
    assert.ok(frames.every(({ sequence }, at) => at === 0 || sequence > frames[at - 1]!.sequence));
  });

  for (const format of ['gray', 'bgr', 'rgba', 'yuv420p'] as const) {
    it(`gives ${format} pixels of the width that was asked for, as FFmpeg makes them`, async () => {
      const name = clip('b-pictures.mp4');
      const pixels = { gray: 'gray', bgr: 'bgr24', rgba: 'rgba', yuv420p: 'yuv420p' }[format];
      const filter = format === 'yuv420p' ? 'scale=160:90:flags=area' : 'scale=160:90:flags=area:out_range=full';
      const raw = ['-f', 'rawvideo', '-pix_fmt', pixels];
      const expected = await runFfmpeg(['-i', name, '-frames:v', '1', '-vf', filter, ...raw, '-']);
      const [got] = await take(name, { format, width: 160 }, 1, (frame) => {
        assert.deepEqual([frame.width, frame.height, frame.format], [160, 90, format]);
        return frame.data.slice();
      });
      assert.equal(got?.length, packedBytes(format, 160, 90));
      const difference = got.reduce((sum, value, at) => sum + Math.abs(value - expected[at]!), 0) / got.length;
      assert.ok(difference < 2, `${difference} levels apart`);
    });
  }

  it('never makes a picture larger, and leaves it as it is when no width is asked for', async () => {
    for (const width of [undefined, 4000]) {
      const [size] = await take(CARD, { width }, 1, ({ width: w, height: h }, camera) => [w, h, camera.width]);
      assert.deepEqual(size, [320, 180, 320]);
    }
  });

  it('leaves odd sides as they are, but for yuv420p, whose planes are halves', async () => {
    const odd = ['-f', 'lavfi', '-i', 'color=red:size=321x181:rate=25:duration=0.1,format=yuvj444p'];
    await runFfmpeg([...odd, '-c:v', 'mjpeg', '-q:v', '3', clip('odd.avi')]);
    for (const [format, width, height] of [['bgr', 321, 181] as const, ['yuv420p', 320, 180] as const]) {
      const [shape] = await take(clip('odd.avi'), { format }, 1, (frame) => [
        frame.width,
        frame.height,
        frame.data.length,
      ]);
      assert.deepEqual(shape, [width, height, packedBytes(format, width, height)]);
    }
  });

  it('gives at most so many frames a second as were asked for', async () => {
    const times = await take(CARD, { fps: 10 }, 8, ({ capturedAt }) => capturedAt.unixUs);
    const seconds = (times.at(-1)! - times[0]!) / 1e6;
    assert.ok(seconds > 0.6, `7 intervals of 100 ms took ${seconds} s`);
  });

  it('gives a loop that blocks the whole process the newest frame each time, by what the pictures themselves show', async () => {
    await using server = await TestServer.start([CARD]);
    await using camera = await openCamera(`${server.url}/camera`, { format: 'gray' });
    const ages: number[] = [];
    for await (using frame of camera.frames()) {
      const mark = markOf(frame);
      assert.ok(mark !== null);
      ages.push((wallUs(nowUs()) - mark.timeUs) / 1000);
      if (ages.length === 15) break;
      block(150);
    }
    const later = ages.slice(3).sort((a, b) => a - b);
    assert.ok(later[Math.floor(later.length / 2)]! < 100, `ages: ${ages.map(Math.round).join()}`);
    assert.equal(camera.counters.lost, 0);
  });

  it('keeps its session while a loop blocks the process for longer than a camera may be silent', async () => {
    await using server = await TestServer.start([CARD]);
    await using rtsp = await startRtspCamera();
    const states: string[] = [];
    const onState = ({ state }: OpenedCameraStatus): void => void states.push(state);
    await using one = await openCamera(rtsp.url, { onState });
    await using other = await openCamera(`${server.url}/camera`, { onState });
    const frames = [one.frames(), other.frames()];
    for (const each of frames) await each.next();
    block(7000);
    for (const each of frames) {
      const { value } = await each.next();
      assert.ok(value !== undefined && value.ageMs() < 1000);
    }
    assert.deepEqual(states.sort(), ['live', 'live', 'opening', 'opening']);
    for (const each of frames) await each.return();
  });

  it('gives a loop that waits long in each round the newest frame, and counts those between', async () => {
    await using camera = await openCamera(CARD, { format: 'gray' });
    const sequences: number[] = [];
    for await (using frame of camera.frames()) {
      sequences.push(frame.sequence);
      assert.ok(frame.ageMs() < 150, `${frame.ageMs()} ms old`);
      if (sequences.length === 5) break;
      await pause(200);
    }
    const between = sequences.at(-1)! - sequences[0]! - 4;
    assert.ok(between >= 12, `${between} frames came between`);
    assert.equal(camera.counters.skipped, between);
  });

  it('gives several loops their frames from one session', async () => {
    const states: string[] = [];
    await using rtsp = await startRtspCamera();
    await using camera = await openCamera(rtsp.url, { onState: ({ state }) => states.push(state) });
    const loop = async (count: number): Promise<number[]> => {
      const seen: number[] = [];
      for await (using frame of camera.frames()) {
        seen.push(frame.sequence);
        if (seen.length === count) break;
      }
      return seen;
    };
    const [one, other] = await Promise.all([loop(20), loop(20)]);
    assert.ok(one.filter((sequence) => other.includes(sequence)).length >= 15, 'they see the same pictures');
    assert.deepEqual(states, ['opening', 'live']);
    assert.ok((await loop(3)).length === 3, 'and a later loop goes on');
  });

  it('waits while the camera is away, says so, and goes on with new pictures when it is back', async () => {
    await using rtsp = await startRtspCamera();
    const states: OpenedCameraStatus[] = [];
    await using camera = await openCamera(rtsp.url, { onState: (status) => states.push(status) });
    const frames = camera.frames();
    await frames.next();
    await rtsp.kill('SIGKILL');
    let before = 0;
    for (;;) {
      const waiting = frames.next();
      const first = await Promise.race([waiting, pause(1500)]);
      if (first !== undefined && first.done !== true) {
        before = first.value.sequence;
        continue;
      }
      const restartedUs = wallUs(nowUs());
      await rtsp.restart();
      const { value } = await waiting;
      assert.ok(value !== undefined && value.capturedAt.unixUs > restartedUs, 'nothing from before is given');
      assert.ok(value.sequence > before);
      break;
    }
    await frames.return();
    assert.equal(camera.status.state, 'live');
    assert.ok(states.some(({ state, reason }) => state === 'failed' && reason?.code.startsWith('camera-') === true));
  });

  it('does not give a frame from before a stall as live to a loop that comes back after it', async () => {
    await using rtsp = await startRtspCamera();
    const stalled = Promise.withResolvers<OpenedCameraStatus>();
    const onState = (status: OpenedCameraStatus): void => {
      if (status.state === 'stalled') stalled.resolve(status);
    };
    await using camera = await openCamera(rtsp.url, { onState });
    const frames = camera.frames();
    await frames.next();
    await pause(500);
    rtsp.pause();
    const { reason } = await stalled.promise;
    assert.equal(reason?.code, 'camera-stalled');
    const resumedUs = wallUs(nowUs());
    const next = frames.next();
    rtsp.resume();
    const { value } = await next;
    assert.ok(value !== undefined && value.capturedAt.unixUs > resumedUs - 1e6, 'an old picture was given');
    await frames.return();
  });
});

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
    const wrong: [string, string][] = [
      ['nonsense', 'source-invalid'],
      ['push:', 'source-invalid'],
      ['rtsp://127.0.0.1:1/', 'camera-refused'],
      [clip('none.mp4'), 'file-missing'],
      [folder + '/.', 'source-invalid'],
      ['/dev/video97', 'device-missing'],
      [new URL('open-camera.test.ts', import.meta.url).pathname, 'file-unreadable'],
    ];
    for (const [source, code] of wrong) {
      await assert.rejects(openCamera(source), (error: unknown) => {
        assert.ok(error instanceof SightlineError);
        assert.equal(error.code, code, source);
        return error.hint.length > 10;
      });
    }
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

describe('a file opened in a program', () => {
  it('plays once in real time, then ends the loop', async () => {
    await using camera = await openCamera(clip('b-pictures.mp4'));
    const began = performance.now();
    const positions: (number | null)[] = [];
    for await (using frame of camera.frames()) positions.push(frame.positionUs);
    const seconds = (performance.now() - began) / 1000;
    assert.ok(seconds > 0.7 && seconds < 3, `0.8 s took ${seconds} s`);
    assert.ok(positions.length > 5 && positions.length <= CLIP_FRAMES);
    assert.equal(positions.at(-1), (CLIP_FRAMES - 1) * 20_000, 'the last picture is among them');
    assert.equal(camera.status.state, 'ended');
  });

  for (const name of ['b-pictures.mp4', 'hevc.mkv', 'raw.h264']) {
    it(`lossless gives every picture of ${name}, the same that ffmpeg decodes, however slow the loop is`, async () => {
      const raw = ['-fps_mode', 'passthrough', '-f', 'rawvideo', '-pix_fmt', 'yuv420p'];
      const expected = await runFfmpeg(['-i', clip(name), ...raw, '-']);
      const bytes = packedBytes('yuv420p', 320, 180);
      await using camera = await openCamera(clip(name), { format: 'yuv420p', policy: 'lossless' });
      let count = 0;
      for await (using frame of camera.frames()) {
        // A raw stream says no times: FFmpeg takes it for 25 pictures a second.
        assert.equal(frame.positionUs, count * (name === 'raw.h264' ? 40_000 : 20_000));
        assert.equal(frame.sequence, count + 1);
        const picture = expected.subarray(count * bytes, (count + 1) * bytes);
        assert.ok(picture.equals(frame.data), `picture ${count} is another one`);
        count++;
        if (count % 10 === 0) await pause(60);
        if (count % 10 === 5) block(60);
      }
      assert.equal(count, CLIP_FRAMES);
      assert.deepEqual(camera.counters, { captured: CLIP_FRAMES, lost: 0, delivered: CLIP_FRAMES, skipped: 0 });
    });
  }

  it('lossless goes on where a loop was left, and ends at once when it has ended', async () => {
    await using camera = await openCamera(clip('b-pictures.mp4'), { policy: 'lossless' });
    const sequences: number[] = [];
    for (const end of [10, 20, Infinity, Infinity]) {
      for await (using frame of camera.frames()) {
        sequences.push(frame.sequence);
        if (sequences.length === end) break;
      }
    }
    assert.deepEqual(
      sequences,
      Array.from({ length: CLIP_FRAMES }, (_, index) => index + 1),
    );
  });

  it('lossless gives two loops every picture, as fast as the slower one asks', async () => {
    await using camera = await openCamera(clip('b-pictures.mp4'), { policy: 'lossless', width: 64 });
    const loop = async (ms: number): Promise<number> => {
      let count = 0;
      for await (using frame of camera.frames()) {
        count += frame.width > 0 ? 1 : 0;
        if (ms > 0) await pause(ms);
      }
      return count;
    };
    assert.deepEqual(await Promise.all([loop(0), loop(5)]), [CLIP_FRAMES, CLIP_FRAMES]);
  });
});

describe('a live camera opened lossless', () => {
  it('gives every picture to a loop that is slow for a while', async () => {
    const numbers = await take(CARD, { format: 'gray', policy: 'lossless' }, 40, async (frame) => {
      if (frame.sequence % 20 === 0) await pause(400);
      if (frame.sequence % 20 === 10) block(400);
      return markOf(frame)?.frame ?? NaN;
    });
    // The card itself leaves out what a blocked process could not draw: the numbers are those of what it drew.
    assert.ok(
      numbers.every((number, at) => at === 0 || number === numbers[at - 1]! + 1),
      numbers.join(),
    );
  });

  it('says that a loop fell too far behind, and begins anew when it is asked again', async () => {
    await using camera = await openCamera(CARD, { policy: 'lossless', maxBehindMs: 300 });
    const loop = async (): Promise<void> => {
      for await (using frame of camera.frames()) if (frame.width > 0) await pause(900);
    };
    await assert.rejects(loop(), { code: 'too-slow', message: /more than 0\.3 s behind/, hint: /latest/ });
    const again = camera.frames();
    assert.equal((await again.next()).done, false);
    await again.return();
  });
});
