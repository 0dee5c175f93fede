// What the bench's own camera films: a textured room that it turns through once a loop, with the noise of a sensor, a
// frame number for people and the strip for machines. A card of plain areas compresses several times better than what
// cameras see, and would flatter every decoder and encoder. The same at each run: nothing is left to chance.

import { drawText, textWidth } from '../../media/font.ts';
import { drawStrip } from '../../media/strip.ts';
import type { LumaPlane } from '../../media/strip.ts';

export interface SceneShape {
  /** Pixels, even. */
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** Pictures of the loop. */
  readonly frames: number;
}

/** Waves of the texture: pixels of one at 1280 wide, and how many grey levels it moves. */
const TEXTURE = [
  { size: 320, levels: 60 },
  { size: 80, levels: 34 },
  { size: 20, levels: 22 },
  { size: 8, levels: 10 },
] as const;
const COLOUR = [
  { size: 256, levels: 26 },
  { size: 64, levels: 10 },
] as const;
const DARKEST = 30;
const BRIGHTEST = 220;
/** Grey levels that a sensor's noise moves a pixel at most. */
const NOISE_LEVELS = 6;
const NOISE_BYTES = 1 << 18;
const REFERENCE_WIDTH = 1280;

export class Scene {
  /** Planes Y, U, V of the picture drawn last, packed, limited range. */
  readonly data: Buffer;
  readonly #shape: SceneShape;
  readonly #luma: LumaPlane;
  readonly #room: readonly Plane[];
  readonly #noise: Int8Array;

  constructor(shape: SceneShape) {
    const { width, height } = shape;
    this.#shape = shape;
    this.data = Buffer.alloc((width * height * 3) / 2);
    this.#luma = { data: this.data.subarray(0, width * height), stride: width, width, height };
    const half = { width: width / 2, height: height / 2 };
    this.#room = [
      texture({ width, height, scale: width / REFERENCE_WIDTH, seed: 1, waves: TEXTURE, middle: 120 }),
      texture({ ...half, scale: half.width / REFERENCE_WIDTH, seed: 2, waves: COLOUR, middle: 128 }),
      texture({ ...half, scale: half.width / REFERENCE_WIDTH, seed: 3, waves: COLOUR, middle: 128 }),
    ];
    this.#noise = sensorNoise();
  }

  /** Draws the picture of this number in the loop, which stands in its strip. */
  draw(frame: number): void {
    const { width, height, fps, frames } = this.#shape;
    const turned = 2 * Math.round((frame * width) / frames / 2);
    let offset = 0;
    for (const [index, plane] of this.#room.entries()) {
      turn(this.data, offset, plane, index === 0 ? turned : turned / 2);
      offset += plane.width * plane.height;
    }
    this.#addNoise(frame);
    const scale = Math.max(1, Math.round(height / 180));
    const text = `frame ${frame}`;
    const x = Math.round((width - textWidth(text, scale)) / 2);
    drawText(this.#luma, text, { x, y: Math.round(height / 20), scale, level: 235 });
    drawStrip(this.#luma, { frame, timeUs: Math.round((frame * 1e6) / fps) });
  }

  #addNoise(frame: number): void {
    const { data, width, height } = this.#luma;
    const noise = this.#noise;
    for (let line = 0; line < height; line++) {
      let from = hash(frame, line, 7) & (NOISE_BYTES - 1);
      const end = (line + 1) * width;
      for (let at = line * width; at < end; at++) {
        data[at] = data[at]! + noise[from]!;
        from = (from + 1) & (NOISE_BYTES - 1);
      }
    }
  }
}

interface Plane {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

interface Wish {
  readonly width: number;
  readonly height: number;
  /** Of the waves' sizes. */
  readonly scale: number;
  readonly seed: number;
  readonly waves: readonly { readonly size: number; readonly levels: number }[];
  readonly middle: number;
}

/** A plane whose left edge goes on where its right one ends. */
function texture({ width, height, scale, seed, waves, middle }: Wish): Plane {
  const levels = new Float32Array(width * height).fill(middle);
  for (const [octave, wave] of waves.entries()) {
    addWave(levels, { width, height, seed: seed * 16 + octave, levels: wave.levels, size: wave.size * scale });
  }
  const data = Buffer.alloc(width * height);
  for (let at = 0; at < data.length; at++) {
    data[at] = Math.min(BRIGHTEST, Math.max(DARKEST, Math.round(levels[at]!)));
  }
  return { data, width, height };
}

interface Wave {
  readonly width: number;
  readonly height: number;
  readonly seed: number;
  readonly levels: number;
  readonly size: number;
}

/** Values at the corners of a grid, between them by straight lines. */
function addWave(into: Float32Array, { width, height, seed, levels, size }: Wave): void {
  const columns = Math.max(2, Math.round(width / Math.max(2, size)));
  const cell = width / columns;
  const corner = (column: number, row: number): number =>
    ((hash(column % columns, row, seed) & 0xffff) / 0x7fff - 1) * levels;
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / cell);
    const down = y / cell - row;
    for (let column = 0; column < columns; column++) {
      const left = corner(column, row) * (1 - down) + corner(column, row + 1) * down;
      const right = corner(column + 1, row) * (1 - down) + corner(column + 1, row + 1) * down;
      const end = Math.min(width, Math.ceil((column + 1) * cell));
      for (let x = Math.ceil(column * cell); x < end; x++) {
        into[y * width + x]! += left + (right - left) * (x / cell - column);
      }
    }
  }
}

/** Copies the room as it is seen after turning by so many pixels. */
function turn(into: Buffer, offset: number, { data, width, height }: Plane, by: number): void {
  const first = by % width;
  for (let line = 0; line < height; line++) {
    const begin = line * width;
    const half = data.copy(into, offset + begin, begin + first, begin + width);
    data.copy(into, offset + begin + half, begin, begin + first);
  }
}

/** The sum of two even ones: small values are more frequent. */
function sensorNoise(): Int8Array {
  return Int8Array.from({ length: NOISE_BYTES }, (_, index) => {
    const value = hash(index, 0, 11);
    const sum = (value & 0xff) + ((value >> 8) & 0xff) - 255;
    return Math.round((sum / 255) * NOISE_LEVELS);
  });
}

/** The same 32 bits for the same three numbers, which look like chance. */
function hash(one: number, two: number, three: number): number {
  let value = Math.imul(one ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(two + 0x7f4a7c15, 0xc2b2ae35);
  value = Math.imul(value ^ (value >>> 15) ^ Math.imul(three, 0x27d4eb2f), 0x2c1b3c6d);
  value = Math.imul(value ^ (value >>> 12), 0x297a2d39);
  return (value ^ (value >>> 15)) >>> 0;
}
