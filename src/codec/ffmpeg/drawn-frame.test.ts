import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { drawnFrame } from './drawn-frame.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const INFO = { epoch: 0, sequence: 0, stamp: { capturedAtUs: 0, clock: 'arrival' } } as const;

/** A slope, so that a row or a pixel in the wrong place shows. */
function slope(width: number, height: number): Buffer {
  return Buffer.from(Array.from({ length: width * height }, (_, at) => ((at % width) + Math.floor(at / width)) & 255));
}

describe('a picture drawn in TypeScript', () => {
  it('is the frame pixel by pixel, whatever padding FFmpeg gives its rows', () => {
    for (const [width, height] of [
      [64, 32],
      [322, 182],
      [1920, 1080],
    ] as const) {
      const data = slope(width, height);
      using frame = drawnFrame({ data, width, height, stride: width }, INFO);
      assert.deepEqual({ width: frame.width, height: frame.height }, { width, height });
      const packed = frame.native.toBuffer();
      assert.ok(packed.subarray(0, width * height).equals(data));
      assert.ok(packed.subarray(width * height).every((value) => value === 128));
    }
  });

  it('stays what it is after its drawing was collected and the memory used again', () => {
    const [width, height] = [640, 480];
    const frames = Array.from({ length: 8 }, () => {
      return drawnFrame({ data: slope(width, height), width, height, stride: width }, INFO);
    });
    collect();
    const others = frames.map(() => Buffer.alloc(width * height, 255));
    for (const frame of frames) {
      assert.ok(
        frame.native
          .toBuffer()
          .subarray(0, width * height)
          .equals(slope(width, height)),
      );
      frame.release();
    }
    assert.equal(others.length, frames.length);
  });
});
