// From a decoded picture to the leased pixels of one loop: of the size and format that the program asked for.

import { PixelScaler, pixelShape } from '../codec/ffmpeg/pixel-scaler.ts';
import type { Frame } from '../codec/ffmpeg/frame.ts';
import type { PixelFormat } from '../codec/processors/contract.ts';
import { packedBytes } from '../media/pixels.ts';
import { LeasedFrame } from './lease.ts';
import type { PixelPool } from './lease.ts';

export interface PixelWishes {
  /** Null: the camera's own. */
  readonly width: number | null;
  readonly format: PixelFormat;
}

export class PixelOut {
  readonly #wishes: PixelWishes;
  readonly #pool: PixelPool;
  #scaler: PixelScaler | null = null;

  constructor(wishes: PixelWishes, pool: PixelPool) {
    this.#wishes = wishes;
    this.#pool = pool;
  }

  /** Takes over the caller's reference of `frame`. Calls must not overlap. Throws `decode-failed`. */
  async lease(frame: Frame): Promise<LeasedFrame> {
    using picture = frame;
    const { sequence, stamp, positionUs } = picture;
    const scaler = await this.#scalerFor(picture);
    const { width, height, format } = scaler.shape;
    const data = this.#pool.take(packedBytes(format, width, height));
    await scaler.convert(picture, data);
    return new LeasedFrame(data, this.#pool, { width, height, format, sequence, stamp, positionUs });
  }

  async close(): Promise<void> {
    await this.#scaler?.close();
  }

  async #scalerFor(frame: Frame): Promise<PixelScaler> {
    const shape = pixelShape(frame, this.#wishes);
    const now = this.#scaler;
    if (now?.shape.width === shape.width && now.shape.height === shape.height) return now;
    await now?.close();
    return (this.#scaler = new PixelScaler(shape));
  }
}
