// What the bench's camera films: the same at each run, as heavy as a camera's pictures, and readable by machines.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VideoEncoder } from '../../codec/ffmpeg/encoder.ts';
import { StripReader } from '../load/strip-reader.ts';
import { Scene } from './scene.ts';

const SHAPE = { width: 1280, height: 720, fps: 30, frames: 600 };

test('a picture of the scene is as heavy as one of a camera, and its number is read from the pixels', async () => {
  const scene = new Scene(SHAPE);
  const encoder = await VideoEncoder.open({ codec: 'mjpeg', ...SHAPE });
  await using strips = await StripReader.open();
  for (const frame of [0, 299, 599]) {
    scene.draw(frame);
    const unit = await encoder.encodePlanes(scene.data, frame);
    assert.ok(unit !== null && unit.data.length > 30_000 && unit.data.length < 90_000, `${unit?.data.length} bytes`);
    assert.equal((await strips.read(unit.data))?.frame, frame);
  }
  await encoder.close();
});

test('the scene is the same at each run, and every picture of it differs from the one before', () => {
  const one = new Scene({ ...SHAPE, width: 320, height: 180 });
  const other = new Scene({ ...SHAPE, width: 320, height: 180 });
  let before = Buffer.alloc(0);
  for (let frame = 0; frame < 5; frame++) {
    one.draw(frame);
    other.draw(frame);
    assert.deepEqual(one.data, other.data);
    assert.notDeepEqual(one.data, before);
    before = Buffer.from(one.data);
  }
});
