// The part of a JPEG that RTP leaves out (RFC 2435, 3.1 and appendices A and B): from the few numbers of the payload
// header, everything that stands before the picture's data, with the tables of ISO/IEC 10918-1, annex K.

/** What the header is built from. */
export interface JpegShape {
  /** 0: 4:2:2, 1: 4:2:0 (RFC 2435, 4.1). */
  readonly type: number;
  readonly width: number;
  readonly height: number;
  /** Restart interval in MCUs, 0 without restarts. */
  readonly restartInterval: number;
  /** Quantization tables in zigzag order: luma, then chroma; 64 bytes each, or 128 where `precision` says so. */
  readonly tables: Buffer;
  /** Bit 0 and 1: the first and second table have 16-bit entries. */
  readonly precision: number;
}

/** Table K.1 and K.2, in zigzag order. */
const LUMA = [
  16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61,
  60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103, 104, 103, 62, 77, 113, 121,
  112, 100, 120, 92, 101, 103, 99,
];
const CHROMA = [17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66];

/** The tables for a quality of 1 to 99 (RFC 2435, 4.2 and appendix A). */
export function quantizationTables(quality: number): Buffer {
  const factor = Math.min(99, Math.max(1, quality));
  const scale = factor < 50 ? Math.floor(5000 / factor) : 200 - factor * 2;
  const tables = Buffer.alloc(128);
  for (let index = 0; index < 128; index++) {
    const base = index < 64 ? LUMA[index]! : (CHROMA[index - 64] ?? 99);
    tables[index] = Math.min(255, Math.max(1, Math.floor((base * scale + 50) / 100)));
  }
  return tables;
}

/** Everything from SOI to SOS. */
export function jpegHeader(shape: JpegShape): Buffer {
  const parts: Buffer[] = [Buffer.from([0xff, 0xd8])];
  const firstSize = shape.precision & 1 ? 128 : 64;
  parts.push(quantization(0, shape.tables.subarray(0, firstSize)));
  const second = shape.tables.subarray(firstSize);
  if (second.length > 0) parts.push(quantization(1, second));
  parts.push(frame(shape, second.length > 0 ? 1 : 0));
  parts.push(HUFFMAN);
  if (shape.restartInterval > 0) {
    parts.push(Buffer.from([0xff, 0xdd, 0, 4, shape.restartInterval >> 8, shape.restartInterval & 0xff]));
  }
  parts.push(Buffer.from([0xff, 0xda, 0, 12, 3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]));
  return Buffer.concat(parts);
}

/** DQT: FF DB | length (16) | precision (4) number (4) | entries */
function quantization(number: number, entries: Buffer): Buffer {
  const wide = entries.length > 64 ? 0x10 : 0;
  return Buffer.concat([Buffer.from([0xff, 0xdb, 0, 3 + entries.length, wide | number]), entries]);
}

/** SOF0: FF C0 | length (16) | 8 | height (16) | width (16) | 3 | { id, sampling, table } … */
function frame({ type, width, height }: JpegShape, chromaTable: number): Buffer {
  const sampling = type === 0 ? 0x21 : 0x22;
  const size = [height >> 8, height & 0xff, width >> 8, width & 0xff];
  return Buffer.from([
    ...[0xff, 0xc0, 0, 17, 8, ...size, 3],
    ...[1, sampling, 0, 2, 0x11, chromaTable, 3, 0x11, chromaTable],
  ]);
}

/** Tables K.3 to K.6: how many codes of each length, and their symbols. */
const DC_LUMA_COUNTS = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
const DC_CHROMA_COUNTS = [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0];
const DC_SYMBOLS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const AC_LUMA_COUNTS = [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7d];
const AC_CHROMA_COUNTS = [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77];
const AC_LUMA_SYMBOLS =
  '01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a34353637' +
  '38393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3' +
  'a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa';
const AC_CHROMA_SYMBOLS =
  '000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f11718191a262728292a3536' +
  '3738393a434445464748494a535455565758595a636465666768696a737475767778797a82838485868788898a92939495969798999a' +
  'a2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa';

/** DHT: FF C4 | length (16) | { class (4) number (4) | 16 counts | symbols } */
function huffman(id: number, counts: readonly number[], symbols: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0xff, 0xc4, 0, 19 + symbols.length, id, ...counts]), symbols]);
}

const HUFFMAN = Buffer.concat([
  huffman(0x00, DC_LUMA_COUNTS, Buffer.from(DC_SYMBOLS)),
  huffman(0x10, AC_LUMA_COUNTS, Buffer.from(AC_LUMA_SYMBOLS, 'hex')),
  huffman(0x01, DC_CHROMA_COUNTS, Buffer.from(DC_SYMBOLS)),
  huffman(0x11, AC_CHROMA_COUNTS, Buffer.from(AC_CHROMA_SYMBOLS, 'hex')),
]);
