// A processor's pictures on their way to the encoder: their colours, and that memory which is written again does not
// change what was made of it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runFfmpeg } from '../../../test/fixtures/clips.ts';
import { packedBytes } from '../../media/pixels.ts';
import type { PixelFormat } from '../../media/pixels.ts';
import type { Frame } from './frame.ts';
import { JpegEncoder } from './jpeg-encoder.ts';
import { PictureMaker } from './picture-maker.ts';

const INFO = { epoch: 1, sequence: 7, stamp: { capturedAtUs: 1000, clock: 'arrival' } } as const;
/** Blue, green, red. */
const COLOURS = [
  [0, 0, 0],
  [255, 255, 255],
  [200, 40, 60],
] as const;

type Bgr = readonly [number, number, number];

function plain(
  format: PixelFormat,
  [blue, green, red]: Bgr,
  { width, height }: { width: number; height: number },
): Uint8Array {
  const memory = new Uint8Array(new SharedArrayBuffer(packedBytes(format, width, height)));
  const pixel = { gray: [green], bgr: [blue, green, red], rgba: [red, green, blue, 255], yuv420p: [] }[format];
  for (let at = 0; at < packedBytes(format, width, height); at++) memory[at] = pixel[at % pixel.length]!;
  return memory;
}

async function middleOf(frame: Frame): Promise<number[]> {
  const encoder = new JpegEncoder(null, 90);
  const { bytes, width, height } = await encoder.encode(frame);
  await encoder.close();
  const pixels = await runFfmpeg(['-f', 'mjpeg', '-i', 'pipe:0', '-pix_fmt', 'bgr24', '-f', 'rawvideo', '-'], bytes);
  const at = (Math.floor(height / 2) * width + Math.floor(width / 2)) * 3;
  return [...pixels.subarray(at, at + 3)];
}

function assertNear(seen: readonly number[], wanted: readonly number[], what: string): void {
  assert.ok(
    seen.every((level, index) => Math.abs(level - wanted[index]!) <= 6),
    `${what}: ${seen.join(' ')}, not ${wanted.join(' ')}`,
  );
}

describe('a picture that a processor made', () => {
  for (const format of ['gray', 'bgr', 'rgba'] as const) {
    it(`has its colours, small and odd: ${format}`, async () => {
      const maker = new PictureMaker();
      for (const size of [
        { width: 64, height: 36 },
        { width: 101, height: 57 },
        { width: 640, height: 360 },
      ]) {
        for (const colour of COLOURS) {
          using frame = maker.make(plain(format, colour, size), { ...size, format }, INFO);
          assert.deepEqual([frame.width, frame.height, frame.sequence], [size.width, size.height, 7]);
          const wanted = format === 'gray' ? [colour[1], colour[1], colour[1]] : colour;
          assertNear(await middleOf(frame), wanted, `${size.width}x${size.height}`);
        }
      }
      maker.close();
    });
  }

  it('keeps its colours when its memory, or a frame that was let go, is written again', async () => {
    const size = { width: 64, height: 36 };
    const maker = new PictureMaker();
    const memory = plain('bgr', COLOURS[2], size);
    using kept = maker.make(memory, { ...size, format: 'bgr' }, INFO);
    memory.fill(255);
    for (let count = 0; count < 8; count++) maker.make(memory, { ...size, format: 'bgr' }, INFO).release();
    assertNear(await middleOf(kept), COLOURS[2], 'after others');
  });

  it('of too few pixels is refused', () => {
    const maker = new PictureMaker();
    assert.throws(() => maker.make(new Uint8Array(99), { width: 10, height: 10, format: 'gray' }, INFO), {
      code: 'decode-failed',
    });
    maker.close();
  });

  it('may outlive its maker', async () => {
    const size = { width: 64, height: 36 };
    const maker = new PictureMaker();
    using frame = maker.make(plain('bgr', COLOURS[2], size), { ...size, format: 'bgr' }, INFO);
    maker.close();
    maker.close();
    assertNear(await middleOf(frame), COLOURS[2], 'without its maker');
  });
});
