// H.264 as it travels through Sightline: NAL units with 4-byte lengths, parameter sets apart in an avcC record.
// Sources that get it in other shapes (Annex B, avcC with short lengths) convert it here, once.

import { parseSps } from './h264-sps.ts';

export { parseSps } from './h264-sps.ts';
export type { Sps } from './h264-sps.ts';

/** NAL unit types (ITU-T H.264, table 7-1) that anyone asks for. */
export const NAL = { slice: 1, partitionA: 2, idr: 5, sei: 6, sps: 7, pps: 8, aud: 9, filler: 12 } as const;

/** Type of a NAL unit from its first byte. */
export function nalType(header: number): number {
  return header & 0x1f;
}

/** True for NAL types that carry a picture's data. */
export function isSlice(type: number): boolean {
  return type >= 1 && type <= 5;
}

/** True for NAL types that are left out of a unit: access unit delimiters, parameter sets, ends, filler. */
export function isLeftOut(type: number): boolean {
  return (type >= NAL.sps && type <= 13) || type === 15;
}

/**
 * What the byte after a slice's NAL header tells: first_mb_in_slice and slice_type, ue(v) (ITU-T H.264, 7.3.3).
 *
 *     1 = macroblock 0 is in it | 011 or 0001000 = I slice
 */
export function sliceStart(byte: number): { first: boolean; intra: boolean } {
  const first = (byte & 0x80) !== 0;
  return { first, intra: first && ((byte & 0x70) === 0x30 || (byte & 0x7f) === 0x08) };
}

/** Parameter sets out of an avcC record. */
export interface AvcConfig {
  /** Bytes of the length before each NAL unit: 1, 2 or 4. */
  readonly lengthSize: number;
  readonly sps: readonly Buffer[];
  readonly pps: readonly Buffer[];
}

/**
 * The decoder configuration record of ISO 14496-15, 5.3.3.1, with 4-byte lengths.
 *
 *     1 | profile | compatibility | level | 111111 11 | 111 nSps(5) | { length(2) sps }… | nPps | { length(2) pps }…
 *     and for the high profiles: 111111 chroma(2) | 11111 depthLuma-8(3) | 11111 depthChroma-8(3) | 0
 */
export function makeAvcC(spsList: readonly Uint8Array[], ppsList: readonly Uint8Array[]): Buffer {
  const first = spsList[0];
  if (!first || first.length < 4) throw new RangeError('makeAvcC needs a sequence parameter set');
  const parts: Uint8Array[] = [Uint8Array.of(1, first[1]!, first[2]!, first[3]!, 0xff, 0xe0 | (spsList.length & 31))];
  for (const sps of spsList.slice(0, 31)) parts.push(Uint8Array.of(sps.length >> 8, sps.length & 255), sps);
  parts.push(Uint8Array.of(ppsList.length & 255));
  for (const pps of ppsList.slice(0, 255)) parts.push(Uint8Array.of(pps.length >> 8, pps.length & 255), pps);
  const parsed = [100, 110, 122, 144, 244].includes(first[1]!) ? parseSps(first) : null;
  if (parsed) {
    const depth = (parsed.bitDepth - 8) & 7;
    parts.push(Uint8Array.of(0xfc | parsed.chromaFormat, 0xf8 | depth, 0xf8 | depth, 0));
  }
  return Buffer.concat(parts);
}

/** Reads an avcC record; null when it is not one. The lists are views of `record`. */
export function parseAvcC(record: Buffer): AvcConfig | null {
  if (record.length < 7 || record[0] !== 1) return null;
  const sps: Buffer[] = [];
  const pps: Buffer[] = [];
  const afterSps = readSets(record, 6, { count: record[5]! & 31, into: sps });
  if (afterSps < 0 || afterSps >= record.length) return null;
  const afterPps = readSets(record, afterSps + 1, { count: record[afterSps]!, into: pps });
  if (afterPps < 0 || sps.length === 0) return null;
  return { lengthSize: (record[4]! & 3) + 1, sps, pps };
}

function readSets(record: Buffer, from: number, list: { count: number; into: Buffer[] }): number {
  let at = from;
  for (let index = 0; index < list.count; index++) {
    if (at + 2 > record.length) return -1;
    const end = at + 2 + record.readUInt16BE(at);
    if (end > record.length) return -1;
    if (end > at + 2) list.into.push(record.subarray(at + 2, end));
    at = end;
  }
  return at;
}

/** True when the bytes begin with a start code (Annex B), after any leading zeros but at most 64. */
export function isAnnexB(bytes: Uint8Array): boolean {
  let zeros = 0;
  while (zeros < 64 && bytes[zeros] === 0) zeros++;
  return zeros >= 2 && bytes[zeros] === 1;
}

/** The NAL units of an Annex B stream (ITU-T H.264, B.1.1), as views, without start codes and trailing zeros. */
export function splitAnnexB(bytes: Buffer): Buffer[] {
  const nals: Buffer[] = [];
  let start = -1;
  for (let at = bytes.indexOf(START_CODE); ; at = bytes.indexOf(START_CODE, start)) {
    let end = at < 0 ? bytes.length : at;
    while (end > start && bytes[end - 1] === 0) end--;
    if (start >= 0 && end > start) nals.push(bytes.subarray(start, end));
    if (at < 0) return nals;
    start = at + 3;
  }
}

const START_CODE = Buffer.from([0, 0, 1]);

/** The NAL units of a unit with lengths of `lengthSize` bytes, as views; what is cut at the end is left out. */
export function splitLengthPrefixed(bytes: Buffer, lengthSize = 4): Buffer[] {
  const nals: Buffer[] = [];
  let at = 0;
  while (at + lengthSize < bytes.length) {
    const length = bytes.readUIntBE(at, lengthSize);
    const end = at + lengthSize + length;
    if (end > bytes.length) break;
    if (length > 0) nals.push(bytes.subarray(at + lengthSize, end));
    at = end;
  }
  return nals;
}

/** One access unit in the product's shape, and the parameter sets that were in it. */
export interface CleanUnit {
  /** NAL units with 4-byte lengths, without AUD and parameter sets; a buffer of its own. Empty without a picture. */
  readonly data: Buffer;
  /** Has an IDR slice. */
  readonly key: boolean;
  readonly sps: readonly Buffer[];
  readonly pps: readonly Buffer[];
}

/** Puts the NAL units of one access unit into the product's shape. */
export function cleanUnit(nals: readonly Buffer[]): CleanUnit {
  const kept: Buffer[] = [];
  const sps: Buffer[] = [];
  const pps: Buffer[] = [];
  let key = false;
  let size = 0;
  for (const nal of nals) {
    const type = nalType(nal[0]!);
    if (type === NAL.sps) sps.push(nal);
    else if (type === NAL.pps) pps.push(nal);
    else if (!isLeftOut(type)) {
      kept.push(nal);
      size += 4 + nal.length;
    }
    if (type === NAL.idr) key = true;
  }
  const data = Buffer.allocUnsafeSlow(size);
  let at = 0;
  for (const nal of kept) {
    at = data.writeUInt32BE(nal.length, at);
    at += nal.copy(data, at);
  }
  return { data, key, sps, pps };
}

/** An Annex B access unit in the product's shape. */
export function annexBToUnit(bytes: Buffer): CleanUnit {
  return cleanUnit(splitAnnexB(bytes));
}

/** The start-code form of a unit with its parameter sets before it: what a decoder without avcC wants. */
export function unitToAnnexB(data: Buffer, config: AvcConfig | null): Buffer {
  const parts: Buffer[] = [];
  const sets = config ? [...config.sps, ...config.pps] : [];
  for (const nal of [...sets, ...splitLengthPrefixed(data)]) parts.push(LONG_START_CODE, nal);
  return Buffer.concat(parts);
}

const LONG_START_CODE = Buffer.from([0, 0, 0, 1]);

/**
 * True when a SEI NAL unit holds a recovery point message (D.1.8): where decoding may begin without an IDR picture.
 *
 *     06 | { FF… type } | { FF… size } | payload | …
 */
export function hasRecoveryPoint(sei: Uint8Array): boolean {
  let at = 1;
  for (let message = 0; message < 32 && at + 2 < sei.length; message++) {
    let type = 0;
    let size = 0;
    while (sei[at] === 0xff) {
      type += 255;
      at++;
    }
    type += sei[at++] ?? 0;
    while (sei[at] === 0xff) {
      size += 255;
      at++;
    }
    size += sei[at++] ?? 0;
    if (type === 6) return at < sei.length;
    at += size;
  }
  return false;
}
