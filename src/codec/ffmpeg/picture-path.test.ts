// The native path on real material: decoder, scaler and JPEG encoder, with pixels read back by Debian's ffmpeg.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { noise } from '../../../test/fixtures/garbage.ts';
import { h264Clip, mjpegClip, toGrey } from '../../../test/fixtures/clips.ts';
import type { Clip } from '../../../test/fixtures/clips.ts';
import { jpegSize } from '../../media/jpeg.ts';
import type { Jpeg, Packet } from '../../media/types.ts';
import { VideoDecoder } from './decoder.ts';
import { JpegEncoder } from './jpeg-encoder.ts';
import { nativeStats } from './native.ts';

const HALVES = 'color=black:size=1280x720:rate=30,drawbox=x=640:y=0:w=640:h=720:color=white:t=fill,format=yuv420p';
const TESTSRC = 'testsrc2=size=1280x720:rate=30';
const SIZE = { width: 1280, height: 720 };

async function lastJpeg(clip: Clip, width: number | null): Promise<Jpeg> {
  const decoder = await VideoDecoder.open(clip.track);
  const encoder = new JpegEncoder(width, 80);
  let last: Jpeg | null = null;
  for (const packet of clip.packets) {
    using frame = await decoder.send(packet);
    if (frame) last = await encoder.encode(frame);
  }
  await Promise.all([decoder.close(), encoder.close()]);
  assert.equal(decoder.leased, 0);
  assert.ok(last);
  return last;
}

/** With noise from the middle of its first slice on; lengths and slice headers stay. */
function scratched(packet: Packet): Packet {
  const data = Buffer.from(packet.data);
  const end = 4 + data.readUInt32BE();
  noise(end).copy(data, 4 + Math.floor(end / 2), 0, Math.ceil(end / 2) - 4);
  return { ...packet, data };
}

function assertHalves(grey: Buffer, { width, height }: { width: number; height: number }): void {
  const row = Math.floor(height / 2) * width;
  assert.ok(grey[row + Math.floor(width / 4)]! < 8, `black is ${grey[row + Math.floor(width / 4)]!}`);
  assert.ok(grey[row + Math.floor((width * 3) / 4)]! > 247, `white is ${grey[row + Math.floor((width * 3) / 4)]!}`);
}

describe('pictures through decoder, scaler and encoder', () => {
  it('shows black as black and white as white, at its own size and scaled', async () => {
    const clip = await h264Clip({ graph: HALVES, frames: 3, ...SIZE });
    for (const width of [null, 640, 160]) {
      const jpeg = await lastJpeg(clip, width);
      assert.deepEqual(jpegSize(jpeg.bytes), { width: jpeg.width, height: jpeg.height });
      assert.equal(jpeg.width, width ?? 1280);
      assertHalves(await toGrey(jpeg.bytes), jpeg);
    }
  });

  it('does not stretch the range of a camera that is full range already', async () => {
    const encoder = [
      '-preset',
      'veryfast',
      '-tune',
      'zerolatency',
      '-vf',
      'scale=out_range=full',
      '-color_range',
      'pc',
      '-pix_fmt',
      'yuvj420p',
    ];
    const grey = HALVES.replace('color=black', 'color=0x202020').replace('color=white', 'color=0xe0e0e0');
    const clip = await h264Clip({ graph: grey, frames: 2, ...SIZE, encoder });
    for (const width of [null, 320]) {
      const jpeg = await lastJpeg(clip, width);
      const pixels = await toGrey(jpeg.bytes);
      const row = Math.floor(jpeg.height / 2) * jpeg.width;
      const [dark, light] = [pixels[row + jpeg.width / 4]!, pixels[row + (jpeg.width * 3) / 4]!];
      assert.ok(Math.abs(dark - 0x20) <= 3 && Math.abs(light - 0xe0) <= 3, `${dark} ${light}`);
    }
  });

  it('scales the JPEGs of a camera, in 4:2:2 too', async () => {
    for (const format of ['yuvj420p', 'yuvj422p']) {
      const encoder = ['-c:v', 'mjpeg', '-q:v', '3', '-pix_fmt', format];
      const clip = await mjpegClip({ graph: HALVES, frames: 2, ...SIZE, encoder });
      const jpeg = await lastJpeg(clip, 480);
      assert.equal(jpeg.width, 480);
      assertHalves(await toGrey(jpeg.bytes), jpeg);
      assertHalves(await toGrey((await lastJpeg(clip, null)).bytes), SIZE);
    }
  });

  it('never makes a picture larger than the camera sends it', async () => {
    const clip = await h264Clip({ graph: 'testsrc2=size=322x242:rate=30', frames: 2, width: 322, height: 242 });
    const jpeg = await lastJpeg(clip, 640);
    assert.deepEqual([jpeg.width, jpeg.height], [322, 242]);
  });

  it('gives each picture with its packet, without a delay', async () => {
    const clip = await h264Clip({ graph: TESTSRC, frames: 40, ...SIZE, firstSequence: 1000 });
    const decoder = await VideoDecoder.open(clip.track);
    for (const packet of clip.packets) {
      using frame = await decoder.send(packet);
      assert.equal(frame?.sequence, packet.sequence);
      assert.equal(frame.stamp, packet.stamp);
    }
    await decoder.close();
  });

  it('numbers pictures in rising order when the camera sends B pictures', async () => {
    const encoder = ['-preset', 'veryfast', '-x264-params', 'bframes=2:b-adapt=0:b-pyramid=none:keyint=30:scenecut=0'];
    const clip = await h264Clip({ graph: TESTSRC, frames: 31, ...SIZE, encoder });
    const decoder = await VideoDecoder.open(clip.track);
    const sequences: number[] = [];
    const times: number[] = [];
    for (const packet of clip.packets.map(withDisplayOrder)) {
      using frame = await decoder.send(packet);
      if (frame) sequences.push(frame.sequence);
      if (frame) times.push(frame.stamp.capturedAtUs);
    }
    await decoder.close();
    assert.ok(sequences.length > 24, String(sequences.length));
    assert.deepEqual(
      sequences,
      sequences.toSorted((a, b) => a - b),
    );
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
  });

  it('counts wrong packets and goes on with the next right one', async () => {
    const clip = await h264Clip({ graph: TESTSRC, frames: 4, ...SIZE });
    const decoder = await VideoDecoder.open(clip.track);
    const random = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) % 251));
    const wrongs = [Buffer.alloc(0), Buffer.alloc(3), Buffer.alloc(1000), random, Buffer.from([0, 0, 0, 200, 0x65, 1])];
    for (const data of wrongs) (await decoder.send({ ...clip.packets[0]!, data }))?.release();
    assert.ok(decoder.counters.bad >= 3, String(decoder.counters.bad));
    using frame = await decoder.send(clip.packets[0]!);
    assert.equal(frame?.width, 1280);
    await decoder.close();
    assert.equal(nativeStats().calls, 0);
  });

  it('counts pictures in which parts are wrong, unless their packet was known to be damaged', async () => {
    const clip = await h264Clip({ graph: TESTSRC, frames: 12, ...SIZE });
    for (const [change, expected] of [
      [(packet: Packet) => packet, [0, 0]],
      [(packet: Packet) => scratched(packet), [0, 11]],
      [(packet: Packet) => ({ ...scratched(packet), damaged: true }), [0, 0]],
    ] as const) {
      const decoder = await VideoDecoder.open(clip.track);
      for (const packet of clip.packets) (await decoder.send(packet.key ? packet : change(packet)))?.release();
      const { bad, concealed, frames } = decoder.counters;
      assert.deepEqual([bad, concealed, frames], [...expected, 12]);
      await decoder.close();
    }
  });

  it('takes no memory for a JPEG that claims to be 65,500 pixels wide', async () => {
    const clip = await mjpegClip({ graph: HALVES, frames: 1, ...SIZE });
    const forged = Buffer.from(clip.packets[0]!.data);
    const header = forged.indexOf(Buffer.from([0xff, 0xc0]));
    forged.writeUInt16BE(65_500, header + 5);
    forged.writeUInt16BE(65_500, header + 7);
    const decoder = await VideoDecoder.open(clip.track);
    const before = process.memoryUsage.rss();
    assert.equal(await decoder.send({ ...clip.packets[0]!, data: forged }), null);
    assert.equal(decoder.counters.bad, 1);
    assert.ok(process.memoryUsage.rss() - before < 16 * 1024 * 1024);
    await decoder.close();
  });

  it('refuses a codec that it does not know, with a name', async () => {
    const { track } = await mjpegClip({ graph: HALVES, frames: 1, ...SIZE });
    await assert.rejects(VideoDecoder.open({ ...track, codec: 'opus' }), { code: 'codec-unsupported' });
  });
});

/** The order I P B B: the clip's own times are those of decoding. */
function withDisplayOrder(packet: Packet, index: number): Packet {
  const shift = index === 0 ? 0 : index % 3 === 1 ? 2 : -1;
  const stepUs = 33_333;
  const capturedAtUs = 1e9 + (index + shift) * stepUs;
  return { ...packet, ptsUs: (index + shift) * stepUs, stamp: { capturedAtUs, clock: 'arrival' } };
}
