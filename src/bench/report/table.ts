// A report for the terminal: first what it says in sentences, then for each number of viewers one row a side. Fits 120
// columns and needs nothing but ASCII, except for names that people gave.

import { compare } from './compared.ts';
import type { Compared } from './compared.ts';
import { digits, even, noise, oneLine, viewersText } from './numbers.ts';
import { reading } from './reading.ts';
import type { Figure, StepFigures, Tail } from '../figures.ts';
import type { BenchReport } from '../types.ts';

const COLUMNS = 120;
const NAME_COLUMNS = 20;
const UNKNOWN = '-';

/** Two lines of head, and what stands below. */
const FIGURES: readonly (readonly [string, string, (step: StepFigures) => string])[] = [
  ['got', 'any', ({ served }) => short(served)],
  ['fps low/', 'middle', ({ leastFps, medianFps }) => slashed([leastFps, medianFps], even) + noiseOf(leastFps)],
  ['cold', 'ms', ({ cold }) => tailOf(cold.pictureMs) + noiseOf(cold.pictureMs?.p50)],
  ['hot p50/', 'p95/max ms', ({ hot }) => tailOf(hot.pictureMs)],
  ['delay p50', '/p95 ms', ({ delayMs }) => slashed([delayMs?.p50, delayMs?.p95])],
  ['lost/', 'again', ({ lost, repeated }) => slashed([lost, repeated])],
  ['CPU', 'cores', ({ cores }) => (cores === null ? UNKNOWN : even(cores.median)) + noiseOf(cores)],
  ['CPU us', '/picture', ({ cpuUsPerPart }) => short(cpuUsPerPart) + noiseOf(cpuUsPerPart)],
  ['PSS', 'MB', ({ pssMb }) => short(pssMb)],
  ['ses-', 'sion', ({ sessions }) => short(sessions)],
  ['thr-', 'eads', ({ threads }) => short(threads)],
  ['closed', 's', ({ after }) => (after?.closedAfterS == null ? UNKNOWN : compact(after.closedAfterS))],
];

export function reportTable(report: BenchReport): string {
  const { sides, viewers } = compare(report);
  const heads = [
    ['', ...FIGURES.map(([first]) => first)],
    ['', ...FIGURES.map(([, second]) => second)],
  ];
  const groups = viewers.map((count) => ({ count, rows: rowsOf(sides, count) }));
  const line = lineOf([...heads, ...groups.flatMap(({ rows }) => rows)]);
  return [
    ...reading(report).flatMap((sentence) => wrapped(sentence)),
    '',
    ...(groups.length === 0 ? [] : heads.map(line)),
    ...groups.flatMap(({ count, rows }) => [viewersText(count), ...rows.map(line)]),
    '',
    ...foot(report).flatMap((sentence) => wrapped(sentence)),
    '',
  ].join('\n');
}

function rowsOf(sides: readonly Compared[], count: number): string[][] {
  return sides.flatMap(({ side, steps }) => {
    const step = steps.find(({ viewers }) => viewers === count);
    if (step === undefined) return [];
    return [[cut(`  ${oneLine(side.name)}`, NAME_COLUMNS), ...FIGURES.map(([, , cell]) => cell(step))]];
  });
}

/** Sets cells into columns; where they are too wide together, first the gaps shrink, then the names. */
function lineOf(rows: readonly (readonly string[])[]): (cells: readonly string[]) => string {
  const [name = 0, ...widths] = rows[0]!.map((_, column) => Math.max(...rows.map((cells) => columns(cells[column]!))));
  const sum = widths.reduce((all, width) => all + width, 0);
  const gap = name + sum + 2 * widths.length <= COLUMNS ? 2 : 1;
  const left = Math.min(name, COLUMNS - sum - gap * widths.length);
  return ([first = '', ...figures]) => {
    const start = cut(first, left);
    const padded = figures.map((cell, column) => ' '.repeat(gap) + cell.padStart(widths[column]!));
    return (start + ' '.repeat(left - columns(start)) + padded.join('')).trimEnd();
  };
}

function foot({ machine, camera, notes, options }: BenchReport): string[] {
  return [
    `got any: viewers that got a picture. low, middle: the slowest viewer and the one in the middle. cold, hot: from the request to the first whole picture, alone on a closed camera, and while others watch. lost, again: the camera's frames of a window that did not come or came twice. closed: until no session was left. ${options.windows < 2 ? 'No range' : '~3%: half the range of the windows'}. k: thousand. -: not known.`,
    `Camera: ${oneLine(camera.display)}, ${oneLine(camera.codec)}, ${camera.width} x ${camera.height}, ${digits(camera.fps)} fps.`,
    `Machine: ${oneLine(machine.cpu)}, ${machine.cores} cores, ${digits(machine.memoryMb)} MB; ${oneLine(machine.system)}; Node ${machine.node}; Sightline ${machine.sightline}.`,
    ...(notes.length === 0 ? [] : [`Notes: ${notes.map(oneLine).join(' ')}`]),
  ];
}

function short(figure: Figure | null | undefined): string {
  return figure ? compact(figure.median) : UNKNOWN;
}

/** At most five characters. */
function compact(value: number): string {
  if (value >= 1e7) return `${Math.round(value / 1e6)}M`;
  if (value >= 1e4) return `${Math.round(value / 1e3)}k`;
  if (value >= 100 || Number.isInteger(value)) return String(Math.round(value));
  return value.toPrecision(2);
}

function noiseOf(figure: Figure | null | undefined): string {
  return figure ? noise(figure) : '';
}

function slashed(figures: readonly (Figure | null | undefined)[], text = compact): string {
  return figures.every((it) => it) ? figures.map((it) => text(it!.median)).join('/') : UNKNOWN;
}

/** One number where all three are one: of a single viewer. */
function tailOf(tail: Tail | null): string {
  if (tail === null) return UNKNOWN;
  const texts = [tail.p50, tail.p95, tail.max].map(({ median }) => compact(median));
  return new Set(texts).size === 1 ? texts[0]! : texts.join('/');
}

/** Characters that a terminal draws two columns wide (East Asian scripts, emoji). */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

function columns(text: string): number {
  return Array.from(text).reduce((sum, it) => sum + (WIDE.test(it) ? 2 : 1), 0);
}

function cut(text: string, most: number): string {
  if (columns(text) <= most) return text;
  let kept = '';
  for (const it of text) {
    if (columns(kept + it) > most - 2) break;
    kept += it;
  }
  return `${kept}..`;
}

function wrapped(sentence: string): string[] {
  const lines: string[] = [];
  for (const word of sentence.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && columns(`${last} ${word}`) <= COLUMNS) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(last === undefined ? word : `  ${word}`);
  }
  return lines.map((it) => cut(it, COLUMNS));
}
