// Pixels for programs on real material, beside what Debian's ffmpeg makes of the same unit.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { h264Clip, runFfmpeg } from '../../../test/fixtures/clips.ts';
import type { Clip } from '../../../test/fixtures/clips.ts';
import { PIXEL_NAMES, packedBytes } from '../../media/pixels.ts';
import type { PixelFormat } from '../../media/pixels.ts';
import type { Jpeg } from '../../media/types.ts';
import { VideoDecoder } from './decoder.ts';
import { JpegEncoder } from './jpeg-encoder.ts';
import { nativeStats } from './native.ts';
import { PixelEncoder } from './pixel-encoder.ts';

const GRAPH = 'testsrc2=size=640x360:rate=30';
/** FFmpeg's names; its JPEG is full range, so it is told to give the limited one. */
const OUTPUT: Readonly<Record<PixelFormat, readonly string[]>> = {
  gray: ['-pix_fmt', 'gray'],
  bgr: ['-pix_fmt', 'bgr24'],
  rgba: ['-pix_fmt', 'rgba'],
  yuv420p: ['-vf', 'scale=out_range=limited', '-pix_fmt', 'yuv420p'],
};
/** What JPEG loses, and matrices that are rounded another way. */
const MEAN_DIFFERENCE = 4;

/** The last picture of a clip as pixels, and as a JPEG of the same size. */
async function lastOf(clip: Clip, width: number | null, format: PixelFormat): Promise<[Jpeg, Jpeg]> {
  const decoder = await VideoDecoder.open(clip.track);
  const encoders = [new PixelEncoder(width, format), new JpegEncoder(width, 90)] as const;
  let last: [Jpeg, Jpeg] | null = null;
  for (const packet of clip.packets) {
    using frame = await decoder.send(packet);
    if (frame) last = [await encoders[0].encode(frame), await encoders[1].encode(frame)];
  }
  await Promise.all([decoder.close(), ...encoders.map((encoder) => encoder.close())]);
  assert.equal(decoder.leased, 0);
  assert.equal(nativeStats().calls, 0);
  assert.ok(last);
  return last;
}

function meanDifference(a: Buffer, b: Buffer): number {
  assert.equal(a.length, b.length);
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += Math.abs(a[at]! - b[at]!);
  return sum / a.length;
}

describe('pixels for programs', () => {
  it('are those of the picture, in every layout, at its own size and scaled', async () => {
    const clip = await h264Clip({ graph: GRAPH, frames: 3, width: 640, height: 360 });
    for (const format of PIXEL_NAMES) {
      for (const width of [null, 320]) {
        const [pixels, jpeg] = await lastOf(clip, width, format);
        assert.deepEqual([pixels.pixels, pixels.width, pixels.height], [format, jpeg.width, jpeg.height]);
        assert.deepEqual([pixels.sequence, pixels.stamp], [jpeg.sequence, jpeg.stamp]);
        assert.equal(pixels.bytes.length, packedBytes(format, pixels.width, pixels.height));
        const wanted = await runFfmpeg(
          ['-f', 'mjpeg', '-i', '-', '-f', 'rawvideo', ...OUTPUT[format], '-'],
          jpeg.bytes,
        );
        const difference = meanDifference(pixels.bytes, wanted);
        assert.ok(difference < MEAN_DIFFERENCE, `${format} ${pixels.width}: ${difference}`);
      }
    }
  });

  it('follow a change of size, and are buffers of their own', async () => {
    const encoder = new PixelEncoder(null, 'gray');
    const sizes: number[] = [];
    const given: Buffer[] = [];
    for (const [width, height] of [
      [640, 360],
      [320, 240],
    ] as const) {
      // prettier-ignore
      const clip = await h264Clip({ graph: `testsrc2=size=${width}x${height}:rate=30`, frames: 2, width, height });
      const decoder = await VideoDecoder.open(clip.track);
      for (const packet of clip.packets) {
        using frame = await decoder.send(packet);
        if (!frame) continue;
        const { bytes } = await encoder.encode(frame);
        sizes.push(bytes.length);
        given.push(bytes);
      }
      await decoder.close();
    }
    await encoder.close();
    await encoder.close();
    assert.deepEqual([...new Set(sizes)], [640 * 360, 320 * 240]);
    assert.equal(new Set(given.map(({ buffer }) => buffer)).size, given.length);
  });

  it('are refused with the reason where they are too large for the link', async () => {
    const size = { width: 3840, height: 2160 };
    const clip = await h264Clip({ graph: 'testsrc2=size=3840x2160:rate=30', frames: 1, ...size });
    const decoder = await VideoDecoder.open(clip.track);
    const [whole, small] = [new PixelEncoder(null, 'rgba'), new PixelEncoder(1920, 'rgba')];
    for (const packet of clip.packets) {
      using frame = await decoder.send(packet);
      if (!frame) continue;
      await assert.rejects(whole.encode(frame), { code: 'decode-failed', message: /3840x2160 .* ask for a width/ });
      assert.equal((await small.encode(frame)).bytes.length, 1920 * 1080 * 4);
    }
    await Promise.all([whole.close(), small.close(), decoder.close()]);
  });
});
