// The file source on clips that Debian's ffmpeg made: real time, loops, codecs that pass and codecs that are transcoded.

import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runFfmpeg } from '../../../test/fixtures/clips.ts';
import { addressOf, greyOf, runSession } from '../../../test/fixtures/session.ts';
import type { Session } from '../../../test/fixtures/session.ts';
import type { Source } from '../../media/types.ts';
import { createFileSource } from './file.ts';

const GRAPH = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=50:duration=0.4', '-pix_fmt', 'yuv420p'];
const CLIP_FRAMES = 20;
const CLIPS: Readonly<Record<string, readonly string[]>> = {
  'plain.mp4': ['-c:v', 'libx264', '-bf', '0'],
  'b-pictures.mp4': ['-c:v', 'libx264', '-bf', '2', '-g', '20'],
  'annexb.ts': ['-c:v', 'libx264', '-bf', '0'],
  'raw.h264': ['-c:v', 'libx264', '-bf', '0'],
  'jpegs.mov': ['-c:v', 'mjpeg', '-q:v', '4', '-pix_fmt', 'yuvj420p'],
  'vp9.webm': ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8'],
  'webcam.nut': ['-c:v', 'rawvideo', '-pix_fmt', 'yuyv422'],
  'hevc.mkv': ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error'],
};

let folder = '';
const path = (name: string): string => join(folder, name);
const sourceOf = (name: string): Source => createFileSource({ address: addressOf('file', path(name)) });

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sightline-file-'));
  for (const [name, encoder] of Object.entries(CLIPS)) await runFfmpeg([...GRAPH, ...encoder, path(name)]);
});

after(() => rm(folder, { recursive: true, force: true }));

function assertTimesRise({ units }: Session): void {
  for (const [index, unit] of units.entries()) {
    assert.ok(unit.ptsUs! >= unit.dtsUs!, `unit ${index} is shown before it is decoded`);
    if (index > 0) assert.ok(unit.dtsUs! > units[index - 1]!.dtsUs!, `dts does not rise at unit ${index}`);
  }
}

describe('the file source', () => {
  for (const name of ['plain.mp4', 'b-pictures.mp4', 'annexb.ts', 'raw.h264', 'jpegs.mov']) {
    test(`passes ${name} on as it is, over and over, with times that go on`, async () => {
      const session = await runSession(sourceOf(name), 2 * CLIP_FRAMES + 5);
      const track = session.tracks[0]?.[0];
      assert.equal(session.tracks.length, 1);
      assert.deepEqual(
        [track?.codec, track?.width, track?.height],
        [name === 'jpegs.mov' ? 'mjpeg' : 'h264', 320, 180],
      );
      assert.equal(session.quirks.size, 0);
      assertTimesRise(session);
      const lastUs = session.units.at(-1)!.dtsUs! - session.units[0]!.dtsUs!;
      assert.ok(Math.abs(lastUs - (2 * CLIP_FRAMES + 4) * 20_000) < 60_000, `45 pictures last ${lastUs} us`);
      for (const loop of [0, 1, 2]) assert.ok(session.units[loop * CLIP_FRAMES]!.key, `loop ${loop} begins with a key`);
      assert.equal((await greyOf(session)).length, session.units.length * 320 * 180);
    });
  }

  for (const [name, codec] of [
    ['vp9.webm', 'vp9'],
    ['hevc.mkv', 'hevc'],
    ['webcam.nut', 'rawvideo'],
  ] as const) {
    test(`makes H.264 of ${name} and says so`, async () => {
      const session = await runSession(sourceOf(name), 2 * CLIP_FRAMES + 5);
      assert.equal(session.tracks.length, 1);
      assert.equal(session.tracks[0]?.[0]?.codec, 'h264');
      assert.equal(session.quirks.get(`transcoded-${codec}`), 1);
      assertTimesRise(session);
      assert.equal((await greyOf(session)).length, session.units.length * 320 * 180);
    });
  }

  test('keeps white white and black black when it transcodes', async () => {
    for (const [colour, level] of [
      ['white', 255],
      ['black', 0],
    ] as const) {
      for (const layout of ['bgr0', 'yuvj444p', 'yuv420p']) {
        const name = `${colour}-${layout}.mkv`;
        const graph = ['-f', 'lavfi', '-i', `color=${colour}:size=64x64:rate=50:duration=0.1`];
        await runFfmpeg([...graph, '-c:v', 'ffv1', '-pix_fmt', layout, '-strict', '-2', path(name)]);
        const grey = await greyOf(await runSession(sourceOf(name), 3));
        assert.ok(Math.abs(grey[32 * 64 + 32]! - level) <= 2, `${name} is ${grey[32 * 64 + 32]}`);
      }
    }
  });

  test('plays in real time and stamps no picture with a time to come', async () => {
    const session = await runSession(sourceOf('b-pictures.mp4'), CLIP_FRAMES + 6);
    const { units, handedUs } = session;
    const seconds = (handedUs.at(-1)! - handedUs[0]!) / 1e6;
    assert.ok(seconds > 0.45 && seconds < 2, `25 intervals of 20 ms took ${seconds} s`);
    assert.ok(units.every((unit, index) => unit.stamp.capturedAtUs <= handedUs[index]!));
    const shown = units.slice(-8).sort((a, b) => a.ptsUs! - b.ptsUs!);
    assert.ok(shown.every((unit, i) => i === 0 || unit.stamp.capturedAtUs >= shown[i - 1]!.stamp.capturedAtUs));
  });

  test('shows a file of one picture once a second', async () => {
    await runFfmpeg(['-f', 'lavfi', '-i', 'color=red:size=64x64', '-frames:v', '1', path('still.jpg')]);
    const { handedUs } = await runSession(sourceOf('still.jpg'), 2);
    assert.ok(handedUs[1]! - handedUs[0]! > 900_000);
  });

  test('goes on over a gap of an hour between two pictures', async () => {
    const gap = "setpts='if(gte(N,10),PTS+3600/TB,PTS)'";
    await runFfmpeg([...GRAPH, '-vf', gap, '-fps_mode', 'passthrough', '-c:v', 'libx264', '-bf', '0', path('gap.mkv')]);
    const { units, handedUs } = await runSession(sourceOf('gap.mkv'), 2 * CLIP_FRAMES);
    assert.ok(units[10]!.ptsUs! - units[9]!.ptsUs! > 3e9);
    assert.ok(handedUs.at(-1)! - handedUs[0]! < 3e6);
  });

  test('ends at once when it is closed, and runs again from the start', async () => {
    const source = sourceOf('plain.mp4');
    for (let run = 0; run < 3; run += 1) {
      const session = await runSession(source, 3);
      assert.ok(session.endMs !== null && session.endMs < 1000);
      assert.ok(session.units[0]?.key);
    }
  });

  test('opened and closed fifty times keeps no memory', async () => {
    const sources = [sourceOf('b-pictures.mp4'), sourceOf('vp9.webm')];
    const round = async (runs: number): Promise<void> => {
      for (let run = 0; run < runs; run += 1) await runSession(sources[run % 2]!, 2);
    };
    await round(15);
    const before = process.memoryUsage.rss();
    await round(50);
    const grown = process.memoryUsage.rss() - before;
    assert.ok(grown < 40e6, `${grown} bytes`);
  });

  test('says which file is missing', async () => {
    await assert.rejects(runSession(sourceOf('nothing.mp4'), 1), {
      code: 'file-missing',
      message: `There is no file ${path('nothing.mp4')}.`,
    });
  });

  test('says of a file that is no video what is wrong with it', async () => {
    await writeFile(path('notes.txt'), 'not a video\n'.repeat(500));
    await writeFile(path('empty.mp4'), '');
    await writeFile(path('half.mp4'), (await runFfmpeg([...GRAPH, '-f', 'matroska', '-'])).subarray(0, 200));
    await runFfmpeg(['-f', 'lavfi', '-i', 'sine=duration=0.2', path('sound.wav')]);
    await writeFile(path('list.ffconcat'), `ffconcat version 1.0\nfile '${path('plain.mp4')}'\n`);
    for (const name of ['notes.txt', 'empty.mp4', 'half.mp4', 'sound.wav', 'list.ffconcat', '.']) {
      await assert.rejects(runSession(sourceOf(name), 1), { code: 'file-unreadable' }, name);
    }
  });

  test('says that a file may not be read', { skip: process.getuid?.() === 0 }, async () => {
    await writeFile(path('secret.mp4'), 'x');
    await chmod(path('secret.mp4'), 0);
    await assert.rejects(runSession(sourceOf('secret.mp4'), 1), { code: 'file-unreadable' });
  });
});
