// A video encoder for what has no compressed packets of its own: the test card, raw devices and codecs that are
// transcoded. Planar 4:2:0 in, at once one unit in the product's shape out; H.264 by libx264 without any delay, or JPEG.

import {
  AVCOL_PRI_SMPTE170M,
  AVCOL_RANGE_JPEG,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_SMPTE170M,
  AVCOL_TRC_SMPTE170M,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_CODEC_FLAG_QSCALE,
  AV_LOG_FATAL,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUVJ420P,
  FF_ENCODER_LIBOPENH264,
  FF_ENCODER_LIBX264,
  FF_ENCODER_MJPEG,
  FF_QP2LAMBDA,
} from 'node-av/constants';
import type { AVColorPrimaries, AVColorSpace, AVColorTransferCharacteristic } from 'node-av/constants';
import { Codec, CodecContext, Dictionary, Frame as AvFrame, Log, Packet as AvPacket, Rational } from 'node-av/lib';
import { SightlineError } from '../../base/errors.ts';
import { annexBToUnit, makeAvcC } from '../../media/h264.ts';
import type { Track } from '../../media/types.ts';
import { CallUnderWay } from './call-under-way.ts';
import { nativeCall } from './native.ts';
import { fillPlanes } from './planes.ts';

// The encoder's banner and statistics would go to stderr.
Log.setLevel(AV_LOG_FATAL);

const KEY_SECONDS = 2;
const MAX_BITS_PER_SECOND = 4_000_000;
const H264_QUALITY = '22';
/** FFmpeg's quantizer nearest to quality 80. */
const JPEG_QUANTIZER = 4;

export interface EncoderOptions {
  readonly codec: 'h264' | 'mjpeg';
  /** Pixels, even. */
  readonly width: number;
  readonly height: number;
  /** Nominal; null when not known. */
  readonly fps: number | null;
  /** From one keyframe to the next, for h264. Default 2. */
  readonly keySeconds?: number;
  /** What the pictures' colours mean, for h264; default ITU-R BT.601. */
  readonly colours?: Colours;
}

/** FFmpeg's three numbers of a colour system. */
export interface Colours {
  readonly space: AVColorSpace;
  readonly primaries: AVColorPrimaries;
  readonly transfer: AVColorTransferCharacteristic;
}

const BT601: Colours = {
  space: AVCOL_SPC_SMPTE170M,
  primaries: AVCOL_PRI_SMPTE170M,
  transfer: AVCOL_TRC_SMPTE170M,
};

/** One encoded picture. */
export interface EncodedUnit {
  readonly ptsUs: number;
  readonly key: boolean;
  /** As `Packet.data` has it; a buffer of its own. */
  readonly data: Buffer;
}

export class VideoEncoder {
  /** What it makes, as a source announces it. */
  readonly track: Track;
  readonly #context: CodecContext;
  readonly #input = new AvFrame();
  readonly #output = new AvPacket();
  readonly #calls = new CallUnderWay();

  private constructor(context: CodecContext, options: EncoderOptions) {
    this.#context = context;
    this.#output.alloc();
    this.#input.alloc();
    this.#input.format = context.pixelFormat;
    this.#input.width = options.width;
    this.#input.height = options.height;
    this.#input.colorRange = options.codec === 'mjpeg' ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
    this.track = {
      id: 0,
      kind: 'video',
      codec: options.codec,
      width: options.width,
      height: options.height,
      fps: options.fps,
      config: options.codec === 'h264' ? configOf(context) : null,
    };
  }

  /** Throws `internal` when FFmpeg has no such encoder or refuses the size. */
  static async open(options: EncoderOptions): Promise<VideoEncoder> {
    const context = options.codec === 'h264' ? await openH264(options) : await openJpeg(options);
    return new VideoEncoder(context, options);
  }

  /** Encodes tightly packed planes Y, U, V: limited range for h264, full range for mjpeg. Calls must not overlap. */
  encodePlanes(planes: Buffer, ptsUs: number): Promise<EncodedUnit | null> {
    const input = this.#input;
    const ready = input.linesize[0] === 0 ? input.allocBuffer() : input.makeWritable();
    if (ready < 0 || !fillPlanes(input, planes, 'yuv420p')) {
      return Promise.reject(new SightlineError('internal', 'There is no memory for a picture to encode.'));
    }
    return this.encodeFrame(input, ptsUs);
  }

  /** Encodes a picture that has the encoder's size and layout already. Calls must not overlap. */
  encodeFrame(picture: AvFrame, ptsUs: number): Promise<EncodedUnit | null> {
    return this.#calls.note(this.#encode(picture, ptsUs));
  }

  /** Waits for the call under way, then frees everything. */
  close(): Promise<void> {
    return this.#calls.end(() => {
      this.#context.freeContext();
      this.#input.free();
      this.#output.free();
    });
  }

  async #encode(picture: AvFrame, ptsUs: number): Promise<EncodedUnit | null> {
    if (this.#calls.isOver) return null;
    picture.pts = BigInt(Math.round(ptsUs));
    picture.pictType = AV_PICTURE_TYPE_NONE;
    if (this.track.codec === 'mjpeg') picture.quality = JPEG_QUANTIZER * FF_QP2LAMBDA;
    const sent = await nativeCall('encoder.send', () => this.#context.sendFrame(picture));
    if (sent < 0) throw new SightlineError('internal', `A picture could not be encoded as ${this.track.codec}.`);
    return this.#receive();
  }

  /** `sendFrame` has done the work; fetching the result needs no thread. */
  #receive(): EncodedUnit | null {
    const output = this.#output;
    if (this.#context.receivePacketSync(output) < 0) return null;
    const view = output.data ?? Buffer.alloc(0);
    const ptsUs = Number(output.pts);
    let unit: EncodedUnit;
    if (this.track.codec === 'h264') {
      const { data, key } = annexBToUnit(view);
      unit = { ptsUs, key, data };
    } else {
      const data = Buffer.allocUnsafeSlow(view.length);
      view.copy(data);
      unit = { ptsUs, key: true, data };
    }
    output.unref();
    return unit;
  }
}

function configOf(context: CodecContext): Buffer {
  const { sps, pps } = annexBToUnit(context.extraData ?? Buffer.alloc(0));
  if (sps.length === 0 || pps.length === 0) {
    throw new SightlineError('internal', 'The H.264 encoder gave no parameter sets.');
  }
  return makeAvcC(sps, pps);
}

async function openH264(options: EncoderOptions): Promise<CodecContext> {
  const x264 = Codec.findEncoderByName(FF_ENCODER_LIBX264);
  const context = contextFor(x264 ?? Codec.findEncoderByName(FF_ENCODER_LIBOPENH264), options);
  const fps = options.fps ?? 30;
  context.framerate = new Rational(Math.round(fps * 1000), 1000);
  context.pixelFormat = AV_PIX_FMT_YUV420P;
  context.colorRange = AVCOL_RANGE_MPEG;
  const { space, primaries, transfer } = options.colours ?? BT601;
  context.colorSpace = space;
  context.colorPrimaries = primaries;
  context.colorTrc = transfer;
  context.gopSize = Math.max(1, Math.round(fps * (options.keySeconds ?? KEY_SECONDS)));
  context.maxBFrames = 0;
  context.bitRate = x264 === null ? BigInt(MAX_BITS_PER_SECOND) : 0n;
  context.rcMaxRate = BigInt(MAX_BITS_PER_SECOND);
  context.rcBufferSize = MAX_BITS_PER_SECOND;
  context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  const x264Options = { preset: 'ultrafast', tune: 'zerolatency', crf: H264_QUALITY, 'x264-params': 'scenecut=0' };
  return openContext(context, x264 === null ? {} : x264Options);
}

async function openJpeg(options: EncoderOptions): Promise<CodecContext> {
  const context = contextFor(Codec.findEncoderByName(FF_ENCODER_MJPEG), options);
  context.pixelFormat = AV_PIX_FMT_YUVJ420P;
  context.colorRange = AVCOL_RANGE_JPEG;
  context.setFlags(AV_CODEC_FLAG_QSCALE);
  context.globalQuality = JPEG_QUANTIZER * FF_QP2LAMBDA;
  return openContext(context, { huffman: 'default' });
}

function contextFor(codec: Codec | null, options: EncoderOptions): CodecContext {
  if (codec === null) throw new SightlineError('internal', `FFmpeg was built without an encoder for ${options.codec}.`);
  const context = new CodecContext();
  context.allocContext3(codec);
  context.width = options.width;
  context.height = options.height;
  context.timeBase = new Rational(1, 1_000_000);
  context.threadCount = 1;
  return context;
}

/** Frees the context when it cannot be opened. */
async function openContext(context: CodecContext, values: Record<string, string>): Promise<CodecContext> {
  const options = Dictionary.fromObject(values);
  const result = await nativeCall('encoder.open', () => context.open2(null, options));
  options.free();
  if (result >= 0) return context;
  const size = `${context.width}x${context.height}`;
  context.freeContext();
  throw new SightlineError('internal', `The encoder does not accept pictures of ${size}.`);
}
