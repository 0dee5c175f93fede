// What has to be known of a JPEG without decoding it: whether it is one, and its size (ISO/IEC 10918-1, B.1 and B.2.2).
// Sources call it once for each change of picture size, never for each byte.

/** A JPEG's frame header is looked for in this many segments only. */
const MAX_SEGMENTS = 256;

/** True when the bytes begin as a JPEG does: SOI and the first byte of the next marker. */
export function isJpeg(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/**
 * Size of a JPEG in pixels from its frame header, null when there is none before the picture's data.
 *
 *     FF Cn | length (2) | precision (1) | height (2) | width (2) | components …      n: 0…15 without 4, 8, 12
 */
export function jpegSize(bytes: Uint8Array): { width: number; height: number } | null {
  if (!isJpeg(bytes)) return null;
  let at = 2;
  for (let segment = 0; segment < MAX_SEGMENTS; segment++) {
    if (bytes[at] !== 0xff) return null;
    while (bytes[at + 1] === 0xff) at++;
    const marker = bytes[at + 1];
    if (marker === undefined || marker === 0xda || marker === 0xd9) return null;
    at += 2;
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) continue;
    if (at + 2 > bytes.length) return null;
    const length = word(bytes, at);
    if (length < 2) return null;
    if (isFrameHeader(marker)) {
      if (length < 8 || at + 7 > bytes.length) return null;
      const height = word(bytes, at + 3);
      const width = word(bytes, at + 5);
      return width > 0 && height > 0 ? { width, height } : null;
    }
    at += length;
  }
  return null;
}

function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}
