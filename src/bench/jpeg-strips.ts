// Reads the strip out of JPEGs: one decoder for all of them, and the luma of each picture at its own size.

import { VideoDecoder } from '../codec/ffmpeg/decoder.ts';
import { PixelScaler } from '../codec/ffmpeg/pixel-scaler.ts';
import { readStrip } from '../media/strip.ts';
import type { StripMark } from '../media/strip.ts';

export class JpegStrips implements AsyncDisposable {
  readonly #decoder: VideoDecoder;
  #scaler: PixelScaler | null = null;
  #luma = new Uint8Array(0);
  #count = 0;

  private constructor(decoder: VideoDecoder) {
    this.#decoder = decoder;
  }

  static async open(): Promise<JpegStrips> {
    const track = { id: 0, kind: 'video', codec: 'mjpeg', width: 0, height: 0, fps: null, config: null } as const;
    return new JpegStrips(await VideoDecoder.open(track));
  }

  /** Null: no strip, or no picture. Calls must not overlap. */
  async read(jpeg: Buffer): Promise<StripMark | null> {
    const sequence = ++this.#count;
    const frame = await this.#decoder.send({
      ...{ trackId: 0, epoch: 1, sequence, group: sequence, ptsUs: sequence, dtsUs: sequence, data: jpeg },
      ...{ key: true, discontinuity: false, damaged: false, stamp: { capturedAtUs: 0, clock: 'arrival' } },
    });
    if (frame === null) return null;
    try {
      const { width, height } = frame;
      await this.#fit(width, height);
      await this.#scaler!.convert(frame, this.#luma);
      return readStrip({ data: this.#luma, stride: width, width, height });
    } finally {
      frame.release();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scaler?.close();
    await this.#decoder.close();
  }

  async #fit(width: number, height: number): Promise<void> {
    const shape = this.#scaler?.shape;
    if (shape?.width === width && shape.height === height) return;
    await this.#scaler?.close();
    this.#scaler = new PixelScaler({ width, height, format: 'gray' });
    this.#luma = new Uint8Array(width * height);
  }
}
