// From any codec that FFmpeg decodes to H.264, packet by packet: for files and devices whose own codec no viewer takes.
// One thread, no delay but the decoder's own; a packet that cannot be decoded is counted and left out.

import {
  AVCOL_RANGE_JPEG,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_RGB,
  AVCOL_SPC_SMPTE170M,
  AVCOL_SPC_UNSPECIFIED,
  AV_PIX_FMT_YUV420P,
} from 'node-av/constants';
import { Frame as AvFrame, SoftwareScaleContext } from 'node-av/lib';
import type { CodecContext } from 'node-av/lib';
import { SightlineError } from '../../base/errors.ts';
import { CallUnderWay } from './call-under-way.ts';
import { VideoEncoder } from './encoder.ts';
import type { Colours, EncodedUnit } from './encoder.ts';
import { openCodecOf, timeOf } from './input-decoder.ts';
import type { InputPacket, MediaInput } from './input.ts';
import { nativeCall } from './native.ts';

/** Gets each encoded picture, with the encoder it is from and its time before it was moved. */
type Emit = (unit: EncodedUnit, from: { readonly encoder: VideoEncoder; readonly ownUs: number }) => void;

export class Transcoder {
  /** Packets that gave nothing but an error. */
  bad = 0;
  readonly #decoder: CodecContext;
  readonly #fps: number | null;
  readonly #picture = new AvFrame();
  #lastUs = -Infinity;
  #target: Target | null = null;
  readonly #calls = new CallUnderWay();

  private constructor(decoder: CodecContext, fps: number | null) {
    this.#decoder = decoder;
    this.#fps = fps;
    this.#picture.alloc();
  }

  /** Opens a decoder for the video of `input`. Throws `codec-unsupported`. */
  static async open(input: MediaInput): Promise<Transcoder> {
    return new Transcoder(await openCodecOf(input, 1), input.video.fps);
  }

  /**
   * Takes a packet, null at the end of the material, and emits the pictures that came out; their times are the
   * material's own, moved by `offsetUs` and made to rise. Calls must not overlap.
   */
  push(packet: InputPacket | null, offsetUs: number, emit: Emit): Promise<void> {
    return this.#calls.note(this.#push(packet, offsetUs, emit));
  }

  /** After the end of the material: ready for packets from its start. */
  restart(): void {
    this.#decoder.flushBuffers();
  }

  close(): Promise<void> {
    return this.#calls.end(async () => {
      this.#decoder.freeContext();
      this.#picture.free();
      await this.#target?.close();
    });
  }

  async #push(packet: InputPacket | null, offsetUs: number, emit: Emit): Promise<void> {
    const sent = await nativeCall('transcoder.decode', () => this.#decoder.sendPacket(packet?.native ?? null));
    if (sent < 0) this.bad += 1;
    while (!this.#calls.isOver && this.#decoder.receiveFrameSync(this.#picture) >= 0) {
      const ownUs = timeOf(this.#picture, this.#decoder) ?? 0;
      this.#lastUs = Math.max(ownUs + offsetUs, this.#lastUs + 1);
      const target = await this.#targetFor(this.#picture);
      const unit = await target.encode(this.#picture, this.#lastUs);
      this.#picture.unref();
      if (unit !== null) emit(unit, { encoder: target.encoder, ownUs });
    }
  }

  async #targetFor(picture: AvFrame): Promise<Target> {
    const width = Math.max(16, picture.width & ~1);
    const height = Math.max(16, picture.height & ~1);
    const now = this.#target;
    if (now?.encoder.track.width === width && now.encoder.track.height === height) return now;
    await now?.close();
    this.#target = null;
    this.#target = new Target(
      await VideoEncoder.open({ codec: 'h264', width, height, fps: this.#fps, colours: coloursOf(picture) }),
    );
    return this.#target;
  }
}

/** The picture's own colours; undefined when it does not say or is RGB. */
function coloursOf({ colorSpace, colorPrimaries, colorTrc }: AvFrame): Colours | undefined {
  if (colorSpace === AVCOL_SPC_UNSPECIFIED || colorSpace === AVCOL_SPC_RGB) return undefined;
  return { space: colorSpace, primaries: colorPrimaries, transfer: colorTrc };
}

/** An encoder and the converter before it. */
class Target {
  readonly encoder: VideoEncoder;
  readonly #scaled = new AvFrame();
  readonly #scaler = new SoftwareScaleContext();

  constructor(encoder: VideoEncoder) {
    this.encoder = encoder;
    this.#scaler.allocContext();
    this.#scaler.setOption('sws_flags', 'fast_bilinear');
    this.#scaled.alloc();
    this.#scaled.format = AV_PIX_FMT_YUV420P;
    this.#scaled.width = encoder.track.width;
    this.#scaled.height = encoder.track.height;
    this.#scaled.colorRange = AVCOL_RANGE_MPEG;
  }

  async encode(picture: AvFrame, ptsUs: number): Promise<EncodedUnit | null> {
    const { width, height } = this.encoder.track;
    const fits = picture.width === width && picture.height === height && picture.format === AV_PIX_FMT_YUV420P;
    if (fits && picture.colorRange !== AVCOL_RANGE_JPEG) return this.encoder.encodeFrame(picture, ptsUs);
    const scaled = this.#scaled;
    const ready = scaled.linesize[0] === 0 ? scaled.allocBuffer() : scaled.makeWritable();
    scaled.colorSpace = coloursOf(picture)?.space ?? AVCOL_SPC_SMPTE170M;
    const result =
      ready < 0 ? ready : await nativeCall('transcoder.scale', () => this.#scaler.scaleFrame(scaled, picture));
    if (result < 0) throw new SightlineError('decode-failed', 'A picture could not be converted for encoding.');
    return this.encoder.encodeFrame(scaled, ptsUs);
  }

  async close(): Promise<void> {
    await this.encoder.close();
    this.#scaler.freeContext();
    this.#scaled.free();
  }
}
