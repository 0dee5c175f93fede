// Counts and dates what comes on a playing RTSP session: packets with their order, pictures with their timestamps and
// whether they are keyframes, and the camera's reports of its clock. Looks into packets only, so that what is lost or
// damaged does not hide the rest; the judging is stream-judge.ts's.

import { hasRecoveryPoint, nalType } from '../media/h264.ts';
import { Jitter, parseRtcp } from '../media/rtcp.ts';
import { RtpHeader, SequenceTracker, TimestampExtender } from '../media/rtp.ts';

/** One picture, as far as its packets tell. */
export interface PictureTime {
  /** RTP timestamp without wraps, units of the RTP clock. */
  readonly ticks: number;
  /** When its first packet was read, `nowUs`. */
  readonly atUs: number;
  key: boolean;
}

/** A sender report. */
interface ClockReport {
  /** The camera's clock, microseconds since 1900. */
  readonly ntpUs: number;
  readonly atUs: number;
}

export interface StreamFacts {
  readonly clockRate: number;
  readonly packets: number;
  readonly bytes: number;
  /** Missing, by their sequence numbers. */
  readonly lost: number;
  /** Came, but late or twice. */
  readonly disordered: number;
  /** Frames that are not RTP. */
  readonly malformed: number;
  /** Interarrival jitter (RFC 3550, A.8), microseconds. */
  readonly jitterUs: number;
  readonly longestPauseUs: number;
  readonly firstUs: number;
  readonly lastUs: number;
  readonly pictures: readonly PictureTime[];
  readonly reports: readonly ClockReport[];
}

const MOST_PICTURES = 20_000;
const MOST_REPORTS = 100;
const STAP_A = 24;
const FU_A = 28;
const IDR = 5;
const SEI = 6;

export class StreamWatch {
  packets = 0;
  malformed = 0;
  /** Keyframes seen. */
  keys = 0;
  readonly #isJpeg: boolean;
  readonly #clockRate: number;
  readonly #header = new RtpHeader();
  readonly #sequence = new SequenceTracker();
  readonly #timestamps = new TimestampExtender();
  readonly #jitter: Jitter;
  readonly #pictures: PictureTime[] = [];
  readonly #reports: ClockReport[] = [];
  #picture: PictureTime | null = null;
  #ssrc = -1;
  #bytes = 0;
  #lost = 0;
  #disordered = 0;
  #firstUs = 0;
  #lastUs = 0;
  #longestPauseUs = 0;

  constructor({ encoding, clockRate }: { readonly encoding: string; readonly clockRate: number }) {
    this.#isJpeg = encoding === 'JPEG';
    this.#clockRate = clockRate;
    this.#jitter = new Jitter(clockRate);
  }

  get facts(): StreamFacts {
    return {
      ...{ clockRate: this.#clockRate, packets: this.packets, bytes: this.#bytes, malformed: this.malformed },
      ...{ lost: this.#lost, disordered: this.#disordered, longestPauseUs: this.#longestPauseUs },
      jitterUs: (this.#jitter.value * 1e6) / this.#clockRate,
      ...{ firstUs: this.#firstUs, lastUs: this.#lastUs, pictures: this.#pictures, reports: this.#reports },
    };
  }

  /** A frame of the channel for media. RTCP on it is taken too, as some cameras send it there. */
  media(bytes: Buffer, start: number, end: number, readAtUs: number): void {
    const header = this.#header;
    const second = start + 1 < end ? bytes[start + 1]! : 0;
    if (second >= 200 && second <= 204) {
      this.control(bytes, start, end, readAtUs);
      return;
    }
    if (!header.parse(bytes, start, end)) {
      this.malformed++;
      return;
    }
    if (header.ssrc !== this.#ssrc) this.#sequence.restart();
    this.#ssrc = header.ssrc;
    this.#date(end - start, readAtUs);
    const missing = this.#sequence.push(header.sequence);
    if (missing < 0) {
      this.#disordered++;
      this.#lost = Math.max(0, this.#lost - 1);
      return;
    }
    this.#lost += missing;
    const ticks = this.#timestamps.extend(header.timestamp);
    this.#jitter.push(ticks, readAtUs);
    this.#pictureOf(ticks, readAtUs);
    if (this.#picture?.key === false && (this.#isJpeg || isOfKeyframe(bytes, header.start, header.end))) {
      this.#picture.key = true;
      this.keys++;
    }
    if (header.marker) this.#picture = null;
  }

  /** A frame of the channel for control. */
  control(bytes: Buffer, start: number, end: number, readAtUs: number): void {
    parseRtcp(bytes, [start, end], {
      senderReport: (_ssrc, ntpUs) => {
        if (this.#reports.length < MOST_REPORTS) this.#reports.push({ ntpUs, atUs: readAtUs });
      },
    });
  }

  #date(size: number, readAtUs: number): void {
    if (this.packets === 0) this.#firstUs = readAtUs;
    else this.#longestPauseUs = Math.max(this.#longestPauseUs, readAtUs - this.#lastUs);
    this.#lastUs = readAtUs;
    this.packets++;
    this.#bytes += size;
  }

  /** A picture begins behind a marker, or with another timestamp where a marker is missing. */
  #pictureOf(ticks: number, atUs: number): void {
    if (this.#picture?.ticks === ticks || this.#pictures.length >= MOST_PICTURES) return;
    this.#picture = { ticks, atUs, key: false };
    this.#pictures.push(this.#picture);
  }
}

/**
 * True when a packet of H.264 belongs to a picture where decoding may begin: each fragment says of what it is one, so
 * that one of them is enough.
 *
 *     F | NRI | 28 || S | E | R | type (5) || fragment        RFC 6184, 5.8
 */
export function isOfKeyframe(bytes: Buffer, start: number, end: number): boolean {
  if (start >= end) return false;
  const type = nalType(bytes[start]!);
  if (type === FU_A) return start + 1 < end && nalType(bytes[start + 1]!) === IDR;
  if (type !== STAP_A) return isKeyNal(bytes, start, end);
  for (let at = start + 1; at + 2 < end; at += 2 + bytes.readUInt16BE(at)) {
    if (isKeyNal(bytes, at + 2, Math.min(end, at + 2 + bytes.readUInt16BE(at)))) return true;
  }
  return false;
}

function isKeyNal(bytes: Buffer, start: number, end: number): boolean {
  if (start >= end) return false;
  const type = nalType(bytes[start]!);
  return type === IDR || (type === SEI && hasRecoveryPoint(bytes.subarray(start, end)));
}
