// Boxes, lines and labels over a full-size picture in 4:2:0: the drawings that a processor gave instead of a picture.

import { CAPITAL_HEIGHT, LINE_ADVANCE, drawText, plainText, textWidth } from '../../media/font.ts';
import type { Canvas } from '../ffmpeg/made-frame.ts';
import type { Colour, Drawing, Point } from './contract.ts';

const DEFAULT_COLOUR: Colour = '#ffd400';
const INK_DARK: Colour = '#101010';
const INK_LIGHT: Colour = '#ffffff';
/** Lines are one pixel thick for each so many pixels of width; letters grow likewise. */
const PIXELS_PER_THICKNESS = 480;
const PADDING = 3;

/** Y, U and V, each a sample value. */
type Yuv = readonly [number, number, number];

/** Draws all of them; what lies outside of the picture is left out. */
export function drawAll(canvas: Canvas, drawings: readonly Drawing[]): void {
  const brush = new Brush(canvas);
  for (const drawing of drawings) {
    const colour = drawing.colour ?? DEFAULT_COLOUR;
    switch (drawing.kind) {
      case 'box':
        brush.box(drawing, colour);
        if (drawing.label !== undefined) brush.label(drawing, drawing.label, colour);
        break;
      case 'line':
        brush.line(drawing.from, drawing.to, colour);
        break;
      case 'label':
        brush.label(drawing.at, drawing.text, colour);
    }
  }
}

class Brush {
  readonly #canvas: Canvas;
  readonly #thickness: number;

  constructor(canvas: Canvas) {
    this.#canvas = canvas;
    this.#thickness = Math.max(2, Math.round(canvas.width / PIXELS_PER_THICKNESS));
  }

  box({ x, y, width, height }: { x: number; y: number; width: number; height: number }, colour: Colour): void {
    const t = this.#thickness;
    const left = this.#x(x);
    const top = this.#y(y);
    const right = Math.max(left + 2 * t, this.#x(x + width));
    const bottom = Math.max(top + 2 * t, this.#y(y + height));
    const yuv = this.#yuv(colour);
    this.#fill({ left, top, right, bottom: top + t }, yuv);
    this.#fill({ left, top: bottom - t, right, bottom }, yuv);
    this.#fill({ left, top, right: left + t, bottom }, yuv);
    this.#fill({ left: right - t, top, right, bottom }, yuv);
  }

  /** Squares from end to end, as one run of pixels for each row: hundreds of lines are drawn on the loop that all cameras share. */
  line(from: Point, to: Point, colour: Colour): void {
    const t = this.#thickness;
    const [x0, y0, x1, y1] = [this.#x(from.x), this.#y(from.y), this.#x(to.x), this.#y(to.y)];
    const steps = Math.max(1, Math.abs(x1 - x0), Math.abs(y1 - y0));
    const first = Math.min(y0, y1);
    const lefts = new Int32Array(Math.abs(y1 - y0) + t).fill(Math.max(x0, x1));
    const rights = new Int32Array(lefts.length).fill(Math.min(x0, x1));
    for (let step = 0; step <= steps; step++) {
      const left = Math.round(x0 + ((x1 - x0) * step) / steps);
      const top = Math.round(y0 + ((y1 - y0) * step) / steps) - first;
      for (let row = top; row < top + t; row++) {
        lefts[row] = Math.min(lefts[row]!, left);
        rights[row] = Math.max(rights[row]!, left + t);
      }
    }
    const yuv = this.#yuv(colour);
    for (const [row, left] of lefts.entries()) {
      this.#fill({ left, right: rights[row]!, top: first + row, bottom: first + row + 1 }, yuv);
    }
  }

  /** Text in a filled plate whose lower left corner stands at the point, inside of the picture. */
  label({ x, y }: Point, given: string, colour: Colour): void {
    const { width, planes, strides, height } = this.#canvas;
    const scale = Math.max(1, Math.round(width / (PIXELS_PER_THICKNESS * 1.5)));
    const text = plainText(given);
    const plateWidth = textWidth(text, scale) + 2 * PADDING * scale;
    const plateHeight = LINE_ADVANCE * scale + PADDING;
    const left = Math.max(0, Math.min(this.#x(x), width - plateWidth));
    const top = Math.max(0, Math.min(this.#y(y) - plateHeight, height - plateHeight));
    this.#fill({ left, top, right: left + plateWidth, bottom: top + plateHeight }, this.#yuv(colour));
    const ink = this.#yuv(brightness(colour) > 140 ? INK_DARK : INK_LIGHT);
    const luma = { data: planes[0], stride: strides[0], width, height };
    const rise = Math.floor((plateHeight - CAPITAL_HEIGHT * scale) / 2);
    drawText(luma, text, { x: left + PADDING * scale, y: top + rise, scale, level: ink[0] });
  }

  #fill(area: { left: number; top: number; right: number; bottom: number }, [luma, u, v]: Yuv): void {
    const { planes, strides, width, height } = this.#canvas;
    const left = Math.max(0, area.left);
    const right = Math.min(width, area.right);
    const top = Math.max(0, area.top);
    const bottom = Math.min(height, area.bottom);
    if (left >= right) return;
    for (let y = top; y < bottom; y++) planes[0].fill(luma, y * strides[0] + left, y * strides[0] + right);
    for (let y = top >> 1; y < (bottom + 1) >> 1; y++) {
      planes[1].fill(u, y * strides[1] + (left >> 1), y * strides[1] + ((right + 1) >> 1));
      planes[2].fill(v, y * strides[2] + (left >> 1), y * strides[2] + ((right + 1) >> 1));
    }
  }

  #x(share: number): number {
    return Math.round(share * this.#canvas.width);
  }

  #y(share: number): number {
    return Math.round(share * this.#canvas.height);
  }

  /** ITU-R BT.601. */
  #yuv(colour: Colour): Yuv {
    const [r, g, b] = rgb(colour);
    const luma = 0.299 * r + 0.587 * g + 0.114 * b;
    const [u, v] = [(b - luma) * 0.564, (r - luma) * 0.713];
    if (this.#canvas.isFullRange) return [luma, 128 + u, 128 + v];
    return [16 + (luma * 219) / 255, 128 + (u * 224) / 255, 128 + (v * 224) / 255];
  }
}

function rgb(colour: Colour): readonly [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

function brightness(colour: Colour): number {
  const [r, g, b] = rgb(colour);
  return 0.299 * r + 0.587 * g + 0.114 * b;
}
