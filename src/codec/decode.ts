// One stream's decoding: packets from its origin -> decoder -> hub of Frames. Runs only while somebody reads frames;
// the kept group is decoded without showing it, a decoder that fails is opened again at a keyframe, after a pause.

import { Backoff } from '../base/backoff.ts';
import { nowUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import type { Problem } from '../base/errors.ts';
import type { Hub } from '../base/hub.ts';
import type { MediaPort } from '../link/types.ts';
import type { Packet, StreamKey, StreamState, Track } from '../media/types.ts';
import { DecodeQueue } from './decode-queue.ts';
import { VideoDecoder, canDecode } from './ffmpeg/decoder.ts';
import type { Frame } from './ffmpeg/frame.ts';
import { frameHub } from './frame-hub.ts';
import { PacketTap } from './packet-tap.ts';
import { unsupportedTrack } from './stream-status.ts';
import type { StreamStatus } from './stream-status.ts';

/** A decoder that gave no picture for so many packets, or so long, has failed. */
const FAILED_AFTER_PACKETS = 30;
const FAILED_AFTER_US = 4_000_000;
/** A stream without a keyframe for so long is called undecodable. */
const KEYLESS_LIMIT_US = 8_000_000;
/** While more packets than this wait, pictures are caught up with and shown ten times a second only. */
const CATCHING_UP = 3;
const CATCHING_UP_INTERVAL_US = 100_000;

export interface FrameHubOptions {
  readonly port: MediaPort;
  readonly key: StreamKey;
  readonly status: StreamStatus;
  /** Called before a decoding begins. */
  readonly onBegin?: () => void;
  /** How long it goes on decoding after the last reader, milliseconds. Default 0. */
  readonly graceMs?: number;
  /**
   * For loops that want the newest picture and nothing else: many packets that wait are leapt over to the next keyframe,
   * and every picture that is decoded is shown. Default: all are decoded and, while many wait, a few shown, because each
   * is encoded.
   */
  readonly newestOnly?: boolean;
}

/** Makes the hub of one stream's frames. Nothing happens before its first reader. */
export function createFrameHub(options: FrameHubOptions): Hub<Frame> {
  const open = (): Promise<() => Promise<void>> => {
    options.onBegin?.();
    const session = new DecodeSession(options, hub);
    return Promise.resolve(() => session.close());
  };
  const hub: Hub<Frame> = frameHub(`${options.key} frames`, open, options.graceMs);
  return hub;
}

/** One decoding, from the first reader to the last. */
class DecodeSession {
  readonly #status: StreamStatus;
  readonly #hub: Hub<Frame>;
  readonly #newestOnly: boolean;
  readonly #queue: DecodeQueue;
  readonly #backoff = new Backoff();
  readonly #tap: PacketTap;
  readonly #unfollow: () => void;
  #track: Track | null = null;
  #liveSequence = 0;
  #decoder: VideoDecoder | null = null;
  /** Rises when the decoder under way must not be fed any more: other tracks, or it failed. */
  #generation = 0;
  /** The generation that the decoder was opened for. */
  #opened = -1;
  #resumeAtUs = 0;
  /** Packets and time since the decoder's last picture. */
  #barren = 0;
  #fruitfulUs = 0;
  #publishedUs = 0;
  #published: { readonly epoch: number; readonly sequence: number } | null = null;
  #isFailed = false;
  #running: Promise<void> | null = null;
  #closed = false;

  constructor({ port, key, status, newestOnly = false }: FrameHubOptions, hub: Hub<Frame>) {
    this.#status = status;
    this.#hub = hub;
    this.#newestOnly = newestOnly;
    this.#queue = new DecodeQueue(newestOnly);
    this.#unfollow = status.follow();
    this.#tap = new PacketTap(port, key, { start: 'group', policy: 'groups' }, this.#handlers());
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#tap.close();
    this.#queue.clear();
    await this.#running;
    await this.#decoder?.close();
    this.#decoder = null;
    this.#unfollow();
  }

  #handlers(): ConstructorParameters<typeof PacketTap>[3] {
    return {
      tracks: (track, liveSequence) => this.#begin(track, liveSequence),
      packet: (packet) => this.#accept(packet),
      gap: (dropped) => {
        this.#status.counters.dropped += dropped;
        this.#queue.expectKey();
      },
      state: (state) => this.#changed(state),
    };
  }

  #begin(track: Track | undefined, liveSequence: number): void {
    this.#forgetWaiting();
    this.#generation++;
    this.#liveSequence = liveSequence;
    this.#resumeAtUs = 0;
    this.#backoff.reset();
    this.#track = track !== undefined && canDecode(track.codec) ? track : null;
    this.#setFailed(this.#track === null ? unsupportedTrack(track) : null);
    this.#status.setCodec(track?.codec ?? null, track?.width ?? 0);
  }

  /** A picture from before a stall is not handed to those who come later. */
  #changed(state: StreamState): void {
    if (state.state !== 'live') this.#hub.forget();
    this.#status.setOrigin(state);
  }

  #accept(packet: Packet): void {
    if (this.#track === null || nowUs() < this.#resumeAtUs) {
      this.#status.counters.dropped++;
      return;
    }
    const { dropped: before, leapt } = this.#queue;
    if (packet.damaged && this.#track.codec === 'mjpeg') this.#status.counters.dropped++;
    else this.#queue.push(packet);
    this.#status.counters.dropped += this.#queue.dropped - before;
    this.#status.counters.leapt += this.#queue.leapt - leapt;
    if (this.#queue.keylessUs > KEYLESS_LIMIT_US) {
      this.#setFailed(failure('The stream has no keyframe to begin with.'));
    }
    if (this.#queue.waiting > 0 && this.#running === null) {
      this.#running = this.#run();
      this.#status.decoding = this.#running;
    }
  }

  async #run(): Promise<void> {
    for (let packet = this.#queue.take(); packet !== undefined; packet = this.#queue.take()) {
      try {
        await this.#decode(packet);
      } catch (error) {
        this.#fail(SightlineError.from(error, 'decode-failed'));
      }
    }
    this.#running = null;
    this.#status.decoding = null;
  }

  async #decode(packet: Packet): Promise<void> {
    const fits = this.#opened === this.#generation;
    const decoder = this.#decoder !== null && fits ? this.#decoder : await this.#reopen(packet);
    if (decoder === null) return;
    const generation = this.#generation;
    const { bad, concealed } = decoder.counters;
    const frame = await decoder.send(packet);
    this.#status.counters.bad += decoder.counters.bad - bad;
    this.#status.counters.concealed += decoder.counters.concealed - concealed;
    if (frame === null) {
      if (generation === this.#generation) this.#countBarren(decoder.counters.bad > bad);
      return;
    }
    if (generation === this.#generation && !this.#closed) this.#show(frame);
    frame.release();
  }

  /** A decoder for the track of today; null when `packet` is no beginning for it. */
  async #reopen(packet: Packet): Promise<VideoDecoder | null> {
    const old = this.#decoder;
    this.#decoder = null;
    const generation = this.#generation;
    await old?.close();
    if (this.#closed || this.#track === null || generation !== this.#generation || !packet.key) {
      this.#status.counters.dropped++;
      return null;
    }
    const decoder = await VideoDecoder.open(this.#track);
    this.#barren = 0;
    this.#fruitfulUs = nowUs();
    this.#decoder = decoder;
    this.#opened = generation;
    return decoder;
  }

  /** Kept packets lead up to the live position and are not shown; while catching up only some are. */
  #isDue(frame: Frame): boolean {
    if (frame.sequence < this.#liveSequence) return false;
    // After a new subscription the kept packets come again.
    const last = this.#published;
    if (last !== null && last.epoch === frame.epoch && last.sequence >= frame.sequence) return false;
    return (
      this.#newestOnly || this.#queue.waiting <= CATCHING_UP || nowUs() - this.#publishedUs > CATCHING_UP_INTERVAL_US
    );
  }

  #show(frame: Frame): void {
    this.#barren = 0;
    this.#fruitfulUs = nowUs();
    this.#status.counters.decoded++;
    this.#status.width = frame.width;
    if (this.#isFailed) this.#backoff.reset();
    this.#setFailed(null);
    if (!this.#isDue(frame)) return;
    this.#publishedUs = this.#fruitfulUs;
    this.#published = { epoch: frame.epoch, sequence: frame.sequence };
    this.#hub.publish(frame);
  }

  /** A packet without a picture: wrong, or one that a slow camera's B pictures wait for. */
  #countBarren(isBad: boolean): void {
    this.#barren++;
    const tooLong = isBad && this.#barren >= 3 && nowUs() - this.#fruitfulUs > FAILED_AFTER_US;
    if (this.#barren < FAILED_AFTER_PACKETS && !tooLong) return;
    this.#fail(new SightlineError('decode-failed', `The camera's ${this.#track?.codec ?? 'video'} cannot be decoded.`));
  }

  #fail(error: SightlineError): void {
    this.#generation++;
    this.#barren = 0;
    this.#fruitfulUs = nowUs();
    this.#resumeAtUs = nowUs() + this.#backoff.nextMs({ watched: true }) * 1000;
    this.#forgetWaiting();
    this.#setFailed(error.toProblem());
  }

  #setFailed(problem: Problem | null): void {
    this.#isFailed = problem !== null;
    this.#status.setProblem('decode', problem);
  }

  #forgetWaiting(): void {
    const before = this.#queue.dropped;
    this.#queue.clear();
    this.#status.counters.dropped += this.#queue.dropped - before;
  }
}

function failure(text: string): Problem {
  return new SightlineError('decode-failed', text).toProblem();
}
