// Every picture of a live source, in order: packets wait as the camera sent them, and one is decoded when all loops have
// taken the frame before. A loop that falls too far behind ends with an error, because a camera cannot wait.

import { nowUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import type { Hub } from '../base/hub.ts';
import type { CaptureCamera } from '../capture/camera.ts';
import { feedOf } from '../capture/feeds.ts';
import { VideoDecoder, canDecode } from '../codec/ffmpeg/decoder.ts';
import type { Frame } from '../codec/ffmpeg/frame.ts';
import { frameHub } from '../codec/frame-hub.ts';
import { unsupportedTrack } from '../codec/stream-status.ts';
import type { StreamStatus } from '../codec/stream-status.ts';
import type { Feed, FeedMessage } from '../link/types.ts';
import type { Packet, Track } from '../media/types.ts';
import type { Room } from './room.ts';

/** Of packets that wait, as the camera sent them. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** A decoder that gave no picture for so many packets has failed, and is opened anew after a pause. */
const FAILED_AFTER_PACKETS = 30;
const PAUSE_US = 1_000_000;

export interface LosslessOptions {
  readonly capture: CaptureCamera;
  readonly status: StreamStatus;
  readonly room: Room;
  readonly maxBehindMs: number;
  readonly graceMs: number;
}

/** The hub of every frame. */
export function losslessHub(options: LosslessOptions): Hub<Frame> {
  const open = (): Promise<() => Promise<void>> => {
    const decoding = new LosslessDecoding(options, hub);
    return Promise.resolve(() => decoding.close());
  };
  const hub: Hub<Frame> = frameHub('every frame', open, options.graceMs);
  return hub;
}

class LosslessDecoding {
  readonly #options: LosslessOptions;
  readonly #hub: Hub<Frame>;
  readonly #feed: Feed;
  readonly #stop = new AbortController();
  readonly #unfollow: () => void;
  readonly #running: Promise<void>;
  #track: Track | null = null;
  #decoder: VideoDecoder | null = null;
  #needsKey = true;
  /** Pictures before it were kept by the capture: they lead up to the live one. */
  #liveSequence = 0;
  #barren = 0;
  #resumeAtUs = 0;

  constructor(options: LosslessOptions, hub: Hub<Frame>) {
    const { capture, status, maxBehindMs } = options;
    this.#options = options;
    this.#hub = hub;
    this.#unfollow = status.follow();
    const reader = { start: 'group', policy: 'lossless', maxBytes: MAX_WAITING_BYTES, maxAgeMs: maxBehindMs } as const;
    this.#feed = feedOf(capture, { kind: 'packets', key: 'camera/main', reader });
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#feed.onReady?.();
    this.#feed.close();
    await this.#running;
    await this.#decoder?.close();
    this.#unfollow();
  }

  async #run(): Promise<void> {
    for (let message = await this.#next(); message !== null; message = await this.#next()) {
      if (message.kind === 'end') {
        this.#ended(message.problem?.code === 'too-slow');
        return;
      }
      await this.#take(message);
    }
  }

  /** Null when it is to end. */
  async #next(): Promise<FeedMessage | null> {
    while (!this.#stop.signal.aborted) {
      const message = this.#feed.take();
      if (message !== undefined) return message;
      const { promise, resolve } = Promise.withResolvers<undefined>();
      this.#feed.onReady = () => resolve(undefined);
      await promise;
    }
    return null;
  }

  async #take(message: FeedMessage): Promise<void> {
    if (message.kind === 'tracks') await this.#begin(message.tracks, message.liveSequence);
    else if (message.kind === 'packet') await this.#takePacket(message.packet);
  }

  async #begin(tracks: readonly Track[], liveSequence: number): Promise<void> {
    const { status } = this.#options;
    const track = tracks.find(({ kind }) => kind === 'video');
    await this.#letDecoderGo();
    this.#liveSequence = liveSequence;
    this.#resumeAtUs = 0;
    this.#track = track !== undefined && canDecode(track.codec) ? track : null;
    status.setProblem('decode', this.#track === null ? unsupportedTrack(track) : null);
  }

  async #takePacket(packet: Packet): Promise<void> {
    const track = this.#track;
    if (track === null || packet.trackId !== track.id || !this.#isUsable(packet, track)) {
      if (packet.trackId === (track?.id ?? 0)) this.#options.status.counters.dropped++;
      return;
    }
    try {
      this.#decoder ??= await VideoDecoder.open(track);
      const frame = await this.#decoder.send(packet);
      if (frame === null) await this.#countBarren(this.#decoder);
      else await this.#show(frame);
    } catch (error) {
      await this.#fail(SightlineError.from(error, 'decode-failed'));
    }
  }

  /** Nothing is shown that a missing part would make grey. */
  #isUsable(packet: Packet, track: Track): boolean {
    if (nowUs() < this.#resumeAtUs || (packet.damaged && track.codec === 'mjpeg')) return false;
    if (packet.discontinuity && !packet.key) this.#needsKey = true;
    if (this.#needsKey && !(packet.key && !packet.damaged)) return false;
    this.#needsKey = false;
    return true;
  }

  async #show(frame: Frame): Promise<void> {
    const { status, room } = this.#options;
    this.#barren = 0;
    status.counters.decoded++;
    status.setProblem('decode', null);
    if (frame.sequence >= this.#liveSequence) {
      await room.free(this.#stop.signal);
      if (!this.#stop.signal.aborted) this.#hub.publish(frame);
    }
    frame.release();
  }

  async #countBarren({ counters }: VideoDecoder): Promise<void> {
    if (++this.#barren < FAILED_AFTER_PACKETS) return;
    const codec = this.#track?.codec ?? 'video';
    this.#options.status.counters.dropped += counters.bad;
    await this.#fail(new SightlineError('decode-failed', `The camera's ${codec} cannot be decoded.`));
  }

  async #fail(error: SightlineError): Promise<void> {
    this.#options.status.setProblem('decode', error.toProblem());
    this.#resumeAtUs = nowUs() + PAUSE_US;
    await this.#letDecoderGo();
  }

  async #letDecoderGo(): Promise<void> {
    const decoder = this.#decoder;
    this.#decoder = null;
    this.#needsKey = true;
    this.#barren = 0;
    await decoder?.close();
  }

  /** The capture is closing, or its reader was too slow: then the loops are told, and the next one begins anew. */
  #ended(wasTooSlow: boolean): void {
    if (!wasTooSlow) return;
    const { capture, maxBehindMs } = this.#options;
    const seconds = maxBehindMs / 1000;
    const text = `The loop fell more than ${seconds} s behind ${capture.spec.id}, and lossless it may skip nothing.`;
    const hint = "Do less for each frame, ask for fewer (fps) or smaller ones (width), or choose policy: 'latest'.";
    void this.#hub.close(new SightlineError('too-slow', text, { hint }));
  }
}
