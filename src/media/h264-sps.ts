// The H.264 sequence parameter set (ITU-T H.264, 7.3.2.1.1 and E.1.1): size after cropping, rate, and what a decoder
// or muxer must know beforehand. Read once a change of parameter sets.

/** What a sequence parameter set says. */
export interface Sps {
  /** Pixels after cropping. */
  readonly width: number;
  readonly height: number;
  /** From the timing information, if it is plausible (0.1 to 480). */
  readonly fps: number | null;
  readonly profile: number;
  /** The byte of constraint flags between profile and level. */
  readonly compatibility: number;
  /** Ten times the level: 31 is level 3.1. */
  readonly level: number;
  readonly id: number;
  /** 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  readonly chromaFormat: number;
  readonly bitDepth: number;
  readonly interlaced: boolean;
  readonly refFrames: number;
  /** Pictures that may come before one that is shown earlier; null when not said (0 for profiles without B pictures). */
  readonly maxReorderFrames: number | null;
}

const MAX_SPS_BYTES = 4096;
const MAX_PIXELS_A_SIDE = 16384;

/** The profiles whose parameter set carries the chroma format. */
const HIGH_PROFILES: ReadonlySet<number> = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** Reads a sequence parameter set, NAL header included; null when it is not one or makes no sense. Never throws. */
export function parseSps(nal: Uint8Array): Sps | null {
  if (nal.length < 5 || (nal[0]! & 0x1f) !== 7) return null;
  const bits = new BitReader(unescape(nal));
  const sps = readSps(bits);
  const sane = sps.width > 0 && sps.height > 0 && sps.width <= MAX_PIXELS_A_SIDE && sps.height <= MAX_PIXELS_A_SIDE;
  return sane && !sps.overrun ? sps.value() : null;
}

interface RawSps {
  readonly width: number;
  readonly height: number;
  /** The bits ended before the size was read. */
  readonly overrun: boolean;
  value(): Sps;
}

function readSps(bits: BitReader): RawSps {
  bits.skip(8);
  const profile = bits.read(8);
  const compatibility = bits.read(8);
  const level = bits.read(8);
  const id = bits.unsigned();
  const chroma = HIGH_PROFILES.has(profile) ? readChroma(bits) : { format: 1, bitDepth: 8, planes: false };
  bits.unsigned(); // log2_max_frame_num_minus4
  readPictureOrder(bits);
  const refFrames = bits.unsigned();
  bits.skip(1); // gaps_in_frame_num_value_allowed_flag
  const widthInMbs = bits.unsigned() + 1;
  const heightInMapUnits = bits.unsigned() + 1;
  const frameOnly = bits.read(1);
  if (!frameOnly) bits.skip(1);
  bits.skip(1); // direct_8x8_inference_flag
  const crop = readCrop(bits);
  const overrun = bits.overrun;
  const unitX = chroma.format === 1 || chroma.format === 2 ? 2 : 1;
  const unitY = (chroma.format === 1 ? 2 : 1) * (2 - frameOnly);
  const width = widthInMbs * 16 - crop.horizontal * (chroma.planes ? 1 : unitX);
  const height = heightInMapUnits * 16 * (2 - frameOnly) - crop.vertical * (chroma.planes ? 2 - frameOnly : unitY);
  return {
    width,
    height,
    overrun,
    value: () => ({
      ...{ width, height, profile, compatibility, level, id, refFrames },
      ...{ chromaFormat: chroma.format, bitDepth: chroma.bitDepth, interlaced: frameOnly === 0 },
      ...readVui(bits, profile),
    }),
  };
}

function readChroma(bits: BitReader): { format: number; bitDepth: number; planes: boolean } {
  const format = bits.unsigned();
  const planes = format === 3 && bits.read(1) === 1;
  const bitDepth = bits.unsigned() + 8;
  bits.unsigned(); // bit_depth_chroma_minus8
  bits.skip(1); // qpprime_y_zero_transform_bypass_flag
  if (bits.read(1)) {
    const lists = format === 3 ? 12 : 8;
    for (let list = 0; list < lists; list++) if (bits.read(1)) skipScalingList(bits, list < 6 ? 16 : 64);
  }
  return { format, bitDepth, planes };
}

/** 7.3.2.1.1.1 */
function skipScalingList(bits: BitReader, size: number): void {
  let next = 8;
  for (let index = 0; index < size && next !== 0; index++) next = (next + bits.signed() + 256) & 255;
}

function readPictureOrder(bits: BitReader): void {
  const type = bits.unsigned();
  if (type === 0) bits.unsigned();
  if (type !== 1) return;
  bits.skip(1);
  bits.signed();
  bits.signed();
  const cycle = Math.min(bits.unsigned(), 255);
  for (let index = 0; index < cycle; index++) bits.signed();
}

function readCrop(bits: BitReader): { horizontal: number; vertical: number } {
  if (!bits.read(1)) return { horizontal: 0, vertical: 0 };
  const horizontal = bits.unsigned() + bits.unsigned();
  return { horizontal, vertical: bits.unsigned() + bits.unsigned() };
}

/** E.1.1, as far as the rate and the reordering go. Cut or absurd values count as not said. */
function readVui(bits: BitReader, profile: number): { fps: number | null; maxReorderFrames: number | null } {
  const noReordering = profile === 66 ? 0 : null;
  if (!bits.read(1)) return { fps: null, maxReorderFrames: noReordering };
  if (bits.read(1) && bits.read(8) === 255) bits.skip(32); // aspect ratio
  if (bits.read(1)) bits.skip(1); // overscan
  if (bits.read(1)) {
    bits.skip(4); // video format and range
    if (bits.read(1)) bits.skip(24);
  }
  if (bits.read(1)) {
    bits.unsigned(); // chroma sample positions
    bits.unsigned();
  }
  const fps = bits.read(1) ? readTiming(bits) : null;
  const nalHrd = bits.read(1);
  if (nalHrd) skipHrd(bits);
  const vclHrd = bits.read(1);
  if (vclHrd) skipHrd(bits);
  if (nalHrd || vclHrd) bits.skip(1);
  bits.skip(1); // pic_struct_present_flag
  if (!bits.read(1)) return { fps, maxReorderFrames: noReordering };
  bits.skip(1);
  for (let skipped = 0; skipped < 4; skipped++) bits.unsigned();
  const reorder = bits.unsigned();
  return { fps, maxReorderFrames: bits.overrun || reorder > 16 ? noReordering : reorder };
}

function readTiming(bits: BitReader): number | null {
  const tick = bits.read(32);
  const scale = bits.read(32);
  bits.skip(1);
  const fps = tick > 0 ? scale / (2 * tick) : 0;
  return !bits.overrun && fps >= 0.1 && fps <= 480 ? fps : null;
}

/** E.1.2 */
function skipHrd(bits: BitReader): void {
  const count = Math.min(bits.unsigned(), 31) + 1;
  bits.skip(8);
  for (let index = 0; index < count; index++) {
    bits.unsigned();
    bits.unsigned();
    bits.skip(1);
  }
  bits.skip(20);
}

/** Takes out the emulation prevention bytes (7.4.1.1): 00 00 03 stands for 00 00. */
function unescape(nal: Uint8Array): Uint8Array {
  const length = Math.min(nal.length, MAX_SPS_BYTES);
  const out = new Uint8Array(length);
  let size = 0;
  let zeros = 0;
  for (let at = 0; at < length; at++) {
    const byte = nal[at]!;
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    out[size++] = byte;
  }
  return out.subarray(0, size);
}

/** Reads bits from the highest down; past the end it reads zeros and says so. */
class BitReader {
  overrun = false;
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  read(count: number): number {
    let value = 0;
    for (let bit = 0; bit < count; bit++, this.#at++) {
      const byte = this.#bytes[this.#at >> 3];
      if (byte === undefined) this.overrun = true;
      value = value * 2 + (((byte ?? 0) >> (7 - (this.#at & 7))) & 1);
    }
    return value;
  }

  skip(count: number): void {
    this.#at += count;
    if (this.#at > this.#bytes.length * 8) this.overrun = true;
  }

  /** ue(v), 9.1 */
  unsigned(): number {
    let zeros = 0;
    while (zeros < 32 && !this.overrun && this.read(1) === 0) zeros++;
    return 2 ** zeros - 1 + this.read(zeros);
  }

  /** se(v), 9.1.1 */
  signed(): number {
    const code = this.unsigned();
    return code % 2 === 0 ? -code / 2 : (code + 1) / 2;
  }
}
