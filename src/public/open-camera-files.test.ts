// `openCamera` with files of Debian's ffmpeg: in real time, and lossless, picture by picture beside what ffmpeg decodes.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { runFfmpeg } from '../../test/fixtures/clips.ts';
import { CLIP_FRAMES, ClipFolder, block } from '../../test/fixtures/opened-camera.ts';
import { pause } from '../../test/fixtures/server.ts';
import { nativeStats } from '../codec/ffmpeg/native.ts';
import { packedBytes } from '../media/pixels.ts';
import { openCamera } from './open-camera.ts';

let folder: ClipFolder;

before(async () => {
  folder = await ClipFolder.make();
  await folder.add('raw.h264', ['-c:v', 'libx264', '-bf', '0']);
  await folder.add('hevc.mkv', ['-c:v', 'libx265', '-x265-params', 'log-level=error']);
});

after(() => folder.remove());
afterEach(() => assert.equal(nativeStats().calls, 0));

describe('a file opened in a program', () => {
  it('plays once in real time, then ends the loop', async () => {
    await using camera = await openCamera(folder.clip('b-pictures.mp4'));
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
      const expected = await runFfmpeg(['-i', folder.clip(name), ...raw, '-']);
      const bytes = packedBytes('yuv420p', 320, 180);
      await using camera = await openCamera(folder.clip(name), { format: 'yuv420p', policy: 'lossless' });
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
    await using camera = await openCamera(folder.clip('b-pictures.mp4'), { policy: 'lossless' });
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
    await using camera = await openCamera(folder.clip('b-pictures.mp4'), { policy: 'lossless', width: 64 });
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
