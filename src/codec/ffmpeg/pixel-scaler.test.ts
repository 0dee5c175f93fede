// Decoded pictures as packed pixels: the same whether FFmpeg writes them where they are to lie or they are copied there.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { h264Clip } from '../../../test/fixtures/clips.ts';
import { SPARE_BYTES, packedBytes } from '../../media/pixels.ts';
import type { PixelFormat } from '../../media/pixels.ts';
import { VideoDecoder } from './decoder.ts';
import type { Frame } from './frame.ts';
import { nativeStats } from './native.ts';
import { PixelScaler } from './pixel-scaler.ts';

const SIZE = { width: 640, height: 360 };
const FORMATS: readonly PixelFormat[] = ['gray', 'bgr', 'rgba', 'yuv420p'];
const GUARD_BYTES = 256;
const GUARD = 0xa5;

let decoder: VideoDecoder;
let frame: Frame;

before(async () => {
  const clip = await h264Clip({ graph: 'testsrc2=size=640x360:rate=30', frames: 1, ...SIZE });
  decoder = await VideoDecoder.open(clip.track);
  frame = (await decoder.send(clip.packets[0]!))!;
});

after(async () => {
  frame.release();
  await decoder.close();
  assert.equal(nativeStats().calls, 0);
});

describe('pixels for a processor', () => {
  for (const format of FORMATS) {
    it(`are the same with room to spare behind them and without: ${format}`, async () => {
      for (const { width, height } of [
        SIZE,
        { width: 322, height: 182 },
        { width: 50, height: 28 },
        ...(format === 'yuv420p' ? [] : [{ width: 101, height: 57 }]),
        { width: 16, height: 10 },
      ]) {
        const scaler = new PixelScaler({ width, height, format });
        const bytes = packedBytes(format, width, height);
        const tight = new Uint8Array(bytes);
        const roomy = new Uint8Array(new SharedArrayBuffer(bytes + SPARE_BYTES + GUARD_BYTES));
        roomy.fill(GUARD, bytes + SPARE_BYTES);
        await scaler.convert(frame, tight);
        await scaler.convert(frame, roomy.subarray(0, bytes + SPARE_BYTES));
        assert.ok(Buffer.from(tight).equals(roomy.subarray(0, bytes)), `${width}x${height}`);
        assert.ok(
          roomy.subarray(bytes + SPARE_BYTES).every((byte) => byte === GUARD),
          `${width}x${height}: written behind`,
        );
        assert.ok(new Set(tight).size > 10, 'a picture');
        await scaler.close();
        await scaler.close();
      }
    });
  }

  it('go into each of the memories that are used in turn, however many there are', async () => {
    const scaler = new PixelScaler({ ...SIZE, format: 'gray' });
    const memories = Array.from({ length: 7 }, () => new Uint8Array(new SharedArrayBuffer(640 * 360 + SPARE_BYTES)));
    for (const memory of [...memories, ...memories]) {
      memory.fill(0);
      await scaler.convert(frame, memory);
      assert.ok(Buffer.from(memory).equals(memories[0]!));
    }
    await scaler.close();
    await assert.rejects(scaler.convert(frame, memories[0]!), { code: 'decode-failed' });
  });
});
