// One track's decoder: Packets in, Frames out, one thread, no delay of its own. A wrong packet is counted and never
// throws; sequence and stamp travel beside the decoder and are joined to its pictures by presentation time.

import {
  AV_CODEC_ID_H264,
  AV_CODEC_ID_HEVC,
  AV_CODEC_ID_MJPEG,
  AV_LOG_QUIET,
  FF_DECODE_ERROR_CONCEALMENT_ACTIVE,
  FF_DECODE_ERROR_DECODE_SLICES,
  FF_DECODE_ERROR_INVALID_BITSTREAM,
  FF_THREAD_SLICE,
} from 'node-av/constants';
import type { AVCodecID } from 'node-av/constants';
import { Codec, CodecContext, Log, Packet as AvPacket } from 'node-av/lib';
import type { Frame as AvFrame } from 'node-av/lib';
import { SightlineError } from '../../base/errors.ts';
import type { CodecName, Packet, Track } from '../../media/types.ts';
import { CallUnderWay } from './call-under-way.ts';
import { Frame, FramePool } from './frame.ts';
import { nativeCall } from './native.ts';
import { PendingInfos } from './pending-infos.ts';

const CODEC_IDS: Partial<Record<CodecName, AVCodecID>> = {
  h264: AV_CODEC_ID_H264,
  hevc: AV_CODEC_ID_HEVC,
  mjpeg: AV_CODEC_ID_MJPEG,
};

/** Parts of a picture were wrong and are guessed. That only an earlier picture was missing is no fault of this one. */
const CONCEALED =
  FF_DECODE_ERROR_CONCEALMENT_ACTIVE | FF_DECODE_ERROR_DECODE_SLICES | FF_DECODE_ERROR_INVALID_BITSTREAM;

/** Pictures larger than 8K are refused before memory is taken for them. */
const MAX_PIXELS = 7680n * 4320n;

// Damaged pictures are counted here; FFmpeg's own lines about each would go to stderr, a thousand a second.
Log.setLevel(AV_LOG_QUIET);

/** True when `VideoDecoder.open` knows the codec. */
export function canDecode(codec: CodecName): boolean {
  return CODEC_IDS[codec] !== undefined;
}

export class VideoDecoder {
  /** `concealed`: of the frames, those of whole packets with parts that could not be decoded. */
  readonly counters = { packets: 0, frames: 0, bad: 0, concealed: 0 };
  readonly #context: CodecContext;
  readonly #packet = new AvPacket();
  readonly #pool = new FramePool();
  readonly #infos = new PendingInfos();
  /** The AVFrame that waits for the next picture. */
  #next: AvFrame | null = null;
  readonly #calls = new CallUnderWay();

  private constructor(context: CodecContext) {
    this.#context = context;
    this.#packet.alloc();
  }

  /** Opens a decoder for `track`. Throws `codec-unsupported` or `decode-failed`. */
  static async open(track: Track): Promise<VideoDecoder> {
    const id = CODEC_IDS[track.codec];
    const codec = id === undefined ? null : Codec.findDecoder(id);
    if (codec === null) throw new SightlineError('codec-unsupported', `There is no decoder for ${track.codec}.`);
    const context = new CodecContext();
    context.allocContext3(codec);
    context.threadCount = 1;
    context.threadType = FF_THREAD_SLICE;
    context.setOption('max_pixels', MAX_PIXELS);
    if (track.config !== null) context.extraData = track.config;
    const result = await nativeCall('decoder.open', () => context.open2(codec, null));
    if (result >= 0) return new VideoDecoder(context);
    context.freeContext();
    throw new SightlineError('decode-failed', `The ${track.codec} decoder does not accept the stream's parameters.`);
  }

  /** Frames that somebody still holds. */
  get leased(): number {
    return this.#pool.leased - (this.#next === null ? 0 : 1);
  }

  /**
   * Decodes one packet. Gives the picture that came out, owned by the caller, or null: none yet, or the packet was bad
   * (counted in `counters.bad`). Calls must not overlap.
   */
  async send(packet: Packet): Promise<Frame | null> {
    if (this.#calls.isOver) return null;
    this.counters.packets++;
    // Nothing at all would tell FFmpeg that the stream has ended.
    if (packet.data.length === 0) {
      this.counters.bad++;
      return null;
    }
    this.#fill(packet);
    const sending = nativeCall('decoder.send', () => this.#context.sendPacket(this.#packet));
    const result = await this.#calls.note(sending);
    this.#packet.unref();
    if (result < 0) this.counters.bad++;
    return this.#receive(!packet.damaged);
  }

  /** Waits for the call under way, then frees everything but frames that are still leased. */
  close(): Promise<void> {
    return this.#calls.end(() => {
      this.#packet.free();
      this.#context.freeContext();
      if (this.#next !== null) this.#pool.give(this.#next);
      this.#next = null;
      this.#pool.close();
    });
  }

  #fill(packet: Packet): void {
    const native = this.#packet;
    native.data = packet.data;
    native.pts = BigInt(Math.round(packet.ptsUs));
    native.dts = BigInt(Math.round(packet.dtsUs));
    native.isKeyframe = packet.key;
    this.#infos.add(packet);
  }

  /** `sendPacket` has done the work; taking its picture is a move of references and needs no thread. */
  #receive(isWhole: boolean): Frame | null {
    let newest: Frame | null = null;
    while (!this.#calls.isOver) {
      this.#next ??= this.#pool.take();
      if (this.#context.receiveFrameSync(this.#next) < 0) break;
      const info = this.#infos.match(Number(this.#next.pts));
      if (info === null) {
        this.#next.unref();
        continue;
      }
      if (isWhole && (this.#next.decodeErrorFlags & CONCEALED) !== 0) this.counters.concealed++;
      newest?.release();
      newest = new Frame(this.#next, this.#pool, info);
      this.#next = null;
      this.counters.frames++;
    }
    return newest;
  }
}
