// From decoded pictures, or pixels in another format, to the packed pixels that a processor asked for: what version.ts
// does for a worker thread, for trials, where a frame is anybody's to keep.

import { packedBytes } from '../../media/pixels.ts';
import type { Frame } from '../ffmpeg/frame.ts';
import { PictureMaker } from '../ffmpeg/picture-maker.ts';
import { PixelScaler, pixelShape } from '../ffmpeg/pixel-scaler.ts';
import type { Pixels } from './contract.ts';

const NO_STAMP = { epoch: 1, sequence: 1, stamp: { capturedAtUs: 0, clock: 'device' } } as const;

export class FrameConverter {
  readonly #input: { readonly width: number; readonly format: Pixels['format'] };
  readonly #pictures = new PictureMaker();
  #scaler: PixelScaler | null = null;
  #source = '';

  constructor(input: { readonly width: number; readonly format: Pixels['format'] }) {
    this.#input = input;
  }

  /** The frame stays the caller's. Calls must not overlap. Throws `decode-failed`. */
  async convert(frame: Frame): Promise<Pixels> {
    const scaler = await this.#scalerFor(frame);
    const { width, height, format } = scaler.shape;
    const data = new Uint8Array(packedBytes(format, width, height));
    await scaler.convert(frame, data);
    return { data, width, height, format };
  }

  /** Throws `decode-failed`. */
  async convertPixels(pixels: Pixels): Promise<Pixels> {
    using frame = this.#pictures.make(pixels.data, pixels, NO_STAMP);
    return await this.convert(frame);
  }

  async close(): Promise<void> {
    this.#pictures.close();
    await this.#scaler?.close();
    this.#scaler = null;
  }

  async #scalerFor(frame: Frame): Promise<PixelScaler> {
    const source = `${frame.width}x${frame.height}`;
    if (this.#scaler !== null && source === this.#source) return this.#scaler;
    await this.#scaler?.close();
    this.#source = source;
    this.#scaler = new PixelScaler(pixelShape(frame, this.#input));
    return this.#scaler;
  }
}
