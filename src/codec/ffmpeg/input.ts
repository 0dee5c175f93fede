// FFmpeg's demuxers as an input: opens an address, finds its video, gives its packets one by one. Every blocking call
// has a limit of its own and ends within a tenth of a second of an abort, by `interrupt()`.

import {
  AVDISCARD_ALL,
  AVERROR_EOF,
  AVMEDIA_TYPE_VIDEO,
  AVSEEK_FLAG_BACKWARD,
  AV_DISPOSITION_ATTACHED_PIC,
  AV_LOG_FATAL,
  AV_NOPTS_VALUE,
  AV_PKT_FLAG_CORRUPT,
} from 'node-av/constants';
import {
  Dictionary,
  FFmpegError,
  FormatContext,
  InputFormat,
  Log,
  Packet as AvPacket,
  avGetCodecName,
} from 'node-av/lib';
import type { Rational, Stream } from 'node-av/lib';
import { nowUs } from '../../base/clock.ts';
import { CallUnderWay } from './call-under-way.ts';
import { nativeCall } from './native.ts';

Log.setLevel(AV_LOG_FATAL);

const WATCH_INTERVAL_MS = 100;

export interface InputOptions {
  /** FFmpeg's name of the demuxer; null: found by itself. */
  readonly format: string | null;
  /** FFmpeg's options for protocol and demuxer, white-lists among them. */
  readonly options: Readonly<Record<string, string>>;
  /** Limit of opening with finding out what is in it, milliseconds. */
  readonly openMs: number;
  /** Limit of waiting for one packet, milliseconds. */
  readonly readMs: number;
}

/** The video that an input has. */
export interface InputVideo {
  /** FFmpeg's name of the codec. */
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly fps: number | null;
  readonly extradata: Buffer | null;
  /** Length of the whole material, 0 for live ones, microseconds. */
  readonly durationUs: number;
}

/** One packet of the video. `view` and `native` are valid until the next call on the input. */
export interface InputPacket {
  readonly ptsUs: number | null;
  readonly dtsUs: number | null;
  /** 0 when not said. */
  readonly durationUs: number;
  readonly key: boolean;
  /** Marked by FFmpeg as damaged. */
  readonly corrupt: boolean;
  readonly view: Buffer;
  readonly native: AvPacket;
}

/** What FFmpeg said no to. */
export class InputFailure extends Error {
  readonly step: 'open' | 'look into' | 'read';
  /** FFmpeg's error number; 0 when it has none. */
  readonly code: number;
  readonly timedOut: boolean;

  constructor(
    step: InputFailure['step'],
    code: number,
    options: { readonly timedOut: boolean; readonly text?: string },
  ) {
    super(options.text ?? (options.timedOut ? 'no answer in time' : FFmpegError.strerror(code)));
    this.step = step;
    this.code = code;
    this.timedOut = options.timedOut;
  }
}

export class MediaInput {
  readonly #context = new FormatContext();
  readonly #packet = new AvPacket();
  readonly #options: InputOptions;
  readonly #signal: AbortSignal;
  #stream: Stream | null = null;
  #video: InputVideo | null = null;
  #timeBaseUs = 1;
  #deadlineUs = Infinity;
  #timedOut = false;
  readonly #calls = new CallUnderWay();
  readonly #watch: NodeJS.Timeout;
  readonly #interrupt = (): void => this.#context.interrupt();

  private constructor(options: InputOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#context.allocContext();
    this.#packet.alloc();
    signal.addEventListener('abort', this.#interrupt);
    this.#watch = setInterval(() => this.#look(), WATCH_INTERVAL_MS);
  }

  /** Opens an address. Throws InputFailure. After `signal` aborts every call fails at once. */
  static async open(url: string, options: InputOptions, signal: AbortSignal): Promise<MediaInput> {
    const input = new MediaInput(options, signal);
    try {
      await input.#open(url);
      return input;
    } catch (error) {
      await input.close();
      throw error;
    }
  }

  get video(): InputVideo {
    if (this.#video === null) throw new Error('the input has no video');
    return this.#video;
  }

  /** Codec parameters for a decoder, for this folder only. */
  get native(): Stream {
    if (this.#stream === null) throw new Error('the input has no video');
    return this.#stream;
  }

  /** The next packet of the video; null at the end. Calls must not overlap. Throws InputFailure. */
  async read(): Promise<InputPacket | null> {
    for (;;) {
      this.#packet.unref();
      const result = await this.#limited('input.read', this.#options.readMs, () =>
        this.#context.readFrame(this.#packet),
      );
      if (result === AVERROR_EOF && !this.#timedOut) return null;
      this.#check('read', result);
      if (this.#packet.streamIndex === this.#stream?.index && this.#packet.size > 0) return this.#describe();
    }
  }

  /** Goes back to the start; false when this material cannot. */
  async rewind(): Promise<boolean> {
    const start = this.#context.startTime === AV_NOPTS_VALUE ? 0n : this.#context.startTime;
    const seek = (): Promise<number> => this.#context.seekFrame(-1, start, AVSEEK_FLAG_BACKWARD);
    return (await this.#limited('input.seek', this.#options.openMs, seek)) >= 0;
  }

  /**
   * Ends the call under way and frees everything. Closing twice is harmless. The binding interrupts before it closes,
   * so an RTSP camera sees its connection end, without TEARDOWN.
   */
  async close(): Promise<void> {
    if (this.#calls.isOver) return;
    clearInterval(this.#watch);
    this.#signal.removeEventListener('abort', this.#interrupt);
    this.#context.interrupt();
    await this.#calls.end(async () => {
      this.#packet.free();
      await nativeCall('input.close', () => this.#context.closeInput());
    });
  }

  async #open(url: string): Promise<void> {
    const { format, options, openMs } = this.#options;
    const demuxer = format === null ? null : InputFormat.findInputFormat(format);
    if (format !== null && demuxer === null) {
      throw new InputFailure('open', 0, { timedOut: false, text: `FFmpeg has no demuxer ${format} on this system` });
    }
    const dictionary = Dictionary.fromObject(options);
    try {
      this.#check(
        'open',
        await this.#limited('input.open', openMs, () => this.#context.openInput(url, demuxer, dictionary)),
      );
    } finally {
      dictionary.free();
    }
    this.#check('look into', await this.#limited('input.info', openMs, () => this.#context.findStreamInfo(null)));
    this.#choose();
  }

  #choose(): void {
    const index = this.#context.findBestStream(AVMEDIA_TYPE_VIDEO);
    const { streams } = this.#context;
    const stream = streams.find((candidate) => candidate.index === index);
    if (stream === undefined || stream.hasDisposition(AV_DISPOSITION_ATTACHED_PIC)) {
      throw new InputFailure('look into', 0, { timedOut: false, text: 'there is no video in it' });
    }
    for (const other of streams) if (other.index !== index) other.discard = AVDISCARD_ALL;
    const { codecpar, timeBase } = stream;
    this.#stream = stream;
    this.#timeBaseUs = (timeBase.num * 1e6) / timeBase.den;
    this.#video = {
      codec: avGetCodecName(codecpar.codecId) ?? 'unknown',
      width: codecpar.width,
      height: codecpar.height,
      fps: rateOf(stream.avgFrameRate) ?? rateOf(stream.rFrameRate),
      extradata: codecpar.extradata,
      durationUs: Math.max(0, Number(this.#context.duration)),
    };
  }

  #describe(): InputPacket {
    const packet = this.#packet;
    return {
      ptsUs: this.#time(packet.pts),
      dtsUs: this.#time(packet.dts),
      durationUs: Math.round(Number(packet.duration) * this.#timeBaseUs),
      key: packet.isKeyframe,
      corrupt: packet.hasFlags(AV_PKT_FLAG_CORRUPT),
      view: packet.data ?? Buffer.alloc(0),
      native: packet,
    };
  }

  #time(ticks: bigint): number | null {
    return ticks === AV_NOPTS_VALUE ? null : Math.round(Number(ticks) * this.#timeBaseUs);
  }

  async #limited(name: string, limitMs: number, call: () => Promise<number>): Promise<number> {
    if (this.#signal.aborted) throw this.#signal.reason;
    this.#deadlineUs = nowUs() + limitMs * 1000;
    const result = await this.#calls.note(nativeCall(name, call));
    this.#deadlineUs = Infinity;
    return result;
  }

  #check(step: InputFailure['step'], result: number): void {
    if (this.#timedOut) throw new InputFailure(step, result, { timedOut: true });
    if (result < 0) throw new InputFailure(step, result, { timedOut: false });
  }

  /** FFmpeg may forget an interrupt between two of its steps, so it is repeated. */
  #look(): void {
    if (nowUs() > this.#deadlineUs) this.#timedOut = true;
    if (this.#timedOut || (this.#signal.aborted && this.#deadlineUs !== Infinity)) this.#context.interrupt();
  }
}

function rateOf(rate: Rational): number | null {
  const fps = rate.den === 0 ? 0 : rate.num / rate.den;
  return fps >= 0.1 && fps <= 480 ? Math.round(fps * 1000) / 1000 : null;
}
