// What all plots have in common: the SVG around them, axes with ticks, and how wide text is.

import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import type { Scale, Tick } from './scales.ts';

export interface Axis {
  readonly title: string;
  readonly scale: Scale;
}

export interface ChartForm {
  readonly width: number;
  readonly height: number;
  /** `alone`: with its title in it. A page has one of each other kind and shows what there is room for. */
  readonly form: 'alone' | 'wide' | 'narrow';
  /** Goes first: a style, for a plot that stands alone. */
  readonly style: Markup;
}

/** The area between the axes. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A point that says in words what it is, for whoever hovers, listens, or moves there by key. */
export function spokenPoint(at: { readonly x: number; readonly y: number }, words: string, drawn: Markup): Markup {
  return markup`<g class="point" role="img" data-x="${at.x}" data-y="${at.y}"><title>${words}</title>${drawn}</g>`;
}

/** Around a plot that stands alone. */
const EDGE = 14;

export function svgOf(title: string, form: ChartForm, drawn: readonly Markup[]): Markup {
  const edge = form.form === 'alone' ? EDGE : 0;
  const [width, height] = [form.width + 2 * edge, form.height + 2 * edge];
  const heading = form.form === 'alone' ? markup`<text class="title" x="0" y="24">${title}</text>` : markup``;
  return markup`<svg class="plot ${form.form}" xmlns="http://www.w3.org/2000/svg" viewBox="${-edge} ${-edge} ${width} ${height}" width="${width}" height="${height}" role="group" aria-label="${title}">${form.style}${heading}${drawn}</svg>`;
}

/** Leaves room for a title where the form has one, for axis titles, and for texts on both sides. */
export function frameOf(form: ChartForm, beside: { readonly left: number; readonly right: number }): Frame {
  return {
    left: 14 + beside.left,
    right: form.width - 14 - beside.right,
    top: form.form === 'alone' ? 70 : 34,
    bottom: form.height - 46,
  };
}

export function xAxis({ title, scale }: Axis, frame: Frame, place: (value: number) => number): Markup {
  const { left, right, bottom } = frame;
  const ticks = apart(scale.ticks, place).map(
    ({ value, text }) =>
      markup`<path class="edge" d="M${place(value)} ${bottom}v5"/><text class="tick" x="${place(value)}" y="${bottom + 18}" text-anchor="middle">${text}</text>`,
  );
  const half = widthOf(title) / 2;
  const middle = round(Math.max((left + right) / 2, half + 4));
  return markup`<path class="edge" d="M${left} ${bottom}H${right}"/>${ticks}<text class="axis-title" x="${middle}" y="${bottom + 38}" text-anchor="middle">${title}</text>`;
}

export function yAxis({ title, scale }: Axis, { left, right, top }: Frame, place: (value: number) => number): Markup {
  const rows = scale.ticks.map(
    ({ value, text }) =>
      markup`<path class="grid" d="M${left} ${place(value)}H${right}"/><text class="tick" x="${left - 7}" y="${round(place(value) + 4)}" text-anchor="end">${text}</text>`,
  );
  return markup`${rows}<text class="axis-title" x="0" y="${top - 20}">${title}</text>`;
}

/** Numbers that would touch the one before are left out. */
function apart(ticks: readonly Tick[], place: (value: number) => number): Tick[] {
  let free = -Infinity;
  return ticks.map((tick) => {
    const half = widthOf(tick.text) / 2;
    const at = place(tick.value);
    if (at - half < free) return { ...tick, text: '' };
    free = at + half + 6;
    return tick;
  });
}

/** Width of a letter in the plots' font, on average. */
const LETTER = 6.4;
const BOLD = 1.15;
const LABEL_LETTERS = 18;

export function widthOf(text: string): number {
  return Array.from(text).reduce((sum, letter) => sum + (letter > '\u2e7f' ? 2 : 1) * LETTER, 0);
}

export function widestOf(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(widthOf));
}

/** Of a line's name, which is bold. */
export function labelWidth(label: string): number {
  return widthOf(label) * BOLD;
}

export function shortened(label: string): string {
  const letters = Array.from(label);
  return letters.length <= LABEL_LETTERS ? label : `${letters.slice(0, LABEL_LETTERS - 1).join('')}…`;
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
