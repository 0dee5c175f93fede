// The test card: what the `test:` source shows. Colour bars, a grey ramp with true black and true white, the camera's
// name, a clock and a frame number for people, a moving disc, and the strip for machines. The picture is planar 4:2:0;
// what stands still is drawn once, a frame redraws the clock, the lane of the disc and the strip only.

import { CAPITAL_HEIGHT, LINE_ADVANCE, drawText, plainText, textWidth } from './font.ts';
import { drawStrip, stripHeight } from './strip.ts';
import type { LumaPlane, LumaRange, StripMark } from './strip.ts';

export interface TestCardOptions {
  /** Pixels; made even. */
  readonly width: number;
  readonly height: number;
  /** Stands above the clock. */
  readonly name: string;
  /** `limited` for video, `full` for JPEG. */
  readonly range: LumaRange;
}

/** An area of the picture, pixels. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Red, green, blue, 0 to 255. */
type Rgb = readonly [number, number, number];

const BARS: readonly Rgb[] = [
  [191, 191, 191],
  [191, 191, 0],
  [0, 191, 191],
  [0, 191, 0],
  [191, 0, 191],
  [191, 0, 0],
  [0, 0, 191],
];
const RAMP_STEPS = 11;
const PANEL: Rgb = [22, 22, 24];
const LANE: Rgb = [44, 44, 48];
const DISC: Rgb = [255, 140, 0];
const DISC_PERIOD_US = 4e6;
/** Where the bands begin, in parts of the height: bars at 0, then these, then the strip. */
const RAMP_TOP = 0.36;
const PANEL_TOP = 0.46;
const LANE_TOP = 0.775;

/** Where a card of this size is pure black and pure white: the inner halves of the ramp's first and last step. */
export function purePatches(width: number, height: number): { readonly black: Area; readonly white: Area } {
  const step = width / RAMP_STEPS;
  const band = (PANEL_TOP - RAMP_TOP) * height;
  const patch = (index: number): Area => ({
    x: Math.round(index * step + step / 4),
    y: Math.round(RAMP_TOP * height + band / 4),
    width: Math.floor(step / 2),
    height: Math.floor(band / 2),
  });
  return { black: patch(0), white: patch(RAMP_STEPS - 1) };
}

/** One picture that is drawn again for each frame. */
export class TestCard {
  readonly width: number;
  readonly height: number;
  /** The whole picture: Y plane, then U, then V, without padding. Overwritten by `draw`. */
  readonly data: Buffer;
  readonly #range: LumaRange;
  readonly #luma: LumaPlane;
  readonly #lines: Lines;

  constructor(options: TestCardOptions) {
    this.width = Math.max(2, options.width & ~1);
    this.height = Math.max(2, options.height & ~1);
    this.data = Buffer.alloc((this.width * this.height * 3) / 2, 128);
    this.#range = options.range;
    this.#luma = {
      data: this.data.subarray(0, this.width * this.height),
      stride: this.width,
      width: this.width,
      height: this.height,
    };
    this.#lines = placeLines(this.width, this.height);
    this.#drawStill(plainText(options.name));
  }

  /** Draws the frame of this number and time. */
  draw(mark: StripMark): void {
    const date = new Date(mark.timeUs / 1000);
    this.#drawLine(clockText(date), this.#lines.clock);
    this.#drawLine(`${dateText(date)}  frame ${mark.frame}`, this.#lines.frame);
    this.#drawDisc(mark.timeUs);
    drawStrip(this.#luma, mark, this.#range);
  }

  #drawStill(name: string): void {
    const { width, height } = this;
    for (const [index, colour] of BARS.entries()) {
      this.#fill(columnOf(index, BARS.length, { width, top: 0, bottom: RAMP_TOP * height }), colour);
    }
    for (let index = 0; index < RAMP_STEPS; index += 1) {
      const grey = Math.round((255 * index) / (RAMP_STEPS - 1));
      const band = { width, top: RAMP_TOP * height, bottom: PANEL_TOP * height };
      this.#fill(columnOf(index, RAMP_STEPS, band), [grey, grey, grey]);
    }
    this.#fill(columnOf(0, 1, { width, top: PANEL_TOP * height, bottom: LANE_TOP * height }), PANEL);
    this.#fill(columnOf(0, 1, { width, top: LANE_TOP * height, bottom: height }), LANE);
    this.#drawLine(name.slice(0, Math.floor(width / textWidth('M ', this.#lines.name.scale))), this.#lines.name);
    const top = even(height - stripHeight(height)) >> 1;
    const chroma = this.width >> 1;
    for (const plane of this.#chroma()) plane.fill(128, top * chroma);
  }

  #drawLine(text: string, line: Line): void {
    const { data, width } = this.#luma;
    const background = this.#yuv(PANEL)[0];
    data.fill(background, line.y * width, Math.min(this.height, line.y + line.height) * width);
    const x = Math.max(0, Math.round((width - textWidth(text, line.scale)) / 2));
    drawText(this.#luma, text, { x, y: line.y, scale: line.scale, level: this.#yuv([255, 255, 255])[0] });
  }

  #drawDisc(timeUs: number): void {
    const top = even(LANE_TOP * this.height);
    const bottom = even(this.height - stripHeight(this.height));
    this.#fill({ x: 0, y: top, width: this.width, height: bottom - top }, LANE);
    const radius = Math.floor((bottom - top) / 2) - 1;
    const phase = (timeUs % DISC_PERIOD_US) / DISC_PERIOD_US;
    const travel = this.width - 2 * radius;
    const centre = radius + travel * (phase < 0.5 ? 2 * phase : 2 - 2 * phase);
    for (let y = top; y < bottom; y += 2) {
      const rise = y + 1 - (top + bottom) / 2;
      const half = Math.sqrt(Math.max(0, radius * radius - rise * rise));
      const left = even(centre - half);
      this.#fill({ x: left, y, width: even(centre + half) - left, height: 2 }, DISC);
    }
  }

  /** Fills an area whose edges are even. */
  #fill(area: Area, colour: Rgb): void {
    const [y, u, v] = this.#yuv(colour);
    const { width } = this;
    for (let line = area.y; line < area.y + area.height; line += 1) {
      this.data.fill(y, line * width + area.x, line * width + area.x + area.width);
    }
    const stride = width >> 1;
    const values = [u, v];
    for (const [index, plane] of this.#chroma().entries()) {
      for (let line = area.y >> 1; line < (area.y + area.height) >> 1; line += 1) {
        const from = line * stride + (area.x >> 1);
        plane.fill(values[index] ?? 128, from, from + (area.width >> 1));
      }
    }
  }

  #chroma(): readonly [Buffer, Buffer] {
    const luma = this.width * this.height;
    return [this.data.subarray(luma, luma + luma / 4), this.data.subarray(luma + luma / 4)];
  }

  /** ITU-R BT.601, in the card's range. */
  #yuv([red, green, blue]: Rgb): readonly [number, number, number] {
    const y = 0.299 * red + 0.587 * green + 0.114 * blue;
    const full = this.#range === 'full';
    const chromaScale = full ? 1 : 224 / 255;
    const u = 128 + ((blue - y) / 1.772) * chromaScale;
    const v = 128 + ((red - y) / 1.402) * chromaScale;
    return [Math.round(full ? y : 16 + (y * 219) / 255), Math.round(Math.min(255, u)), Math.round(Math.min(255, v))];
  }
}

interface Line {
  readonly y: number;
  readonly scale: number;
  readonly height: number;
}

interface Lines {
  readonly name: Line;
  readonly clock: Line;
  readonly frame: Line;
}

/** Three lines of text in the panel, with equal space between. */
function placeLines(width: number, height: number): Lines {
  const panel = (LANE_TOP - PANEL_TOP) * height;
  const byWidth = (width * 0.9) / textWidth('00:00:00.000', 1);
  const large = Math.max(1, Math.floor(Math.min(byWidth, (panel * 0.5) / CAPITAL_HEIGHT)));
  const small = Math.max(1, Math.floor(large / 3));
  const gap = Math.max(1, (panel - CAPITAL_HEIGHT * (large + 2 * small)) / 4);
  const top = PANEL_TOP * height;
  const line = (y: number, scale: number): Line => ({
    y: Math.round(top + y),
    scale,
    height: Math.min((LINE_ADVANCE - 2) * scale, CAPITAL_HEIGHT * scale + Math.floor(gap)),
  });
  return {
    name: line(gap, small),
    clock: line(2 * gap + CAPITAL_HEIGHT * small, large),
    frame: line(3 * gap + CAPITAL_HEIGHT * (small + large), small),
  };
}

function columnOf(index: number, count: number, band: { width: number; top: number; bottom: number }): Area {
  const x = even((index * band.width) / count);
  const y = even(band.top);
  return { x, y, width: even(((index + 1) * band.width) / count) - x, height: even(band.bottom) - y };
}

/** The nearest even number: edges of areas lie on whole chroma samples. */
function even(value: number): number {
  return 2 * Math.round(value / 2);
}

function clockText(date: Date): string {
  const [hours, minutes, seconds] = [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits);
  return `${hours}:${minutes}:${seconds}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function dateText(date: Date): string {
  return `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
