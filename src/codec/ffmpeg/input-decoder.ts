// The pictures of recorded material, one by one and each of them, when somebody asks for the next: for programs that
// work through a file. Any codec that FFmpeg decodes, nothing encoded again, the last pictures included.

import { AVERROR_EOF, AV_NOPTS_VALUE } from 'node-av/constants';
import { Codec, CodecContext } from 'node-av/lib';
import type { Frame as AvFrame } from 'node-av/lib';
import { SightlineError } from '../../base/errors.ts';
import type { Stamp } from '../../media/types.ts';
import { CallUnderWay } from './call-under-way.ts';
import { Frame, FramePool } from './frame.ts';
import type { InputPacket, MediaInput } from './input.ts';
import { nativeCall } from './native.ts';

/** 8K, as decoders here are limited to. */
const MAX_PIXELS = 7680n * 4320n;
/** Material that says neither times nor a rate. */
const DEFAULT_INTERVAL_US = 40_000;
/** As many threads as there are cores. */
const ALL_CORES = 0;

/** Opens a decoder for the video of `input`. `threads` 0: one for each core. Throws `codec-unsupported`. */
export async function openCodecOf(input: MediaInput, threads: number): Promise<CodecContext> {
  const { codecpar, timeBase } = input.native;
  const { codec: name } = input.video;
  const codec = Codec.findDecoder(codecpar.codecId);
  if (codec === null) throw new SightlineError('codec-unsupported', `There is no decoder for ${name}.`);
  const context = new CodecContext();
  context.allocContext3(codec);
  context.parametersToContext(codecpar);
  context.pktTimebase = timeBase;
  context.threadCount = threads;
  context.setOption('max_pixels', MAX_PIXELS);
  const result = await nativeCall('input.decoder', () => context.open2(codec, null));
  if (result >= 0) return context;
  context.freeContext();
  throw new SightlineError('codec-unsupported', `The decoder for ${name} does not accept the video's parameters.`);
}

/** When a picture is shown, in the material's own time, microseconds; null when it does not say. */
export function timeOf(picture: AvFrame, context: CodecContext): number | null {
  const { num, den } = context.pktTimebase;
  const ticks = picture.bestEffortTimestamp;
  return ticks === AV_NOPTS_VALUE ? null : Math.round((Number(ticks) * num * 1e6) / den);
}

/** A picture that nobody has said the time of yet: it becomes a Frame, or is let go. */
export interface UndatedPicture {
  /** Microseconds from the first picture; rises. */
  readonly positionUs: number;
  /** The caller owns the one reference. */
  dated(stamp: Stamp): Frame;
  letGo(): void;
}

export class InputDecoder {
  /** Packets that gave nothing but an error. */
  bad = 0;
  readonly #input: MediaInput;
  readonly #context: CodecContext;
  readonly #pool = new FramePool();
  readonly #intervalUs: number;
  #sequence = 0;
  #firstUs: number | null = null;
  #positionUs = -1;
  #isDraining = false;
  readonly #calls = new CallUnderWay();

  private constructor(input: MediaInput, context: CodecContext) {
    this.#input = input;
    this.#context = context;
    const { fps } = input.video;
    this.#intervalUs = fps === null ? DEFAULT_INTERVAL_US : 1e6 / fps;
  }

  /** Takes the input over and closes it with itself, or when it throws: `codec-unsupported`. */
  static async open(input: MediaInput): Promise<InputDecoder> {
    try {
      return new InputDecoder(input, await openCodecOf(input, ALL_CORES));
    } catch (error) {
      await input.close();
      throw error;
    }
  }

  /** The next picture, null behind the last one. Calls must not overlap. Throws InputFailure. */
  next(): Promise<UndatedPicture | null> {
    return this.#calls.note(this.#next());
  }

  /**
   * Waits for the call under way, which the input's signal makes short, then frees everything but frames that are still
   * leased.
   */
  close(): Promise<void> {
    return this.#calls.end(async () => {
      await this.#input.close();
      this.#context.freeContext();
      this.#pool.close();
    });
  }

  async #next(): Promise<UndatedPicture | null> {
    while (!this.#calls.isOver) {
      const native = this.#pool.take();
      const result = await this.#receive(native);
      if (result >= 0) return this.#describe(native);
      this.#pool.give(native);
      if (result === AVERROR_EOF || this.#isDraining) return null;
      await this.#feed(await this.#input.read());
    }
    return null;
  }

  async #feed(packet: InputPacket | null): Promise<void> {
    if (this.#calls.isOver) return;
    this.#isDraining = packet === null;
    const sent = await nativeCall('input.decode', () => this.#context.sendPacket(packet?.native ?? null));
    if (sent < 0 && packet !== null) this.bad++;
  }

  /** The work is done when a packet has been sent; only at the end may threads still be at it. */
  #receive(native: AvFrame): number | Promise<number> {
    if (!this.#isDraining) return this.#context.receiveFrameSync(native);
    return nativeCall('input.drain', () => this.#context.receiveFrame(native));
  }

  #describe(native: AvFrame): UndatedPicture {
    const sequence = ++this.#sequence;
    const timeUs = timeOf(native, this.#context) ?? (this.#firstUs ?? 0) + this.#positionUs + this.#intervalUs;
    this.#firstUs ??= timeUs;
    const positionUs = Math.max(Math.round(timeUs - this.#firstUs), this.#positionUs + 1);
    this.#positionUs = positionUs;
    const home = this.#pool;
    return {
      positionUs,
      dated: (stamp) => new Frame(native, home, { epoch: 1, sequence, stamp, positionUs }),
      letGo: () => home.give(native),
    };
  }
}
