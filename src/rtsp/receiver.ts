// What comes on a playing session: RTP and RTCP of one video medium, made into units with capture times. Stands between
// the connection and a source's sink; also writes the receiver reports. Its RTP path runs once a packet.

import { randomBytes } from 'node:crypto';
import { CameraClock } from '../media/camera-clock.ts';
import type { Arrival, Depacketizer, DepacketizedUnit, DepacketizerEvents } from '../media/depacketize/contract.ts';
import { Jitter, buildReceiverReport, parseRtcp } from '../media/rtcp.ts';
import { RtpHeader, SequenceTracker, TimestampExtender } from '../media/rtp.ts';
import type { SourceSink, Track } from '../media/types.ts';

/** Another sender on the channel is taken for a new one after this many packets or this long a silence. */
const FOREIGN_PACKETS = 4;
const FOREIGN_SILENCE_US = 200_000;
/** A payload type that the SDP did not name is taken after this many packets when none came of the right one. */
const STRANGE_PACKETS = 10;
const CNAME = 'sightline';

export interface ReceiverOptions {
  readonly payloadType: number;
  readonly clockRate: number;
  makeDepacketizer(events: DepacketizerEvents): Depacketizer;
}

/** Receives one medium. */
export class VideoReceiver {
  /** When the newest packet of this medium was read, `nowUs`; 0 before the first. */
  lastPacketUs = 0;
  /** Epochs begun. */
  tracks = 0;
  readonly #sink: SourceSink;
  readonly #depacketizer: Depacketizer;
  readonly #usPerTick: number;
  readonly #clock: CameraClock;
  readonly #jitter: Jitter;
  readonly #header = new RtpHeader();
  readonly #arrival: Arrival = { timestamp: 0, readAtUs: 0, missing: 0 };
  readonly #sequence = new SequenceTracker();
  readonly #timestamps = new TimestampExtender();
  readonly #ownSsrc = randomBytes(4).readUInt32BE();
  #payloadType: number;
  #ssrc = -1;
  #foreign = 0;
  #strange = 0;
  #steps = 0;

  #reportNtpUs = 0;
  #reportAtUs = 0;
  #reportedExpected = 0;
  #reportedReceived = 0;

  constructor(options: ReceiverOptions, sink: SourceSink) {
    this.#sink = sink;
    this.#payloadType = options.payloadType;
    this.#usPerTick = 1e6 / options.clockRate;
    this.#clock = new CameraClock(options.clockRate);
    this.#jitter = new Jitter(options.clockRate);
    this.#depacketizer = options.makeDepacketizer({
      track: (track) => this.#track(track),
      unit: (unit) => this.#unit(unit),
      quirk: (name) => sink.quirk(name),
    });
  }

  /** What is still lacking for the first picture, null once it came. */
  get lacks(): string | null {
    return this.#depacketizer.lacks;
  }

  /** A frame of the channel for media. `sure`: the channel is the agreed one, not one that was guessed. */
  media(bytes: Buffer, [start, end]: readonly [number, number], readAtUs: number, sure: boolean): void {
    const header = this.#header;
    const second = start + 1 < end ? bytes[start + 1]! : 0;
    if (second >= 200 && second <= 204) {
      this.control(bytes, [start, end], readAtUs);
      return;
    }
    if (!header.parse(bytes, start, end)) {
      this.#sink.quirk('rtp-malformed');
      return;
    }
    if (header.payloadType !== this.#payloadType && !(sure && this.#adoptPayloadType())) return;
    if (header.ssrc !== this.#ssrc && !this.#adoptSender(readAtUs)) return;
    this.#foreign = 0;
    this.#strange = -1;
    const missing = this.#sequence.push(header.sequence);
    if (missing < 0) {
      this.#sink.quirk('rtp-out-of-order');
      return;
    }
    this.lastPacketUs = readAtUs;
    this.#arrival.missing = missing;
    this.#arrival.readAtUs = readAtUs;
    this.#arrival.timestamp = this.#timestamps.extend(header.timestamp);
    this.#jitter.push(this.#arrival.timestamp, readAtUs);
    this.#depacketizer.push(header, bytes, this.#arrival);
  }

  /** A frame of the channel for control. */
  control(bytes: Buffer, range: readonly [number, number], readAtUs: number): void {
    const good = parseRtcp(bytes, range, {
      senderReport: (ssrc, ntpUs, rtpTimestamp) => {
        const extended = this.#timestamps.near(rtpTimestamp);
        if (extended === null) return;
        if (ssrc !== this.#ssrc) this.#sink.quirk('report-of-another-sender');
        this.#reportNtpUs = ntpUs;
        this.#reportAtUs = readAtUs;
        this.#clock.senderReport(ntpUs, extended);
        if (this.#clock.steps === this.#steps) return;
        this.#steps = this.#clock.steps;
        this.#sink.quirk('camera-clock-stepped');
      },
    });
    if (!good) this.#sink.quirk('rtcp-malformed');
  }

  /** A receiver report for now; null before the first packet. */
  report(nowUs: number): Buffer | null {
    if (this.#ssrc < 0) return null;
    const { expected, received, highest } = this.#sequence;
    const due = expected - this.#reportedExpected;
    const lost = Math.max(0, due - (received - this.#reportedReceived));
    this.#reportedExpected = expected;
    this.#reportedReceived = received;
    const middle = (this.#reportNtpUs / 1e6) * 65536;
    return buildReceiverReport(
      {
        ssrc: this.#ownSsrc,
        mediaSsrc: this.#ssrc,
        fractionLost: due > 0 ? Math.floor((lost * 256) / due) : 0,
        cumulativeLost: expected - received,
        highestSequence: highest,
        jitter: this.#jitter.value,
        lastReport: this.#reportAtUs > 0 ? middle % 2 ** 32 : 0,
        sinceLastReport: this.#reportAtUs > 0 ? ((nowUs - this.#reportAtUs) / 1e6) * 65536 : 0,
      },
      CNAME,
    );
  }

  #adoptPayloadType(): boolean {
    this.#sink.quirk('payload-type-unknown');
    if (this.#strange < 0 || ++this.#strange < STRANGE_PACKETS) return false;
    this.#payloadType = this.#header.payloadType;
    return true;
  }

  #adoptSender(readAtUs: number): boolean {
    if (this.#ssrc >= 0) {
      const silent = readAtUs - this.lastPacketUs > FOREIGN_SILENCE_US;
      if (!silent && ++this.#foreign < FOREIGN_PACKETS) return false;
      this.#sink.quirk('sender-changed');
      this.#sequence.restart();
      this.#reportedExpected = 0;
      this.#reportedReceived = 0;
      this.#clock.reset();
      this.#depacketizer.reset();
    }
    this.#ssrc = this.#header.ssrc;
    return true;
  }

  #track(track: Track): void {
    this.tracks++;
    this.#sink.begin([track]);
  }

  #unit(unit: DepacketizedUnit): void {
    this.#sink.unit({
      trackId: 0,
      ptsUs: Math.round(unit.timestamp * this.#usPerTick),
      dtsUs: null,
      key: unit.key,
      damaged: unit.damaged,
      discontinuity: unit.discontinuity,
      stamp: this.#clock.stamp(unit.timestamp, unit.readAtUs),
      data: unit.data,
      memory: unit.memory,
    });
  }
}
