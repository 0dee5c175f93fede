// RTCP (RFC 3550, 6): reads sender reports, writes receiver reports. What the reports say of the camera's clock is
// judged in camera-clock.ts.

/** What a compound packet may tell. */
export interface RtcpHandler {
  /** `ntpUs`: the sender's clock in microseconds since 1900, whatever it believes that to be. */
  senderReport(ssrc: number, ntpUs: number, rtpTimestamp: number): void;
}

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const DESCRIPTION = 202;

/**
 * Reads the packets of bytes[start, end). False when it is not RTCP; what stands before the fault has been handed on.
 *
 *     V=2 P count(5) | type (8) | length in words less one (16) | SSRC (32) | SR: NTP (64) | RTP timestamp (32) | …
 */
export function parseRtcp(bytes: Buffer, [start, end]: readonly [number, number], handler: RtcpHandler): boolean {
  let at = start;
  while (at < end) {
    if (at + 4 > end || bytes[at]! >> 6 !== 2) return false;
    const type = bytes[at + 1]!;
    const next = at + 4 + bytes.readUInt16BE(at + 2) * 4;
    if (next > end || type < 192 || type > 223) return false;
    if (type === SENDER_REPORT && next - at >= 20) {
      const seconds = bytes.readUInt32BE(at + 8);
      const fraction = bytes.readUInt32BE(at + 12);
      const ntpUs = seconds * 1e6 + Math.round((fraction * 1e6) / 2 ** 32);
      handler.senderReport(bytes.readUInt32BE(at + 4), ntpUs, bytes.readUInt32BE(at + 16));
    }
    at = next;
  }
  return end > start;
}

/** One reception report. */
export interface ReceiverReport {
  readonly ssrc: number;
  readonly mediaSsrc: number;
  /** Share lost since the last report, in 256ths. */
  readonly fractionLost: number;
  readonly cumulativeLost: number;
  readonly highestSequence: number;
  /** In units of the RTP clock. */
  readonly jitter: number;
  /** Middle 32 bits of the last sender report's NTP time, and the time since then in 65536ths of a second; 0 without one. */
  readonly lastReport: number;
  readonly sinceLastReport: number;
}

/** A compound packet of one receiver report and a description with this name (RFC 3550, 6.4.2 and 6.5). */
export function buildReceiverReport(report: ReceiverReport, cname: string): Buffer {
  const name = Buffer.from(cname, 'latin1').subarray(0, 255);
  const chunk = Math.ceil((4 + 2 + name.length + 1) / 4) * 4;
  const out = Buffer.alloc(32 + 4 + chunk);
  out.writeUInt8(0x81, 0);
  out.writeUInt8(RECEIVER_REPORT, 1);
  out.writeUInt16BE(7, 2);
  out.writeUInt32BE(report.ssrc >>> 0, 4);
  out.writeUInt32BE(report.mediaSsrc >>> 0, 8);
  out.writeUInt8(Math.min(255, Math.max(0, report.fractionLost)), 12);
  out.writeIntBE(Math.max(-0x800000, Math.min(0x7fffff, report.cumulativeLost)), 13, 3);
  out.writeUInt32BE(report.highestSequence >>> 0, 16);
  out.writeUInt32BE(report.jitter >>> 0, 20);
  out.writeUInt32BE(report.lastReport >>> 0, 24);
  out.writeUInt32BE(report.sinceLastReport >>> 0, 28);
  out.writeUInt8(0x81, 32);
  out.writeUInt8(DESCRIPTION, 33);
  out.writeUInt16BE(chunk / 4, 34);
  out.writeUInt32BE(report.ssrc >>> 0, 36);
  out.writeUInt8(1, 40);
  out.writeUInt8(name.length, 41);
  name.copy(out, 42);
  return out;
}

/** Interarrival jitter (RFC 3550, A.8), in units of the RTP clock. */
export class Jitter {
  readonly #ticksPerUs: number;
  #transit = NaN;
  #value = 0;

  constructor(clockRate: number) {
    this.#ticksPerUs = clockRate / 1e6;
  }

  push(extendedTimestamp: number, arrivalUs: number): void {
    const transit = arrivalUs * this.#ticksPerUs - extendedTimestamp;
    const difference = Math.abs(transit - this.#transit);
    this.#transit = transit;
    if (difference < 2 ** 31) this.#value += (difference - this.#value) / 16;
  }

  get value(): number {
    return Math.round(this.#value);
  }
}
