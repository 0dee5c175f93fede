// The parameter sets of an H.264 stream as they come in, from the SDP or in band; makes the Track when they change.

import { NAL, makeAvcC, nalType, parseSps } from '../h264.ts';
import type { Sps } from '../h264.ts';
import type { Track } from '../types.ts';

const MAX_SET_BYTES = 8192;
const MAX_SETS = 64;

/** Collects parameter sets by their kind and number. */
export class ParameterSets {
  /** Differs from what `track` last gave. */
  changed = false;
  readonly #sps = new Map<number, Buffer>();
  readonly #pps = new Map<number, Buffer>();
  #latest: Sps | null = null;

  /** Takes a set (NAL header included); copies it when it is new. False: unreadable, and left out. */
  add(bytes: Buffer, start: number, end: number): boolean {
    let to = end;
    while (to > start && bytes[to - 1] === 0) to--;
    if (to - start < 2 || to - start > MAX_SET_BYTES) return false;
    return nalType(bytes[start]!) === NAL.sps ? this.#addSps(bytes, start, to) : this.#addPps(bytes, start, to);
  }

  get complete(): boolean {
    return this.#latest !== null && this.#pps.size > 0;
  }

  /** The video track that these sets describe; null while they are incomplete. */
  track(fps: number | null): Track | null {
    if (!this.#latest || this.#pps.size === 0) return null;
    this.changed = false;
    const { width, height } = this.#latest;
    const config = makeAvcC([...this.#sps.values()], [...this.#pps.values()]);
    return { id: 0, kind: 'video', codec: 'h264', width, height, fps: this.#latest.fps ?? fps, config };
  }

  #addSps(bytes: Buffer, start: number, end: number): boolean {
    for (const known of this.#sps.values()) if (same(known, bytes, start, end)) return true;
    const copy = copyOf(bytes, start, end);
    const sps = parseSps(copy);
    if (!sps || (this.#sps.size >= MAX_SETS / 2 && !this.#sps.has(sps.id))) return false;
    const resized = this.#latest && (this.#latest.width !== sps.width || this.#latest.height !== sps.height);
    if (resized) this.#sps.clear();
    this.#sps.set(sps.id, copy);
    this.#latest = sps;
    this.changed = true;
    return true;
  }

  #addPps(bytes: Buffer, start: number, end: number): boolean {
    const id = firstNumber(bytes, start + 1, end);
    const known = this.#pps.get(id);
    if (known && same(known, bytes, start, end)) return true;
    if (id > 255 || (this.#pps.size >= MAX_SETS && !known)) return false;
    this.#pps.set(id, copyOf(bytes, start, end));
    this.changed = true;
    return true;
  }
}

function same(known: Buffer, bytes: Buffer, start: number, end: number): boolean {
  return known.length === end - start && known.compare(bytes, start, end) === 0;
}

function copyOf(bytes: Buffer, start: number, end: number): Buffer {
  const copy = Buffer.allocUnsafeSlow(end - start);
  bytes.copy(copy, 0, start, end);
  return copy;
}

/** The ue(v) at the start of these bytes (ITU-T H.264, 9.1): pic_parameter_set_id; 256 and more are not valid ones. */
function firstNumber(bytes: Buffer, start: number, end: number): number {
  let word = 0;
  for (let at = start; at < start + 3; at++) word = (word << 8) | (at < end ? bytes[at]! : 0);
  const zeros = Math.clz32(word) - 8;
  return zeros > 8 ? 256 : (word >> (23 - 2 * zeros)) - 1;
}
