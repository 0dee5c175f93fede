// RTP packets (RFC 3550, 5.1) as a receiver sees them: header, order of sequence numbers, unwrapped timestamps.
// Stands between the RTSP connection and the depacketizers. Runs once a packet: nothing here allocates.

/**
 * The header of one packet; one object is used for all packets of a stream.
 *
 *     V=2 P X CC(4) | M PT(7) | sequence (16) | timestamp (32) | SSRC (32) | CSRC (32 each) | extension | payload | padding
 */
export class RtpHeader {
  marker = false;
  payloadType = 0;
  sequence = 0;
  timestamp = 0;
  ssrc = 0;
  /** Where the payload stands in the buffer that was parsed. */
  start = 0;
  end = 0;

  /** Reads the packet in bytes[start, end). False: not an RTP packet, and the fields mean nothing. */
  parse(bytes: Buffer, start: number, end: number): boolean {
    if (end - start < 12) return false;
    const first = bytes[start]!;
    if (first >> 6 !== 2) return false;
    const second = bytes[start + 1]!;
    this.marker = second >= 0x80;
    this.payloadType = second & 0x7f;
    this.sequence = bytes.readUInt16BE(start + 2);
    this.timestamp = bytes.readUInt32BE(start + 4);
    this.ssrc = bytes.readUInt32BE(start + 8);
    let from = start + 12 + (first & 0x0f) * 4;
    if (first & 0x10) {
      if (from + 4 > end) return false;
      from += 4 + bytes.readUInt16BE(from + 2) * 4;
    }
    const padding = first & 0x20 ? bytes[end - 1]! : 0;
    this.start = from;
    this.end = end - padding;
    return from <= this.end;
  }
}

/** A packet this far ahead or behind means that the sender began anew (RFC 3550, A.1). */
const MAX_DROPOUT = 3000;
const MAX_MISORDER = 100;

/** Follows the sequence numbers of one sender, and counts for receiver reports. */
export class SequenceTracker {
  lost = 0;
  reordered = 0;
  duplicates = 0;
  received = 0;
  /** Sequence number with its wraps, of the newest packet. */
  highest = -1;
  #first = -1;
  readonly #seen = new Int32Array(128).fill(-1);

  /** Packets missing before this one: 0 in order; -1 for one that came late or twice, which is not to be used. */
  push(sequence: number): number {
    if (this.highest < 0) return this.#restart(sequence);
    const ahead = (sequence - this.highest - 1) & 0xffff;
    if (ahead >= MAX_DROPOUT) {
      if (ahead < 0xffff - MAX_MISORDER) {
        this.#restart(sequence);
        return 1;
      }
      return this.#late(sequence);
    }
    this.highest += ahead + 1;
    this.lost += ahead;
    this.received++;
    this.#seen[sequence & 127] = sequence;
    return ahead;
  }

  /** Forgets the sender: the next packet is the first. */
  restart(): void {
    this.highest = -1;
  }

  /** Packets that should have come by now. */
  get expected(): number {
    return this.highest < 0 ? 0 : this.highest - this.#first + 1;
  }

  #restart(sequence: number): number {
    this.highest = sequence;
    this.#first = sequence;
    this.lost = 0;
    this.received = 1;
    this.#seen.fill(-1);
    this.#seen[sequence & 127] = sequence;
    return 0;
  }

  #late(sequence: number): number {
    if (this.#seen[sequence & 127] === sequence) {
      this.duplicates++;
      return -1;
    }
    this.#seen[sequence & 127] = sequence;
    this.reordered++;
    this.received++;
    if (this.lost > 0) this.lost--;
    return -1;
  }
}

/** Turns 32-bit timestamps into a line without wraps that begins at 0. */
export class TimestampExtender {
  #last = -1;
  #extended = 0;

  /** The extended value; small steps back stay steps back. */
  extend(timestamp: number): number {
    if (this.#last >= 0) this.#extended += (timestamp - this.#last) | 0;
    this.#last = timestamp;
    return this.#extended;
  }

  /** The extended value of a timestamp near the last one, which stays the reference; null before the first. */
  near(timestamp: number): number | null {
    return this.#last < 0 ? null : this.#extended + ((timestamp - this.#last) | 0);
  }
}
