// Makes what the bench's own camera sends, once before anything is measured: the scene drawn and encoded by the product's
// own encoder, a keyframe each second, marked and written where the camera program finds it.

import { setImmediate } from 'node:timers/promises';
import { SightlineError } from '../../base/errors.ts';
import { VideoEncoder } from '../../codec/ffmpeg/encoder.ts';
import type { TestParameters } from '../../config/test-parameters.ts';
import { parseAvcC, splitLengthPrefixed } from '../../media/h264.ts';
import { markUnits, writeMarked } from './marked-units.ts';
import { Scene } from './scene.ts';

/** Delays are known up to this length: behind it the strip's numbers come again. */
const LOOP_SECONDS = 20;
/** For more pixels a second than 1280x720 at 30: drawing and encoding the loop would take too long. */
const SHORT_LOOP_SECONDS = 10;
const USUAL_PIXELS_A_SECOND = 1280 * 720 * 30;
const KEY_SECONDS = 1;

export interface Material {
  readonly indexPath: string;
  readonly loopFrames: number;
}

export type MaterialShape = Pick<TestParameters, 'width' | 'height' | 'fps'>;

/** How long the loop of such pictures is, seconds. */
export function usualLoopSeconds({ width, height, fps }: MaterialShape): number {
  return width * height * fps > USUAL_PIXELS_A_SECOND ? SHORT_LOOP_SECONDS : LOOP_SECONDS;
}

export interface MaterialWishes {
  readonly shape: MaterialShape;
  readonly loopSeconds: number;
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Rejects with the reason of `signal`. */
export async function makeMaterial({ shape, loopSeconds, folder, signal }: MaterialWishes): Promise<Material> {
  const { width, height, fps } = shape;
  const loopFrames = loopSeconds * fps;
  const { file, units } = markUnits(await encode({ ...shape, frames: loopFrames }, signal));
  const indexPath = writeMarked(folder, 'scene', { file, width, height, fps, group: fps * KEY_SECONDS, units });
  return { indexPath, loopFrames };
}

async function encode(shape: MaterialShape & { frames: number }, signal: AbortSignal): Promise<Buffer[][]> {
  const encoder = await VideoEncoder.open({ ...shape, codec: 'h264', keySeconds: KEY_SECONDS });
  try {
    const config = parseAvcC(encoder.track.config ?? Buffer.alloc(0));
    if (config === null) throw new SightlineError('internal', 'The H.264 encoder gave no parameter sets.');
    const scene = new Scene(shape);
    const units: Buffer[][] = [];
    for (let frame = 0; frame < shape.frames; frame++) {
      await setImmediate();
      signal.throwIfAborted();
      scene.draw(frame);
      const unit = await encoder.encodePlanes(scene.data, (frame * 1e6) / shape.fps);
      if (unit === null) throw new SightlineError('internal', 'The H.264 encoder kept a picture back.');
      const sets = unit.key ? [...config.sps, ...config.pps] : [];
      units.push([...sets, ...splitLengthPrefixed(unit.data)]);
    }
    return units;
  } finally {
    await encoder.close();
  }
}
