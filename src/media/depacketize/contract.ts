// What all depacketizers share: what they are given with each RTP packet, and what they give back.

import type { RtpHeader } from '../rtp.ts';
import type { Memory, Track } from '../types.ts';

/** What is known of a packet besides its header; one object is used for all packets of a stream. */
export interface Arrival {
  /** The RTP timestamp without wraps. */
  timestamp: number;
  /** When its first byte was read, `nowUs`. */
  readAtUs: number;
  /** Packets missing just before it. */
  missing: number;
}

/** One whole picture out of RTP. */
export interface DepacketizedUnit {
  readonly timestamp: number;
  /** When the first byte of its first packet was read. */
  readonly readAtUs: number;
  readonly key: boolean;
  readonly damaged: boolean;
  readonly discontinuity: boolean;
  readonly data: Buffer;
  /** Of `data`: whoever is given the unit owns one reference. */
  readonly memory?: Memory | undefined;
}

export interface DepacketizerEvents {
  /** Before the first unit, and before the first unit of another size or configuration. */
  track(track: Track): void;
  unit(unit: DepacketizedUnit): void;
  quirk(name: string): void;
}

/** Makes pictures of RTP payloads. `bytes` may be reused as soon as `push` has returned. */
export interface Depacketizer {
  push(header: RtpHeader, bytes: Buffer, arrival: Arrival): void;
  /** The sender began anew: what is unfinished is dropped. */
  reset(): void;
  /** What it still lacks to begin, in words for a person; null once it has begun. */
  readonly lacks: string | null;
}

/** No picture may be larger than this, bytes. */
export const MAX_UNIT_BYTES = 8 * 1024 * 1024;
