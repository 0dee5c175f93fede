// Between an input of FFmpeg and a sink: passes H.264 and JPEG on as they are and transcodes any other codec to H.264.
// Files, devices and `ffmpeg:` addresses all end here; they differ in when a packet is taken and how it is stamped.

import type { SourceSink, Stamp } from '../../media/types.ts';
import type { VideoEncoder } from '../ffmpeg/encoder.ts';
import type { InputPacket, MediaInput } from '../ffmpeg/input.ts';
import { Transcoder } from '../ffmpeg/transcoder.ts';
import { shaperFor } from './shape.ts';
import type { Shaper } from './shape.ts';

/** Stamps of pictures that are still inside a decoder; more than any decoder keeps back. */
const MAX_STAMPS = 64;

export class UnitFeed {
  readonly #sink: SourceSink;
  readonly #shaper: Shaper | null;
  readonly #transcoder: Transcoder | null;
  readonly #stamps = new Map<number, Stamp>();
  #encoder: VideoEncoder | null = null;
  #lastStamp: Stamp | null = null;
  #bad = 0;

  private constructor(sink: SourceSink, shaper: Shaper | null, transcoder: Transcoder | null) {
    this.#sink = sink;
    this.#shaper = shaper;
    this.#transcoder = transcoder;
  }

  /** Throws `codec-unsupported`. */
  static async open(input: MediaInput, sink: SourceSink): Promise<UnitFeed> {
    const shaper = shaperFor(input.video);
    if (shaper !== null) return new UnitFeed(sink, shaper, null);
    const transcoder = await Transcoder.open(input);
    sink.quirk(`transcoded-${input.video.codec.replaceAll('_', '-')}`);
    return new UnitFeed(sink, null, transcoder);
  }

  /** Hands one packet on; its times are moved by `offsetUs`. */
  async take(packet: InputPacket, offsetUs: number, stamp: Stamp): Promise<void> {
    if (this.#transcoder !== null) await this.#transcode(packet, offsetUs, stamp);
    else this.#pass(packet, offsetUs, stamp);
  }

  /** The material has ended and begins again: hands on what a decoder kept back. */
  async restart(offsetUs: number): Promise<void> {
    await this.#transcoder?.push(null, offsetUs, this.#emit);
    this.#transcoder?.restart();
    this.#stamps.clear();
  }

  async close(): Promise<void> {
    await this.#transcoder?.close();
  }

  #pass(packet: InputPacket, offsetUs: number, stamp: Stamp): void {
    const shaped = this.#shaper?.take(packet.view, packet.key) ?? null;
    if (shaped === null) {
      this.#sink.quirk('packet-without-picture');
      return;
    }
    if (shaped.track !== null) this.#sink.begin([shaped.track]);
    this.#sink.unit({
      trackId: 0,
      ptsUs: packet.ptsUs === null ? null : packet.ptsUs + offsetUs,
      dtsUs: packet.dtsUs === null ? null : packet.dtsUs + offsetUs,
      durationUs: packet.durationUs > 0 ? packet.durationUs : undefined,
      key: shaped.key,
      damaged: packet.corrupt,
      discontinuity: false,
      stamp,
      data: shaped.data,
    });
  }

  async #transcode(packet: InputPacket, offsetUs: number, stamp: Stamp): Promise<void> {
    if (packet.ptsUs !== null) this.#stamps.set(packet.ptsUs, stamp);
    for (const oldest of this.#stamps.keys()) {
      if (this.#stamps.size <= MAX_STAMPS) break;
      this.#stamps.delete(oldest);
    }
    this.#lastStamp = stamp;
    await this.#transcoder?.push(packet, offsetUs, this.#emit);
    const bad = this.#transcoder?.bad ?? 0;
    for (; this.#bad < bad; this.#bad += 1) this.#sink.quirk('packet-undecodable');
  }

  readonly #emit: Parameters<Transcoder['push']>[2] = (unit, { encoder, ownUs }) => {
    if (encoder !== this.#encoder) {
      this.#encoder = encoder;
      this.#sink.begin([encoder.track]);
    }
    const stamp = this.#stamps.get(ownUs) ?? this.#lastStamp;
    this.#stamps.delete(ownUs);
    if (stamp === null) return;
    this.#sink.unit({
      trackId: 0,
      ptsUs: unit.ptsUs,
      dtsUs: unit.ptsUs,
      key: unit.key,
      damaged: false,
      discontinuity: false,
      stamp,
      data: unit.data,
    });
  };
}
