// The test card along the product's own path: encoded, decoded, scaled and encoded as JPEG at every width and quality
// that is offered, then read back by Debian's ffmpeg. Its strip must be whole, its black black and its white white.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runFfmpeg } from '../../../test/fixtures/clips.ts';
import { addressOf, runSession } from '../../../test/fixtures/session.ts';
import { scaledSize } from '../../media/picture-size.ts';
import { readStrip } from '../../media/strip.ts';
import { purePatches } from '../../media/test-card.ts';
import type { Packet } from '../../media/types.ts';
import { createTestSource } from '../sources/test.ts';
import { VideoDecoder } from './decoder.ts';
import { JpegEncoder } from './jpeg-encoder.ts';

const WIDTHS = [160, 320, 480, 640, 960, 1280, 1920];
const QUALITIES = [30, 40, 50, 60, 70, 80, 90];

async function assertReadable(jpegs: readonly Buffer[], width: number, height: number): Promise<void> {
  const output = ['-fps_mode', 'passthrough', '-f', 'rawvideo', '-pix_fmt', 'gray', '-'];
  const grey = await runFfmpeg(['-f', 'mjpeg', '-i', '-', ...output], Buffer.concat(jpegs));
  assert.equal(grey.length, jpegs.length * width * height);
  const { black, white } = purePatches(width, height);
  for (const [index, quality] of QUALITIES.entries()) {
    const data = grey.subarray(index * width * height, (index + 1) * width * height);
    const middle = (area: typeof black): number =>
      data[(area.y + (area.height >> 1)) * width + area.x + (area.width >> 1)] ?? -1;
    assert.equal(readStrip({ data, stride: width, width, height })?.frame, 0, `${width} wide at ${quality}`);
    assert.ok(middle(black) <= 8, `black is ${middle(black)} at ${width} wide, quality ${quality}`);
    assert.ok(middle(white) >= 247, `white is ${middle(white)} at ${width} wide, quality ${quality}`);
  }
}

for (const codec of ['h264', 'mjpeg'] as const) {
  test(`the ${codec} test card can be read at every width and quality`, { timeout: 60_000 }, async () => {
    const source = createTestSource({ address: addressOf('test', `test:?codec=${codec}&width=1920&height=1080`) });
    const { tracks, units } = await runSession(source, 1);
    const unit = units[0]!;
    const times = { ptsUs: 0, dtsUs: 0 };
    const packet: Packet = { ...unit, ...times, epoch: 1, sequence: 1, group: 1 };
    const decoder = await VideoDecoder.open(tracks[0]![0]!);
    const frame = await decoder.send(packet);
    assert.ok(frame !== null);
    for (const width of WIDTHS) {
      const jpegs: Buffer[] = [];
      for (const quality of QUALITIES) {
        const encoder = new JpegEncoder(width, quality);
        jpegs.push((await encoder.encode(frame)).bytes);
        await encoder.close();
      }
      await assertReadable(jpegs, width, scaledSize(1920, 1080, width).height);
    }
    frame.release();
    await decoder.close();
  });
}
