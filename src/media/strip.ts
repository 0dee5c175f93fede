// The strip: frame number and wall time as black and white cells along the bottom of a picture, for machines. The test
// card draws it, benchmarks draw it into real footage, and any client reads it back from pixels to measure delay and
// lost, repeated or reordered frames. No node imports: a page in a browser runs the reader as it stands.
//
// 40 columns by 3 rows fill the width; a row is 2/45 of the height (square in 16:9; 4 x 4 pixels at 160 x 90), so that
// scaling in any ratio keeps every cell at its fraction. It stands at the bottom: a picture whose end is missing has none.
//
//      0 1   2 .. 37            38 39
//     +-----+------------------+-----+
//     | 1 0 | bits   0 ..  35  | 1 0 |      frame  32 bits  \
//     | 0 1 | bits  36 ..  71  | 1 0 |      timeUs 52 bits   > most significant first
//     | 1 0 | bits  72 .. 107  | 0 1 |      check  24 bits  /
//     +-----+------------------+-----+
//
// 1 is white. The outer columns are fixed: they give the reader its threshold. check = the low 24 bits of CRC-32
// (ISO 3309, as in zlib) over 11 bytes, big-endian: frame in 4, timeUs in 7.

/** Eight-bit grey samples: the Y plane of a picture, or any grey image. */
export interface LumaPlane {
  readonly data: Uint8Array;
  /** Bytes from one line to the next. */
  readonly stride: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** What a strip says. */
export interface StripMark {
  /** 0 to 2^32 - 1. */
  readonly frame: number;
  /** Unix time in microseconds (`wallUs`), 0 to 2^52 - 1. */
  readonly timeUs: number;
}

/** Black and white as this plane has them: `limited` 16 to 235 (video), `full` 0 to 255 (JPEG). */
export type LumaRange = 'limited' | 'full';

const COLUMNS = 40;
const ROWS = 3;
const SYNC_COLUMNS = 2;
const DATA_COLUMNS = COLUMNS - 2 * SYNC_COLUMNS;
const FRAME_BITS = 32;
const TIME_BITS = 52;
const CHECK_BITS = 24;
const MESSAGE_BITS = FRAME_BITS + TIME_BITS;
/** What the outer columns show: columns 0, 1, 38, 39 of each row. */
const SYNC = [
  [1, 0, 1, 0],
  [0, 1, 1, 0],
  [1, 0, 0, 1],
] as const;
const LEAST_CONTRAST = 48;

/** Height of the strip in a picture of this height, pixels (may be a fraction). */
export function stripHeight(height: number): number {
  return (height * 2 * ROWS) / 45;
}

/** Draws the strip over the bottom of a plane. */
export function drawStrip(plane: LumaPlane, mark: StripMark, range: LumaRange = 'limited'): void {
  const { data, stride, width, height } = plane;
  const black = range === 'full' ? 0 : 16;
  const white = range === 'full' ? 255 : 235;
  const bits = messageBits(mark);
  const top = height - stripHeight(height);
  for (let row = 0; row < ROWS; row += 1) {
    const first = Math.round(top + (row * (height - top)) / ROWS);
    const end = Math.round(top + ((row + 1) * (height - top)) / ROWS);
    const line = first * stride;
    for (let column = 0; column < COLUMNS; column += 1) {
      const left = Math.round((column * width) / COLUMNS);
      const right = Math.round(((column + 1) * width) / COLUMNS);
      data.fill(cellBit(bits, row, column) === 1 ? white : black, line + left, line + right);
    }
    for (let y = first + 1; y < end; y += 1) data.copyWithin(y * stride, line, line + width);
  }
}

/** Reads the strip of a grey picture of any size; null when there is none, or not a whole one. */
export function readStrip(plane: LumaPlane): StripMark | null {
  return readCells({ data: plane.data, offset: 0, step: 1, stride: plane.stride }, plane.width, plane.height);
}

/** Reads the strip of RGBA pixels, as a canvas's `getImageData` has them. */
export function readStripRgba(pixels: Uint8Array | Uint8ClampedArray, width: number, height: number): StripMark | null {
  return readCells({ data: pixels, offset: 1, step: 4, stride: width * 4 }, width, height);
}

/** Where one channel's samples lie. */
interface Samples {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly offset: number;
  readonly step: number;
  readonly stride: number;
}

function readCells(samples: Samples, width: number, height: number): StripMark | null {
  if (width < COLUMNS || stripHeight(height) < ROWS) return null;
  const levels = new Uint8Array(ROWS * COLUMNS);
  const cellWidth = width / COLUMNS;
  const cellHeight = stripHeight(height) / ROWS;
  const top = height - stripHeight(height);
  for (let row = 0; row < ROWS; row += 1) {
    for (let column = 0; column < COLUMNS; column += 1) {
      const x = span(column * cellWidth, cellWidth);
      const y = span(top + row * cellHeight, cellHeight);
      levels[row * COLUMNS + column] = meanOf(samples, x, y);
    }
  }
  const threshold = syncThreshold(levels);
  return threshold === null ? null : decode(levels, threshold);
}

/** The middle half of a cell in one direction: from, end (not included), step. */
function span(start: number, size: number): readonly [number, number, number] {
  const from = Math.round(start + size / 4);
  const end = Math.max(from + 1, Math.round(start + (size * 3) / 4));
  return [from, end, Math.max(1, Math.floor(size / 8))];
}

function meanOf(samples: Samples, x: readonly number[], y: readonly number[]): number {
  const [left = 0, right = 0, stepX = 1] = x;
  const [first = 0, end = 0, stepY = 1] = y;
  let sum = 0;
  let count = 0;
  for (let line = first; line < end; line += stepY) {
    for (let column = left; column < right; column += stepX) {
      sum += samples.data[samples.offset + line * samples.stride + column * samples.step] ?? 0;
      count += 1;
    }
  }
  return sum / count;
}

/** Half way between the black and the white of the outer columns; null when they do not show what they should. */
function syncThreshold(levels: Uint8Array): number | null {
  let black = 0;
  let white = 255;
  for (let row = 0; row < ROWS; row += 1) {
    for (let index = 0; index < 2 * SYNC_COLUMNS; index += 1) {
      const column = index < SYNC_COLUMNS ? index : DATA_COLUMNS + index;
      const level = levels[row * COLUMNS + column] ?? 0;
      if (SYNC[row]?.[index] === 1) white = Math.min(white, level);
      else black = Math.max(black, level);
    }
  }
  return white - black < LEAST_CONTRAST ? null : (white + black) / 2;
}

function decode(levels: Uint8Array, threshold: number): StripMark | null {
  let position = 0;
  const take = (count: number): number => {
    let value = 0;
    for (const end = position + count; position < end; position += 1) {
      const row = Math.floor(position / DATA_COLUMNS);
      const level = levels[row * COLUMNS + SYNC_COLUMNS + (position % DATA_COLUMNS)] ?? 0;
      value = value * 2 + (level > threshold ? 1 : 0);
    }
    return value;
  };
  const mark = { frame: take(FRAME_BITS), timeUs: take(TIME_BITS) };
  return take(CHECK_BITS) === checkOf(mark) ? mark : null;
}

function cellBit(bits: Uint8Array, row: number, column: number): number {
  if (column < SYNC_COLUMNS) return SYNC[row]?.[column] ?? 0;
  const data = column - SYNC_COLUMNS;
  if (data < DATA_COLUMNS) return bits[row * DATA_COLUMNS + data] ?? 0;
  return SYNC[row]?.[data - DATA_COLUMNS + SYNC_COLUMNS] ?? 0;
}

function messageBits(mark: StripMark): Uint8Array {
  const bits = new Uint8Array(MESSAGE_BITS + CHECK_BITS);
  putBits(bits, 0, FRAME_BITS, mark.frame);
  putBits(bits, FRAME_BITS, TIME_BITS, mark.timeUs);
  putBits(bits, MESSAGE_BITS, CHECK_BITS, checkOf(mark));
  return bits;
}

function putBits(bits: Uint8Array, at: number, count: number, value: number): void {
  let rest = Math.floor(value);
  for (let index = at + count - 1; index >= at; index -= 1) {
    bits[index] = rest % 2;
    rest = Math.floor(rest / 2);
  }
}

function checkOf(mark: StripMark): number {
  let crc = 0xffffffff;
  for (let index = 0; index < 11; index += 1) {
    const byte = index < 4 ? byteOf(mark.frame, 3 - index) : byteOf(mark.timeUs, 10 - index);
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc & 0xffffff;
}

function byteOf(value: number, index: number): number {
  return Math.floor(value / 2 ** (8 * index)) % 256;
}
