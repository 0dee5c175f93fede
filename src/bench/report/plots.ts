// The plots of a report: what is drawn in each, and each as SVG that stands alone or stands in the page.

import { compare } from './compared.ts';
import type { Compared, Comparison } from './compared.ts';
import { drawLines } from './chart.ts';
import type { Chart, ChartLine, ChartPoint } from './chart.ts';
import { asLight, plotStyle, slotsOf } from './colours.ts';
import { shortened } from './frame.ts';
import type { ChartForm } from './frame.ts';
import { Markup, markup } from './markup.ts';
import { digits, oneLine, range, viewersText } from './numbers.ts';
import { linearScale, logScale, logScaleOf } from './scales.ts';
import { drawStrips } from './strips.ts';
import type { Quantile, Strip, StripChart } from './strips.ts';
import { percentile } from '../statistics.ts';
import type { Figure, StepFigures } from '../figures.ts';
import type { BenchReport } from '../types.ts';

export type PlotName = 'fps' | 'cpu' | 'cpu-per-picture' | 'first-picture' | 'memory' | 'delay';

export type Plot = Chart | StripChart;

interface Described {
  readonly title: string;
  /** Of the axis. */
  readonly y: string;
  readonly unit: string;
  readonly scale: 'linear' | 'log';
  readonly read: (step: StepFigures) => Figure | null;
  readonly mark: (comparison: Comparison, most: number) => Chart['mark'];
}

const none = (): null => null;

/** Plots against the number of viewers. */
const DESCRIBED: Readonly<Record<Exclude<PlotName, 'delay'>, Described>> = {
  fps: {
    title: 'Pictures that the slowest viewer gets',
    y: 'fps of the slowest viewer',
    unit: 'fps',
    scale: 'linear',
    read: ({ leastFps }) => leastFps,
    mark: ({ fps }) => ({ value: fps, text: `held from ${digits(fps)} fps up` }),
  },
  cpu: {
    title: 'CPU of the server',
    y: 'cores in use',
    unit: 'cores',
    scale: 'linear',
    read: ({ cores }) => cores,
    mark: ({ report: { machine } }, most) =>
      most < machine.cores / 2 ? null : { value: machine.cores, text: `all ${digits(machine.cores)} cores` },
  },
  'cpu-per-picture': {
    title: 'CPU for each picture delivered',
    y: 'microseconds a picture',
    unit: 'microseconds',
    scale: 'log',
    read: ({ cpuUsPerPart }) => cpuUsPerPart,
    mark: none,
  },
  'first-picture': {
    title: 'First picture while others watch',
    y: 'ms from request to picture, median viewer',
    unit: 'ms',
    scale: 'log',
    read: ({ hot }) => hot.pictureMs?.p50 ?? null,
    mark: none,
  },
  memory: {
    title: 'Memory of the server',
    y: 'PSS in megabytes',
    unit: 'MB',
    scale: 'linear',
    read: ({ pssMb }) => pssMb,
    mark: none,
  },
};

export const PLOTS: readonly PlotName[] = ['fps', 'cpu', 'cpu-per-picture', 'first-picture', 'delay', 'memory'];

/** What a plot shows; null: nobody has such a figure. */
export function chartOf(comparison: Comparison, name: PlotName): Plot | null {
  return name === 'delay' ? delayChart(comparison) : viewersChart(comparison, DESCRIBED[name]);
}

function draw(chart: Plot, form: ChartForm): Markup {
  return chart.kind === 'lines' ? drawLines(chart, form) : drawStrips(chart, form);
}

const STANDALONE = { width: 720, height: 420, form: 'alone' as const };

/** A plot as a file of its own, light on every page; null: nobody has such a figure. */
export function plotSvg(report: BenchReport, name: PlotName): string | null {
  const chart = chartOf(compare(report), name);
  if (chart === null) return null;
  const paper = markup`<rect x="-50%" y="-50%" width="200%" height="200%" fill="${asLight('paper')}"/>`;
  const style = markup`<style>${new Markup(plotStyle(asLight))}</style>${paper}`;
  return `${draw(chart, { ...STANDALONE, style }).text}\n`;
}

/** A plot of a page, whose style gives it colours. */
export function plotIn(chart: Plot, size: Pick<ChartForm, 'width' | 'height' | 'form'>): Markup {
  return draw(chart, { ...size, style: markup`` });
}

function viewersChart(comparison: Comparison, described: Described): Chart | null {
  const lines = linesOf(comparison, described);
  const points = lines.flatMap((line) => line.points);
  if (points.length === 0) return null;
  const most = Math.max(...points.map((it) => it.most));
  const mark = described.mark(comparison, most);
  const isLog = described.scale === 'log';
  return {
    kind: 'lines',
    title: described.title,
    x: { title: 'viewers (logarithmic)', scale: logScaleOf(comparison.viewers, digits) },
    y: {
      title: isLog ? `${described.y} (logarithmic)` : described.y,
      scale: isLog
        ? logScale(
            points.flatMap((it) => [it.least, it.most]),
            digits,
          )
        : linearScale(Math.max(most, mark?.value ?? 0), digits),
    },
    lines,
    mark,
  };
}

function linesOf({ sides }: Comparison, described: Described): ChartLine[] {
  const slots = slotsOf(sides.map(({ side }) => side));
  return sides.flatMap((it, at) => {
    const points = pointsOf(it, described);
    return points.length === 0 ? [] : [{ slot: slots[at]!, label: oneLine(it.side.name), points }];
  });
}

function pointsOf({ side, steps }: Compared, { read, unit, scale }: Described): ChartPoint[] {
  return steps.flatMap((step) => {
    const figure = read(step);
    if (figure === null || (scale === 'log' && figure.least <= 0)) return [];
    const { median: y, least, most } = figure;
    const spread = range(figure);
    const words = `${oneLine(side.name)}, ${viewersText(step.viewers)}: ${digits(y)} ${unit}${spread === null ? '' : ` (${spread})`}`;
    return [{ x: step.viewers, y, least, most, words }];
  });
}

const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95, 1];

function delayChart(comparison: Comparison): StripChart | null {
  const slots = slotsOf(comparison.sides.map(({ side }) => side));
  const strips = comparison.sides.flatMap((side, at) => delayStrip(side, slots[at]!) ?? []);
  const delays = strips.flatMap(({ quantiles }) => quantiles.map(({ value }) => value));
  if (delays.length === 0) return null;
  return {
    kind: 'strips',
    title: 'Delay of pictures',
    subtitle: '5, 25, 50, 75, 95 and 100 % of them arrive within',
    x: { title: 'ms from capture to arrival (logarithmic)', scale: logScale(delays, digits) },
    strips,
  };
}

function delayStrip({ side, telling }: Compared, slot: number): Strip | null {
  const windows = side.steps.find(({ viewers }) => viewers === telling?.viewers)?.windows ?? [];
  const delays = windows.flatMap(({ probe }) => probe?.delaysMs ?? []).filter((it) => it > 0);
  if (telling === null || delays.length === 0) return null;
  const label = `${shortened(oneLine(side.name))}, ${viewersText(telling.viewers)}`;
  const quantiles = QUANTILES.map((share): Quantile => {
    const value = percentile(delays, share);
    const words = `${oneLine(side.name)}, ${viewersText(telling.viewers)}: ${digits(share * 100)} % of the pictures within ${digits(value)} ms`;
    return { share, value, words };
  });
  return { slot, label, quantiles };
}
