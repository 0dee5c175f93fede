// Frames in, JPEGs of one width and quality out. Converter and encoder are reopened when the camera's size or layout
// changes and reused otherwise; the input's own size is kept when it is smaller than what was asked for.

import {
  AVCOL_RANGE_JPEG,
  AV_CODEC_FLAG_QSCALE,
  AV_PIX_FMT_YUVJ420P,
  FF_ENCODER_MJPEG,
  FF_QP2LAMBDA,
} from 'node-av/constants';
import type { AVPixelFormat } from 'node-av/constants';
import { Codec, CodecContext, Dictionary, Frame as AvFrame, Packet as AvPacket, Rational } from 'node-av/lib';
import { SightlineError } from '../../base/errors.ts';
import type { Jpeg } from '../../media/types.ts';
import { scaledSize } from '../../media/picture-size.ts';
import { CallUnderWay } from './call-under-way.ts';
import type { Frame } from './frame.ts';
import { nativeCall } from './native.ts';
import { Scaler, fullRangeFormat } from './scaler.ts';

/** FFmpeg's quantizer (1 best, 31 worst) that comes nearest to libjpeg's quality, by tens. */
const QUANTIZERS: Readonly<Record<number, number>> = { 30: 22, 40: 17, 50: 13, 60: 10, 70: 8, 80: 5, 90: 3 };
const DEFAULT_QUANTIZER = 5;

/** Up to this many pixels the way to a thread and back costs more than the event loop gains by it. */
const SHORT_WORK_PIXELS = 320 * 240;

/** One opened encoder and what it was opened for. */
interface Session {
  readonly width: number;
  readonly height: number;
  readonly format: AVPixelFormat;
  readonly context: CodecContext;
  readonly scaler: Scaler | null;
}

export class JpegEncoder {
  readonly #width: number | null;
  readonly #quality: number;
  readonly #offLoop: boolean;
  /** A reference of its own on pictures that are encoded as they are: pts and quality are written into it. */
  readonly #input = new AvFrame();
  readonly #output = new AvPacket();
  #session: Session | null = null;
  readonly #calls = new CallUnderWay();
  #pts = 0n;

  /**
   * `width` null: as the camera has it. `quality`: a ten from 30 to 90. `offLoop`: all work is done on pool threads, also
   * what is so short that it costs less on the event loop; for a process with many encoders, whose loop all would share.
   */
  constructor(width: number | null, quality: number, { offLoop = false } = {}) {
    this.#width = width;
    this.#offLoop = offLoop;
    this.#quality = (QUANTIZERS[quality] ?? DEFAULT_QUANTIZER) * FF_QP2LAMBDA;
    this.#input.alloc();
    this.#output.alloc();
  }

  /** Encodes one frame, which the caller holds meanwhile. Calls must not overlap. Throws `decode-failed`. */
  encode(frame: Frame): Promise<Jpeg> {
    return this.#calls.note(this.#encode(frame));
  }

  /** Waits for the call under way, then frees everything. */
  close(): Promise<void> {
    return this.#calls.end(() => {
      this.#endSession();
      this.#input.free();
      this.#output.free();
    });
  }

  async #encode(frame: Frame): Promise<Jpeg> {
    if (this.#calls.isOver) throw new SightlineError('stopping', 'The encoder is closed.');
    const session = await this.#sessionFor(frame);
    const picture = session.scaler === null ? this.#borrow(frame) : await session.scaler.scale(frame.native);
    picture.pts = this.#pts++;
    picture.quality = this.#quality;
    const sent =
      !this.#offLoop && isShort(session)
        ? session.context.sendFrameSync(picture)
        : await nativeCall('jpeg.encode', () => session.context.sendFrame(picture));
    this.#input.unref();
    if (sent < 0) throw new SightlineError('decode-failed', 'The picture could not be encoded as JPEG.');
    return this.#receive(frame, session);
  }

  /** `sendFrame` has done the work; fetching the result needs no thread. */
  #receive(frame: Frame, session: Session): Jpeg {
    if (session.context.receivePacketSync(this.#output) < 0) {
      throw new SightlineError('decode-failed', 'The JPEG encoder gave no picture.');
    }
    const view = this.#output.data ?? Buffer.alloc(0);
    const bytes = Buffer.allocUnsafeSlow(view.length);
    view.copy(bytes);
    this.#output.unref();
    return { bytes, width: session.width, height: session.height, sequence: frame.sequence, stamp: frame.stamp };
  }

  #borrow(frame: Frame): AvFrame {
    if (this.#input.ref(frame.native) < 0) throw new SightlineError('decode-failed', 'There is no memory for a frame.');
    const format = fullRangeFormat(this.#input);
    if (format !== null) this.#input.format = format;
    return this.#input;
  }

  async #sessionFor(frame: Frame): Promise<Session> {
    const size = scaledSize(frame.width, frame.height, this.#width);
    const own = size.width === frame.width ? fullRangeFormat(frame.native) : null;
    const format = own ?? AV_PIX_FMT_YUVJ420P;
    const now = this.#session;
    const fits = now?.width === size.width && now.height === size.height && now.format === format;
    if (fits && (now.scaler === null) === (own !== null)) return now;
    this.#endSession();
    const context = await openEncoder(size.width, size.height, format, this.#quality);
    const scaler = own === null ? new Scaler(size, this.#offLoop) : null;
    this.#session = { ...size, format, context, scaler };
    return this.#session;
  }

  #endSession(): void {
    this.#session?.context.freeContext();
    this.#session?.scaler?.close();
    this.#session = null;
  }
}

function isShort({ width, height }: Session): boolean {
  return width * height <= SHORT_WORK_PIXELS;
}

async function openEncoder(
  width: number,
  height: number,
  format: AVPixelFormat,
  quality: number,
): Promise<CodecContext> {
  const codec = Codec.findEncoderByName(FF_ENCODER_MJPEG);
  if (codec === null) throw new SightlineError('internal', 'FFmpeg was built without its JPEG encoder.');
  const context = new CodecContext();
  context.allocContext3(codec);
  context.width = width;
  context.height = height;
  context.pixelFormat = format;
  context.colorRange = AVCOL_RANGE_JPEG;
  context.timeBase = new Rational(1, 1_000_000);
  context.threadCount = 1;
  context.setFlags(AV_CODEC_FLAG_QSCALE);
  context.globalQuality = quality;
  // Fixed Huffman tables: a quarter of the encoder's time less for a few percent more bytes.
  const options = Dictionary.fromObject({ huffman: 'default' });
  const result = await nativeCall('jpeg.open', () => context.open2(codec, options));
  options.free();
  if (result >= 0) return context;
  context.freeContext();
  throw new SightlineError('decode-failed', `A JPEG of ${width}x${height} cannot be encoded.`);
}
