// The frames of a trial as a processor gets them in the server: made by FFmpeg in the size and format that it asked for.
// FFmpeg is loaded only when something has to be decoded or converted.

import { Due } from '../../media/due.ts';
import { pixelsFault } from '../../media/pixels.ts';
import type { PixelFormat } from '../../media/pixels.ts';
import type { Pixels } from './contract.ts';
import type { FrameConverter } from './frame-converter.ts';

/** What the processor's `input` says, with its defaults. */
export interface InputShape {
  readonly width: number;
  readonly format: PixelFormat;
  readonly fps: number;
}

export interface TrialFrame extends Pixels {
  /** Since the first frame, microseconds. */
  readonly atUs: number;
}

/** Pixels made in a test, in order; `fps`: how many of them are a second. Throws an Error for wrong ones. */
export async function* framesOfPixels(
  given: Iterable<Pixels> | AsyncIterable<Pixels>,
  input: InputShape,
  fps: number,
): AsyncGenerator<TrialFrame> {
  let converter: FrameConverter | null = null;
  let index = 0;
  try {
    for await (const pixels of given) {
      checkPixels(pixels, index);
      const atUs = Math.round((index++ * 1e6) / fps);
      if (pixels.format === input.format && pixels.width <= input.width) {
        yield { ...pixels, atUs };
        continue;
      }
      converter ??= await openConverter(input);
      yield { ...(await converter.convertPixels(pixels)), atUs };
    }
  } finally {
    await converter?.close();
  }
}

/** A picture or a video of this machine, thinned to the rate that the processor asks for. Throws SightlineError: `file-missing`, `file-unreadable`. */
export async function* framesOfClip(file: string, input: InputShape): AsyncGenerator<TrialFrame> {
  const { clipFrames } = await import('../clip-frames.ts');
  const converter = await openConverter(input);
  const due = new Due(input.fps);
  try {
    for await (const frame of clipFrames(file)) {
      using picture = frame;
      const { capturedAtUs } = picture.stamp;
      if (due.isDue(capturedAtUs)) yield { ...(await converter.convert(picture)), atUs: capturedAtUs };
    }
  } finally {
    await converter.close();
  }
}

async function openConverter(input: InputShape): Promise<FrameConverter> {
  const { FrameConverter: Converter } = await import('./frame-converter.ts');
  return new Converter(input);
}

function checkPixels(pixels: Pixels, index: number): void {
  const fault = pixelsFault(pixels);
  if (fault !== null) throw new Error(`frames[${index}]: ${fault}`);
}
