// The strip through what it has to survive: real JPEG and H.264 encoders, scaling to every width, other ratios.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { runFfmpeg } from '../../test/fixtures/clips.ts';
import { marksIn } from '../../test/fixtures/drawn-marks.ts';
import { drawStrip, readStrip, readStripRgba, stripHeight } from './strip.ts';
import type { LumaPlane, StripMark } from './strip.ts';

const WIDTHS = [160, 320, 480, 640, 960, 1280, 1920];
/** FFmpeg's quantizers for qualities 30 to 90. */
const QUANTIZERS = [22, 17, 13, 10, 8, 5, 3];
/** Harder than any picture of a camera: noise of full amplitude above the strip. */
const FRAMES = 4;

const marks: StripMark[] = Array.from({ length: FRAMES }, (_, index) => ({
  frame: (0x9abcdef0 + index * 0x01234567) % 2 ** 32,
  timeUs: 1_795_000_000_123_456 + index * 33_333,
}));

function noisyPlane(width: number, height: number): LumaPlane {
  const data = Buffer.alloc(width * height);
  let state = 12345;
  for (let index = 0; index < data.length; index += 1) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    data[index] = 16 + (state >>> 24) * (219 / 255);
  }
  return { data, stride: width, width, height };
}

/** Raw 4:2:0 frames, one for each mark. */
function rawFrames(width: number, height: number): Buffer {
  const chroma = Buffer.alloc((width * height) / 2, 128);
  return Buffer.concat(
    marks.flatMap((mark) => {
      const plane = noisyPlane(width, height);
      drawStrip(plane, mark);
      return [plane.data, chroma];
    }),
  );
}

/** Scales to `width`, encodes at every quality, decodes; what the strips then say, by quantizer. */
async function throughJpeg(
  raw: Buffer,
  from: string,
  width: number,
  height: number,
): Promise<Map<number, (StripMark | null)[]>> {
  const folder = await mkdtemp(join(tmpdir(), 'sightline-strip-'));
  const file = (quantizer: number, kind: string): string => join(folder, `${quantizer}.${kind}`);
  try {
    const scale = ['-vf', `scale=${width}:${height}`, '-pix_fmt', 'yuvj420p'];
    const encodings = QUANTIZERS.flatMap((q) => ['-map', '0', ...scale, '-q:v', String(q), file(q, 'mjpeg')]);
    await runFfmpeg(['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', from, '-i', '-', ...encodings], raw);
    const inputs = QUANTIZERS.flatMap((q) => ['-i', file(q, 'mjpeg')]);
    const outputs = QUANTIZERS.flatMap((q, index) => [
      ...['-map', String(index), '-f', 'rawvideo', '-pix_fmt', 'gray', file(q, 'grey')],
    ]);
    await runFfmpeg([...inputs, ...outputs]);
    const read = new Map<number, (StripMark | null)[]>();
    for (const q of QUANTIZERS) read.set(q, marksIn(await readFile(file(q, 'grey')), { width, height }));
    return read;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe('the strip', () => {
  test('is read back as it was drawn, at any size and in both ranges', () => {
    const mark = fc.record({
      frame: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      timeUs: fc.integer({ min: 0, max: 2 ** 52 - 1 }),
    });
    const size = fc.record({ width: fc.integer({ min: 80, max: 700 }), height: fc.integer({ min: 60, max: 500 }) });
    fc.assert(
      fc.property(mark, size, fc.constantFrom('limited', 'full'), (drawn, { width, height }, range) => {
        const plane = { data: new Uint8Array(width * height).fill(90), stride: width, width, height };
        drawStrip(plane, drawn, range);
        assert.deepEqual(readStrip(plane), { ...drawn });
      }),
      { numRuns: 200 },
    );
  });

  test('survives JPEG at every width and quality that is offered', { timeout: 60_000 }, async () => {
    const raw = rawFrames(1280, 720);
    for (const width of WIDTHS) {
      const read = await throughJpeg(raw, '1280x720', width, (width * 9) / 16);
      for (const [quantizer, found] of read) assert.deepEqual(found, marks, `${width} wide, quantizer ${quantizer}`);
    }
  });

  test('survives pictures that are 4:3, upright or stretched', { timeout: 60_000 }, async () => {
    const cases: { from: [number, number]; to: [number, number] }[] = [
      { from: [640, 480], to: [160, 120] },
      { from: [480, 640], to: [160, 214] },
      { from: [1280, 720], to: [320, 320] },
      { from: [1920, 1080], to: [854, 480] },
    ];
    for (const { from, to } of cases) {
      const read = await throughJpeg(rawFrames(...from), from.join('x'), ...to);
      for (const [quantizer, found] of read) {
        assert.deepEqual(found, marks, `${from.join('x')} to ${to.join('x')}, quantizer ${quantizer}`);
      }
    }
  });

  test('survives H.264 that is short of bits', { timeout: 60_000 }, async () => {
    const raw = rawFrames(1280, 720);
    const encode = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-crf', '36', '-f', 'h264', '-'];
    const h264 = await runFfmpeg(
      ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', '1280x720', '-i', '-', ...encode],
      raw,
    );
    for (const width of [160, 640, 1280]) {
      const height = (width * 9) / 16;
      const scale = ['-vf', `scale=${width}:${height}`, '-f', 'rawvideo', '-pix_fmt', 'gray', '-'];
      const grey = await runFfmpeg(['-f', 'h264', '-i', '-', ...scale], h264);
      assert.deepEqual(marksIn(grey, { width, height }), marks);
    }
  });

  test('is read from the pixels of a canvas', () => {
    const plane = noisyPlane(320, 180);
    const mark = { frame: 7, timeUs: 1_795_000_000_000_001 };
    drawStrip(plane, mark, 'full');
    const pixels = new Uint8ClampedArray(320 * 180 * 4);
    for (let index = 0; index < plane.data.length; index += 1) {
      pixels.fill(plane.data[index] ?? 0, index * 4, index * 4 + 3);
      pixels[index * 4 + 3] = 255;
    }
    assert.deepEqual(readStripRgba(pixels, 320, 180), mark);
  });

  test('is not seen in pictures without one, nor in those whose end is missing', () => {
    assert.equal(readStrip(noisyPlane(640, 360)), null);
    assert.equal(readStrip({ data: new Uint8Array(640 * 360).fill(128), stride: 640, width: 640, height: 360 }), null);
    assert.equal(readStrip({ data: new Uint8Array(100), stride: 10, width: 10, height: 10 }), null);
    const plane = noisyPlane(640, 360);
    drawStrip(plane, { frame: 1, timeUs: 2 });
    plane.data.fill(128, 640 * 344);
    assert.equal(readStrip(plane), null);
  });

  test('with one wrong cell is refused', () => {
    const width = 640;
    const height = 360;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 107 }), (bit) => {
        const plane = { data: new Uint8Array(width * height), stride: width, width, height };
        drawStrip(plane, { frame: 123456, timeUs: 1_795_000_000_123_456 });
        const cell = width / 40;
        const left = (2 + (bit % 36)) * cell;
        const top = height - stripHeight(height) + Math.floor(bit / 36) * cell;
        for (let y = top; y < top + cell; y += 1) {
          for (let x = left; x < left + cell; x += 1) plane.data[y * width + x] = 251 - plane.data[y * width + x]!;
        }
        assert.equal(readStrip(plane), null);
      }),
    );
  });
});
