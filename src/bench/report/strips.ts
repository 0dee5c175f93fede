// Draws distributions as SVG, one strip a side: a thin line from the 5 % quantile to the most, a bar over the half in the
// middle, a marker at the median, and what each quantile is in words.

import { colourOf, markerOf } from './colours.ts';
import { frameOf, labelWidth, round, spokenPoint, svgOf, xAxis } from './frame.ts';
import type { Axis, ChartForm } from './frame.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';

export interface Quantile {
  /** 0 to 1. */
  readonly share: number;
  readonly value: number;
  readonly words: string;
}

export interface Strip {
  readonly slot: number;
  readonly label: string;
  /** Of 5, 25, 50, 75, 95 and 100 per cent, in this order. */
  readonly quantiles: readonly Quantile[];
}

export interface StripChart {
  readonly kind: 'strips';
  readonly title: string;
  readonly subtitle: string;
  readonly x: Axis;
  readonly strips: readonly Strip[];
}

/** Height of a strip at most. */
const ROW = 62;

export function drawStrips(chart: StripChart, form: ChartForm): Markup {
  const frame = frameOf(form, { left: 0, right: 0 });
  const row = Math.min(ROW, (frame.bottom - frame.top) / chart.strips.length);
  const bottom = round(frame.top + row * chart.strips.length + 4);
  const across = (value: number): number =>
    round(frame.left + 10 + chart.x.scale.at(value) * (frame.right - frame.left - 20));
  const grid = chart.x.scale.ticks.map(
    ({ value }) => markup`<path class="grid" d="M${across(value)} ${frame.top}V${bottom}"/>`,
  );
  return svgOf(chart.title, form, [
    markup`<text class="axis-title" x="0" y="${frame.top - 20}">${chart.subtitle}</text>`,
    ...grid,
    xAxis(chart.x, { ...frame, bottom }, across),
    ...chart.strips.map((strip, at) => drawStrip(strip, { y: frame.top + row * at, row, right: frame.right }, across)),
  ]);
}

interface Row {
  readonly y: number;
  readonly row: number;
  readonly right: number;
}

function drawStrip({ slot, label, quantiles }: Strip, room: Row, across: (value: number) => number): Markup {
  const y = round(room.y + Math.min(room.row * 0.68, room.row - 8));
  const at = quantiles.map(({ value }) => across(value));
  const [low, quarter, , threeQuarters, high, most] = at;
  const drawn = markup`<path class="range strip" d="M${low!} ${y}H${most!}M${most!} ${y - 5}v10M${high!} ${y - 4}v8M${low!} ${y - 4}v8"/><path class="bar" d="M${quarter!} ${y}H${threeQuarters!}"/>`;
  const points = quantiles.map(({ share, words }, index) => {
    const x = at[index]!;
    const marker = share === 0.5 ? markerOf(slot) : 'M-1.5-4H1.5V4H-1.5Z';
    return spokenPoint({ x, y }, words, markup`<path class="marker" transform="translate(${x} ${y})" d="${marker}"/>`);
  });
  const x = round(Math.min(low!, room.right - labelWidth(label)));
  return markup`<g class="${colourOf(slot)}">${drawn}<text class="label" x="${x}" y="${round(y - 12)}">${label}</text>${points}</g>`;
}
