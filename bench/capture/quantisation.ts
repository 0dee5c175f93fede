// What a JPEG says about its own coarseness: the quantisation table of luma (ISO 10918-1, B.2.4.1).
//
//   ff db | length 16 | precision 4, table number 4 | 64 values in zigzag order | next table ...

/** Mean of the first luma table's 64 values; NaN without one. Larger is coarser. */
export function meanLumaQuantiser(jpeg: Buffer): number {
  for (let at = 2; at + 4 < jpeg.length && jpeg[at] === 0xff; at += 2 + jpeg.readUInt16BE(at + 2)) {
    if (jpeg[at + 1] !== 0xdb) continue;
    const wide = jpeg[at + 4]! >> 4 === 1;
    let sum = 0;
    for (let index = 0; index < 64; index += 1) {
      sum += wide ? jpeg.readUInt16BE(at + 5 + 2 * index) : jpeg[at + 5 + index]!;
    }
    return sum / 64;
  }
  return NaN;
}
