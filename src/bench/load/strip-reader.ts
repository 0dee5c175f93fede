// Reads frame number and capture time out of JPEGs, from their pixels: what a viewer of the test card has in hand, and
// nothing that the server says of them.

import { PixelScaler } from '../../codec/ffmpeg/pixel-scaler.ts';
import { VideoDecoder } from '../../codec/ffmpeg/decoder.ts';
import type { Packet, Track } from '../../media/types.ts';
import { readStrip } from '../../media/strip.ts';
import type { StripMark } from '../../media/strip.ts';

/** Larger pictures are looked at smaller: the strip survives it. */
const MAX_WIDTH = 640;

const TRACK: Track = { id: 0, kind: 'video', codec: 'mjpeg', width: 0, height: 0, fps: null, config: null };
const STAMP = { capturedAtUs: 0, clock: 'arrival' } as const;

export class StripReader implements AsyncDisposable {
  readonly #decoder: VideoDecoder;
  #scaler: PixelScaler | null = null;
  #source = '';
  #grey = new Uint8Array(0);
  #count = 0;

  private constructor(decoder: VideoDecoder) {
    this.#decoder = decoder;
  }

  static async open(): Promise<StripReader> {
    return new StripReader(await VideoDecoder.open(TRACK));
  }

  /** Null: it cannot be decoded, or has no strip that can be read without doubt. */
  async read(jpeg: Buffer): Promise<StripMark | null> {
    const frame = await this.#decoder.send(packetOf(jpeg, this.#count++));
    if (frame === null) return null;
    try {
      const { width, height } = await this.#scalerFor(frame);
      await this.#scaler!.convert(frame, this.#grey);
      return readStrip({ data: Buffer.from(this.#grey.buffer), stride: width, width, height });
    } finally {
      frame.release();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scaler?.close();
    await this.#decoder.close();
  }

  async #scalerFor(frame: { readonly width: number; readonly height: number }): Promise<PixelScaler['shape']> {
    const source = `${frame.width}x${frame.height}`;
    if (source !== this.#source || this.#scaler === null) {
      await this.#scaler?.close();
      const width = Math.min(frame.width, MAX_WIDTH);
      const height = Math.max(2, Math.round((frame.height * width) / frame.width));
      this.#scaler = new PixelScaler({ width, height, format: 'gray' });
      this.#grey = new Uint8Array(width * height);
      this.#source = source;
    }
    return this.#scaler.shape;
  }
}

function packetOf(data: Buffer, sequence: number): Packet {
  const ptsUs = sequence * 1000;
  const times = { ptsUs, dtsUs: ptsUs, stamp: STAMP };
  return {
    ...{ trackId: 0, epoch: 1, sequence, group: sequence, ...times },
    ...{ key: true, discontinuity: false, damaged: false, data },
  };
}
