// Draws lines against the number of viewers as SVG, each with markers, a dash and range bars of its own and its name at
// its end.

import { colourOf, dashOf, markerOf } from './colours.ts';
import { placeLabels } from './end-labels.ts';
import type { Spot } from './end-labels.ts';
import { frameOf, labelWidth, round, shortened, spokenPoint, svgOf, widestOf, widthOf, xAxis, yAxis } from './frame.ts';
import type { Axis, ChartForm, Frame } from './frame.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  /** Range of y; equal to it where there is none. */
  readonly least: number;
  readonly most: number;
  readonly words: string;
}

export interface ChartLine {
  readonly slot: number;
  readonly label: string;
  /** At least one. */
  readonly points: readonly ChartPoint[];
}

export interface Chart {
  readonly kind: 'lines';
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly ChartLine[];
  /** A value of y that matters. */
  readonly mark: { readonly value: number; readonly text: string } | null;
}

type Place = (x: number, y: number) => Spot;

export function drawLines(chart: Chart, form: ChartForm): Markup {
  const labels = chart.lines.map(({ label }) => labelWidth(shortened(label)));
  const left = widestOf(chart.y.scale.ticks.map(({ text }) => text));
  const frame = frameOf(form, { left, right: Math.max(...labels) });
  const { x, y } = chart;
  const across = (value: number): number =>
    round(frame.left + 10 + x.scale.at(value) * (frame.right - frame.left - 20));
  const up = (value: number): number => round(frame.bottom - y.scale.at(value) * (frame.bottom - frame.top));
  const place: Place = (atX, atY) => ({ x: across(atX), y: up(atY) });
  return svgOf(chart.title, form, [
    yAxis(y, frame, up),
    xAxis(x, frame, across),
    markOf(chart, frame, up),
    ...chart.lines.map((line) => pathOf(line, place)),
    namesOf(chart, frame, { place, right: form.width }),
    ...chart.lines.map((line) => pointsOf(line, place)),
  ]);
}

function markOf({ mark }: Chart, { left, right }: Frame, up: (value: number) => number): Markup {
  if (mark === null) return markup``;
  const y = up(mark.value);
  return markup`<path class="mark" d="M${left} ${y}H${right}"/><text class="mark-text" x="${right}" y="${round(y - 6)}" text-anchor="end">${mark.text}</text>`;
}

function pathOf({ points, slot }: ChartLine, place: Place): Markup {
  const spots = points.map(({ x, y }) => place(x, y));
  const path = spots.map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${x} ${y}`).join('');
  return markup`<path class="line ${colourOf(slot)}" stroke-dasharray="${dashOf(slot)}" d="${path}"/>`;
}

function pointsOf({ points, slot }: ChartLine, place: Place): Markup {
  const drawn = points.map((point) => {
    const { x, y } = place(point.x, point.y);
    const from = place(point.x, point.least).y;
    const to = place(point.x, point.most).y;
    const bar = from - to < 3 ? markup`` : markup`<path class="range" d="M${x - 4} ${from}h8m-4 0V${to}m-4 0h8"/>`;
    const marker = markup`<path class="marker" transform="translate(${x} ${y})" d="${markerOf(slot)}"/>`;
    return spokenPoint({ x, y }, point.words, markup`${bar}${marker}`);
  });
  return markup`<g class="${colourOf(slot)}">${drawn}</g>`;
}

const LEADER_FROM = 16;

function namesOf(chart: Chart, frame: Frame, { place, right }: { place: Place; right: number }): Markup {
  const ends = chart.lines.map(({ label, points }) => {
    const { x, y } = points.at(-1)!;
    return { end: place(x, y), text: shortened(label), width: labelWidth(shortened(label)) };
  });
  const markers = chart.lines.flatMap(({ points }) => points.map(({ x, y }) => place(x, y)));
  const ink = [...chart.lines.flatMap((line) => inkOf(line, place)), ...inkOfMark(chart, frame, place)];
  const room = { ...frame, right, top: frame.top - 14, bottom: frame.bottom + 6, ink, markers };
  const names = placeLabels(ends, room).map(({ x, y }, at) => {
    const { end, text } = ends[at]!;
    const beside = x > end.x && Math.abs(y - end.y) > LEADER_FROM;
    const leader = beside ? markup`<path class="leader" d="M${end.x} ${end.y}L${x - 2} ${y}"/>` : markup``;
    return markup`${leader}<text class="label" x="${round(x)}" y="${round(y + 4)}">${text}</text>`;
  });
  return markup`${names}`;
}

/** Points every few units along a line. */
function inkOf({ points }: ChartLine, place: Place): Spot[] {
  const spots = points.map(({ x, y }) => place(x, y));
  return spots.flatMap((from, at) => {
    const to = spots[at + 1] ?? from;
    const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 5));
    return Array.from({ length: steps }, (_, step) => ({
      x: from.x + ((to.x - from.x) * step) / steps,
      y: from.y + ((to.y - from.y) * step) / steps,
    }));
  });
}

/** The text at the mark's right end. */
function inkOfMark({ mark, lines, x }: Chart, { right }: Frame, place: Place): Spot[] {
  if (mark === null || lines.length === 0) return [];
  const { y } = place(x.scale.ticks[0]?.value ?? 1, mark.value);
  return Array.from({ length: Math.ceil(widthOf(mark.text) / 5) }, (_, at) => ({ x: right - at * 5, y: y - 10 }));
}
