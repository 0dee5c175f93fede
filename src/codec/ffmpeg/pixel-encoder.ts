// Frames in, packed pixels of one width and layout out, for programs that want no JPEG. Stands where a JPEG encoder
// does, and is reopened as one is when the camera's size changes.

import { SightlineError } from '../../base/errors.ts';
import { MAX_PIXEL_BYTES, packedBytes, type PixelFormat } from '../../media/pixels.ts';
import { scaledSize } from '../../media/picture-size.ts';
import type { Jpeg } from '../../media/types.ts';
import { CallUnderWay } from './call-under-way.ts';
import type { Frame } from './frame.ts';
import { PixelScaler } from './pixel-scaler.ts';

export class PixelEncoder {
  readonly #width: number | null;
  readonly #format: PixelFormat;
  #scaler: PixelScaler | null = null;
  readonly #calls = new CallUnderWay();

  /** `width` null: as the camera has it. */
  constructor(width: number | null, format: PixelFormat) {
    this.#width = width;
    this.#format = format;
  }

  /** Converts one frame, which the caller holds meanwhile. Calls must not overlap. Throws `decode-failed`. */
  encode(frame: Frame): Promise<Jpeg> {
    return this.#calls.note(this.#encode(frame));
  }

  /** Waits for the call under way, then frees everything. */
  close(): Promise<void> {
    return this.#calls.end(async () => {
      await this.#scaler?.close();
    });
  }

  async #encode(frame: Frame): Promise<Jpeg> {
    if (this.#calls.isOver) throw new SightlineError('stopping', 'The encoder is closed.');
    const { width, height } = this.#sizeOf(frame);
    const length = packedBytes(this.#format, width, height);
    if (length > MAX_PIXEL_BYTES) {
      const text = `Pixels of ${width}x${height} as ${this.#format} are too large to be handed on: ask for a width.`;
      throw new SightlineError('decode-failed', text);
    }
    const scaler = await this.#scalerFor(width, height);
    const bytes = Buffer.allocUnsafeSlow(length);
    await scaler.convert(frame, bytes);
    const { sequence, stamp } = frame;
    return { bytes, width, height, sequence, stamp, pixels: this.#format };
  }

  /** The planes of yuv420p have half of each side. */
  #sizeOf(frame: Frame): { readonly width: number; readonly height: number } {
    const size = scaledSize(frame.width, frame.height, this.#width);
    return this.#format === 'yuv420p' ? { width: size.width & ~1, height: size.height & ~1 } : size;
  }

  async #scalerFor(width: number, height: number): Promise<PixelScaler> {
    const now = this.#scaler;
    if (now?.shape.width === width && now.shape.height === height) return now;
    this.#scaler = null;
    await now?.close();
    this.#scaler = new PixelScaler({ width, height, format: this.#format });
    return this.#scaler;
  }
}
