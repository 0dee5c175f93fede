// H.264 out of RTP (RFC 6184): single NAL units, STAP-A and FU-A become whole pictures. A picture is handed on at its
// marker, with no frame of delay; on the change of the timestamp where a camera sets no marker.

import { NAL, hasRecoveryPoint, isLeftOut, isSlice, nalType, sliceStart } from '../h264.ts';
import type { RtpHeader } from '../rtp.ts';
import { MAX_UNIT_BYTES } from './contract.ts';
import type { Arrival, Depacketizer, DepacketizerEvents } from './contract.ts';
import { ParameterSets } from './parameter-sets.ts';
import { SlabPool } from './slab-pool.ts';
import { UnitSlab } from './slab.ts';

const STAP_A = 24;
const FU_A = 28;
/** A recovery point counts as a keyframe when no IDR picture came for this long. */
const NO_IDR_US = 10_000_000;

export interface H264Options {
  /** From sprop-parameter-sets. */
  readonly parameterSets: readonly Buffer[];
  /** What the SDP says, null when nothing. */
  readonly fps: number | null;
  /** Where its memory comes from; a pool of its own when not given. */
  readonly pool?: SlabPool;
}

/** Makes pictures of RTP payloads of one H.264 stream. Begins with the first undamaged keyframe. */
export class H264Depacketizer implements Depacketizer {
  readonly #events: DepacketizerEvents;
  readonly #fps: number | null;
  readonly #sets = new ParameterSets();
  readonly #slab: UnitSlab;
  #begun = false;
  #markersTrusted = true;
  /** Something is missing before the next picture. */
  #gap = false;
  #lastIdrUs = -Infinity;
  #lastTimestamp = NaN;

  // the picture that is being assembled
  #open = false;
  #timestamp = 0;
  #readAtUs = 0;
  #damaged = false;
  #dropped = false;
  #slices = 0;
  #idr = false;
  #recovery = false;
  #intra = false;
  #hadSets = false;
  /** Where the NAL unit that is being put together begins, -1 without one. */
  #nalAt = -1;

  constructor(options: H264Options, events: DepacketizerEvents) {
    this.#slab = new UnitSlab(MAX_UNIT_BYTES, options.pool ?? new SlabPool());
    this.#events = events;
    this.#fps = options.fps;
    for (const set of options.parameterSets) {
      const type = set.length > 0 ? nalType(set[0]!) : 0;
      const wanted = type === NAL.sps || type === NAL.pps;
      if (!wanted || !this.#sets.add(set, 0, set.length)) events.quirk('sprop-unreadable');
    }
  }

  get lacks(): string | null {
    if (this.#begun) return null;
    return this.#sets.complete ? 'a keyframe' : 'parameter sets (SPS and PPS)';
  }

  reset(): void {
    this.#open = false;
    this.#gap = true;
    this.#nalAt = -1;
    this.#lastTimestamp = NaN;
  }

  push(header: RtpHeader, bytes: Buffer, arrival: Arrival): void {
    if (arrival.missing > 0) this.#loss();
    if (this.#open && arrival.timestamp !== this.#timestamp) {
      if (this.#slices > 0 && this.#markersTrusted && !this.#damaged) this.#events.quirk('marker-missing');
      this.#flush();
    }
    if (arrival.missing > 0 && !this.#open) this.#gap = true;
    if (!this.#open) this.#begin(arrival);
    if (!this.#dropped) this.#payload(bytes, header.start, header.end);
    if (header.marker && this.#slices > 0 && this.#markersTrusted) this.#flush();
  }

  #begin(arrival: Arrival): void {
    this.#open = true;
    this.#timestamp = arrival.timestamp;
    this.#readAtUs = arrival.readAtUs;
    this.#damaged = false;
    this.#dropped = false;
    this.#slices = 0;
    this.#idr = false;
    this.#recovery = false;
    this.#intra = false;
    this.#hadSets = false;
    this.#nalAt = -1;
    this.#slab.begin();
  }

  #loss(): void {
    this.#abandonNal();
    if (this.#open) this.#damaged = true;
  }

  /**
   *     F | NRI (2) | type (5) | …        RFC 6184, 5.3
   */
  #payload(bytes: Buffer, start: number, end: number): void {
    if (start >= end) return;
    const type = nalType(bytes[start]!);
    if (type === FU_A) this.#fragment(bytes, start, end);
    else if (type === STAP_A) this.#aggregate(bytes, start + 1, end);
    else if (type >= 1 && type <= 23) this.#nal(bytes, start, end);
    else this.#events.quirk(type > STAP_A && type < 30 ? 'packetization-unsupported' : 'nal-type-reserved');
  }

  /**
   *     STAP-A | { size (16) | NAL unit } …        RFC 6184, 5.7.1
   */
  #aggregate(bytes: Buffer, start: number, end: number): void {
    let at = start;
    while (at + 2 < end) {
      const next = at + 2 + bytes.readUInt16BE(at);
      if (next > end) {
        this.#events.quirk('aggregate-cut');
        this.#damaged = true;
        return;
      }
      if (next > at + 2) this.#nal(bytes, at + 2, next);
      at = next;
    }
  }

  /**
   *     F | NRI | 28 || S | E | R | type (5) || fragment        RFC 6184, 5.8
   */
  #fragment(bytes: Buffer, start: number, end: number): void {
    if (end - start < 2) return;
    const head = bytes[start + 1]!;
    if (head & 0x80) {
      this.#endNal();
      const nalHeader = (bytes[start]! & 0xe0) | (head & 0x1f);
      this.#nalAt = this.#slab.length;
      if (isSlice(head & 0x1f)) this.#slice(head & 0x1f, bytes[start + 2] ?? 0);
      if (!this.#slab.appendLength(0) || !this.#slab.appendByte(nalHeader)) this.#tooLarge();
    } else if (this.#nalAt < 0) {
      this.#damaged = true;
      return;
    }
    if (!this.#slab.append(bytes, start + 2, end)) this.#tooLarge();
    if (head & 0x40) this.#endNal();
  }

  #nal(bytes: Buffer, start: number, end: number): void {
    this.#endNal();
    const type = nalType(bytes[start]!);
    if (isLeftOut(type)) {
      this.#takeSet(type, bytes, start, end);
      return;
    }
    if (isSlice(type)) this.#slice(type, bytes[start + 1] ?? 0);
    else if (type === NAL.sei && hasRecoveryPoint(bytes.subarray(start, end))) this.#recovery = true;
    if (!this.#slab.appendLength(end - start) || !this.#slab.append(bytes, start, end)) this.#tooLarge();
  }

  /** Ends a NAL unit that came in fragments. */
  #endNal(): void {
    if (this.#nalAt < 0) return;
    const at = this.#nalAt;
    this.#nalAt = -1;
    const size = this.#slab.length - at - 4;
    const nal = this.#slab.view(at + 4);
    const type = size > 0 ? nalType(nal[0]!) : 0;
    if (isLeftOut(type) || size <= 0) {
      this.#takeSet(type, nal, 0, size);
      this.#slab.truncate(at);
      return;
    }
    if (type === NAL.sei && hasRecoveryPoint(nal)) this.#recovery = true;
    this.#slab.patchLength(at, size);
  }

  #abandonNal(): void {
    if (this.#nalAt < 0) return;
    if (isSlice(nalType(this.#slab.view(this.#nalAt + 4)[0] ?? 0))) this.#slices--;
    this.#slab.truncate(this.#nalAt);
    this.#nalAt = -1;
  }

  #takeSet(type: number, bytes: Buffer, start: number, end: number): void {
    if (type !== NAL.sps && type !== NAL.pps) return;
    this.#hadSets = true;
    if (!this.#sets.add(bytes, start, end)) this.#events.quirk('parameter-set-unreadable');
  }

  #slice(type: number, byte: number): void {
    const { first, intra } = sliceStart(byte);
    if (this.#slices === 0 && !first) this.#startsInside();
    this.#slices++;
    if (type === NAL.idr && !this.#idr) {
      this.#idr = true;
      this.#slab.separate();
    }
    if (intra) this.#intra = true;
  }

  /** A picture that does not begin with its first macroblock: its start was lost, or the marker stands in each slice. */
  #startsInside(): void {
    this.#damaged = true;
    if (this.#gap || this.#timestamp !== this.#lastTimestamp) return;
    this.#events.quirk('marker-inside-picture');
    this.#markersTrusted = false;
    this.#dropped = true;
  }

  #tooLarge(): void {
    if (!this.#dropped) this.#events.quirk('picture-too-large');
    this.#dropped = true;
    this.#nalAt = -1;
    this.#slab.truncate(0);
  }

  #flush(): void {
    this.#endNal();
    this.#open = false;
    this.#lastTimestamp = this.#timestamp;
    if (this.#slices === 0 && !this.#damaged) return;
    const key = this.#slices > 0 && this.#isKey();
    const wanted = this.#slices > 0 && !this.#dropped && this.#slab.length > 0;
    if (!wanted || !(this.#begun || (key && !this.#damaged && this.#sets.complete))) {
      this.#gap = true;
      return;
    }
    if (key && (this.#sets.changed || !this.#begun)) {
      const track = this.#sets.track(this.#fps);
      if (track) this.#events.track(track);
    }
    this.#emit(key);
  }

  #emit(key: boolean): void {
    const discontinuity = this.#gap && this.#begun;
    this.#begun = true;
    this.#gap = false;
    this.#events.unit({
      timestamp: this.#timestamp,
      readAtUs: this.#readAtUs,
      key,
      damaged: this.#damaged,
      discontinuity,
      ...this.#slab.finish(),
    });
  }

  /** An IDR picture; with cameras that send none (intra refresh, open groups), a place where decoding may begin. */
  #isKey(): boolean {
    if (this.#idr) {
      this.#lastIdrUs = this.#readAtUs;
      return true;
    }
    if (this.#readAtUs - this.#lastIdrUs < NO_IDR_US) return false;
    if (!this.#recovery && !(this.#intra && this.#hadSets)) return false;
    this.#events.quirk('no-idr');
    return true;
  }
}
