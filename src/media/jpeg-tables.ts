// Motion JPEG from webcams and AVI files leaves the Huffman tables out, since they are always those of ISO/IEC 10918-1,
// K.3: here they are put back, so that every unit is a whole JPEG that any reader takes.

import { jpegHeader } from './depacketize/jpeg-header.ts';

const SOS = 0xda;
const DHT = 0xc4;
/** SOS with three components, at the end of a header. */
const SOS_BYTES = 14;

/** A copy of the JPEG, with the standard Huffman tables before its scan when it has none. */
export function wholeJpeg(bytes: Buffer): Buffer {
  const at = scanWithoutTables(bytes);
  if (at < 0) {
    const copy = Buffer.allocUnsafeSlow(bytes.length);
    bytes.copy(copy);
    return copy;
  }
  return Buffer.concat([bytes.subarray(0, at), standardTables(), bytes.subarray(at)]);
}

/**
 * Where the scan begins when no table stands before it; else -1.
 *
 *     FF D8 | { FF marker | length (16, itself included) | … } … | FF DA …
 */
function scanWithoutTables(bytes: Buffer): number {
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1];
    if (marker === DHT) return -1;
    if (marker === SOS) return at;
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return -1;
}

let tables: Buffer | null = null;

function standardTables(): Buffer {
  if (tables !== null) return tables;
  const shape = { type: 1, width: 16, height: 16, restartInterval: 0, tables: Buffer.alloc(128, 1), precision: 0 };
  const header = jpegHeader(shape);
  tables = header.subarray(header.indexOf(Buffer.from([0xff, DHT])), header.length - SOS_BYTES);
  return tables;
}
