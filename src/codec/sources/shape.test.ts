// Packets of containers in the product's shape: parameter sets apart, lengths of four bytes, a new track when it changes.

import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import fc from 'fast-check';
import { h264Clip, mjpegClip } from '../../../test/fixtures/clips.ts';
import type { Clip } from '../../../test/fixtures/clips.ts';
import { parseAvcC, splitLengthPrefixed, unitToAnnexB } from '../../media/h264.ts';
import type { InputVideo } from '../ffmpeg/input.ts';
import { shaperFor } from './shape.ts';

const VIDEO: InputVideo = { codec: 'h264', width: 0, height: 0, fps: 25, extradata: null, durationUs: 0 };

let small: Clip;
let large: Clip;

before(async () => {
  small = await h264Clip({ graph: 'testsrc2=size=160x90', frames: 3, width: 160, height: 90 });
  large = await h264Clip({ graph: 'testsrc2=size=320x180', frames: 3, width: 320, height: 180 });
});

/** The packet of a clip as Annex B with its parameter sets in front. */
function annexB(clip: Clip, index: number): Buffer {
  return unitToAnnexB(clip.packets[index]!.data, parseAvcC(clip.track.config!));
}

describe('H.264 from a container', () => {
  test('with start codes and parameter sets in band becomes units with lengths and a track', () => {
    const shaper = shaperFor(VIDEO)!;
    const first = shaper.take(annexB(small, 0), true)!;
    assert.deepEqual(first.data, small.packets[0]?.data);
    assert.deepEqual([first.track?.width, first.track?.height, first.track?.fps], [160, 90, 25]);
    assert.deepEqual(first.track?.config, small.track.config);
    const second = shaper.take(annexB(small, 1), false)!;
    assert.deepEqual([second.track, second.key], [null, false]);
  });

  test('begins a new track when the size changes in mid-stream', () => {
    const shaper = shaperFor(VIDEO)!;
    shaper.take(annexB(small, 0), true);
    const changed = shaper.take(annexB(large, 0), true);
    assert.deepEqual([changed?.track?.width, changed?.track?.height], [320, 180]);
    assert.deepEqual(changed?.track?.config, large.track.config);
  });

  test('with two-byte lengths gets four-byte ones', () => {
    const record = Buffer.from(small.track.config!);
    record[4] = 0xfd;
    const nals = splitLengthPrefixed(small.packets[0]!.data).flatMap((nal) => [
      Buffer.from([nal.length >> 8, nal.length & 255]),
      nal,
    ]);
    const shaped = shaperFor({ ...VIDEO, extradata: record })!.take(Buffer.concat(nals), true)!;
    assert.deepEqual(shaped.data, small.packets[0]?.data);
    assert.equal(parseAvcC(shaped.track!.config!)?.lengthSize, 4);
  });

  test('before its parameter sets is held back', () => {
    const shaper = shaperFor(VIDEO)!;
    assert.equal(shaper.take(unitToAnnexB(small.packets[0]!.data, null), true), null);
    assert.notEqual(shaper.take(annexB(small, 0), true), null);
  });

  test('or any garbage never throws', () => {
    const record = small.track.config;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.boolean(), (bytes, inRecord) => {
        const view = Buffer.from(bytes);
        shaperFor({ ...VIDEO, extradata: inRecord ? record : view })?.take(view, true);
      }),
    );
  });
});

describe('JPEGs from a container', () => {
  test('are passed on whole, and a new size is a new track', async () => {
    const shaper = shaperFor({ ...VIDEO, codec: 'mjpeg' })!;
    const clip = await mjpegClip({ graph: 'testsrc2=size=160x90', frames: 2, width: 160, height: 90 });
    const other = await mjpegClip({ graph: 'testsrc2=size=320x180', frames: 1, width: 320, height: 180 });
    const units = [clip.packets[0]!, clip.packets[1]!, other.packets[0]!].map(({ data }) => shaper.take(data, true));
    assert.deepEqual(
      units.map((unit) => unit?.track?.width ?? null),
      [160, null, 320],
    );
    assert.deepEqual(units[0]?.data, clip.packets[0]?.data);
    assert.equal(shaper.take(Buffer.from('no picture'), true), null);
  });
});

test('Any other codec has to be transcoded', () => {
  assert.equal(shaperFor({ ...VIDEO, codec: 'hevc' }), null);
});
