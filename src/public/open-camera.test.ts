// `openCamera` with live sources in this very process: the test card, GStreamer's RTSP server, a server of ours. Every camera
// is closed, and nothing native is left under way.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { runFfmpeg } from '../../test/fixtures/clips.ts';
import { CARD, ClipFolder, block, markOf, take } from '../../test/fixtures/opened-camera.ts';
import { TestServer, pause } from '../../test/fixtures/server.ts';
import { startRtspCamera } from '../../test/peers/rtsp-camera.ts';
import { nowUs, wallUs } from '../base/clock.ts';
import { nativeStats } from '../codec/ffmpeg/native.ts';
import type { OpenedCameraStatus } from '../frames/contract.ts';
import { packedBytes } from '../media/pixels.ts';
import { openCamera } from './open-camera.ts';

let folder: ClipFolder;

before(async () => {
  folder = await ClipFolder.make();
});

after(() => folder.remove());
afterEach(() => assert.equal(nativeStats().calls, 0));

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
      const name = folder.clip('b-pictures.mp4');
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
    await runFfmpeg([...odd, '-c:v', 'mjpeg', '-q:v', '3', folder.clip('odd.avi')]);
    for (const [format, width, height] of [['bgr', 321, 181] as const, ['yuv420p', 320, 180] as const]) {
      const [shape] = await take(folder.clip('odd.avi'), { format }, 1, (frame) => [
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
      // Six come in each round. By count, for on a busy machine the newest may be as old as it likes.
      const behind = camera.counters.captured - frame.sequence;
      assert.ok(behind <= 3, `${behind} frames behind`);
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
