// Opening and closing decoders and encoders three hundred times leaves no memory, thread or handle behind.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { h264Clip } from '../../../test/fixtures/clips.ts';
import { VideoDecoder } from './decoder.ts';
import { JpegEncoder } from './jpeg-encoder.ts';

const MAX_GROWTH_BYTES = 8 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function threads(): number {
  return Number(/Threads:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]);
}

it(
  'decoders and encoders leave nothing behind after 300 openings',
  { skip: process.platform !== 'linux' },
  async () => {
    const clip = await h264Clip({ graph: 'testsrc2=size=640x360:rate=30', frames: 2, width: 640, height: 360 });
    const round = async (): Promise<void> => {
      const decoder = await VideoDecoder.open(clip.track);
      const encoder = new JpegEncoder(320, 80);
      for (const packet of clip.packets) {
        using frame = await decoder.send(packet);
        assert.equal((await encoder.encode(frame!)).width, 320);
      }
      await Promise.all([decoder.close(), encoder.close()]);
      assert.equal(decoder.leased, 0);
    };
    // Until the allocator has all that it keeps: from there on the memory stands still, however often they are opened.
    for (let warm = 0; warm < 350; warm++) await round();
    collect();
    const before = {
      rss: process.memoryUsage.rss(),
      threads: threads(),
      handles: process.getActiveResourcesInfo().length,
    };
    for (let count = 0; count < 300; count++) await round();
    collect();
    const grown = process.memoryUsage.rss() - before.rss;
    assert.ok(grown < MAX_GROWTH_BYTES, `${(grown / 1024 / 1024).toFixed(1)} MB more`);
    assert.equal(threads(), before.threads);
    assert.equal(process.getActiveResourcesInfo().length, before.handles);
  },
);

it('a frame that outlives its decoder is freed when it is released, and releasing it twice is an error', async () => {
  const clip = await h264Clip({ graph: 'testsrc2=size=640x360:rate=30', frames: 1, width: 640, height: 360 });
  const decoder = await VideoDecoder.open(clip.track);
  const frame = await decoder.send(clip.packets[0]!);
  await decoder.close();
  assert.equal(decoder.leased, 1);
  const encoder = new JpegEncoder(null, 80);
  assert.equal((await encoder.encode(frame!)).width, 640);
  frame!.release();
  assert.equal(decoder.leased, 0);
  assert.throws(() => frame!.release());
  assert.throws(() => frame!.native);
  await encoder.close();
  await encoder.close();
  await decoder.close();
});
