// The tables of a report's page: every figure with its range, grouped by number of viewers.

import type { Compared, Comparison } from './compared.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import { digits, even, oneLine, percent, range, viewersText, whole } from './numbers.ts';
import type { Figure, StepFigures, Tail } from '../figures.ts';

interface Column {
  readonly head: string;
  readonly cell: (step: StepFigures, side: Compared) => Markup;
}

interface Table {
  readonly title: string;
  readonly columns: readonly Column[];
}

const UNKNOWN = markup`<span title="not known">–</span>`;

const TABLES: readonly Table[] = [
  {
    title: 'Pictures',
    columns: [
      { head: 'Viewers with a picture', cell: ({ served }) => figureCell(served, whole) },
      { head: 'Slowest viewer, fps', cell: ({ leastFps }) => figureCell(leastFps) },
      { head: 'Middle viewer, fps', cell: ({ medianFps }) => figureCell(medianFps) },
      { head: 'Refused, all windows', cell: (step, side) => refusedCell(step, side) },
      { head: 'Broken off, all windows', cell: ({ broken }) => markup`${digits(broken)}` },
    ],
  },
  {
    title: 'First picture, camera closed before (ms)',
    columns: firstColumns('cold'),
  },
  {
    title: 'First picture while others watch (ms)',
    columns: firstColumns('hot'),
  },
  {
    title: 'Delay and loss',
    columns: [
      ...tailColumns('Delay, ms', ({ delayMs }) => delayMs),
      {
        head: 'Frames lost',
        cell: ({ lost, lostShare }) => figureCell(lost, whole, lostShare && percent(lostShare.median)),
      },
      { head: 'Repeated', cell: ({ repeated }) => figureCell(repeated, whole) },
      { head: 'Out of order', cell: ({ reordered }) => figureCell(reordered, whole) },
      { head: 'Not readable', cell: ({ unread }) => figureCell(unread, whole) },
    ],
  },
  {
    title: 'What it costs',
    columns: [
      { head: 'CPU, cores', cell: ({ cores }) => figureCell(cores) },
      { head: 'CPU a picture, µs', cell: ({ cpuUsPerPart }) => figureCell(cpuUsPerPart) },
      { head: 'Memory (PSS), MB', cell: ({ pssMb }) => figureCell(pssMb) },
      { head: 'Sessions', cell: ({ sessions }) => figureCell(sessions, whole) },
      { head: 'Threads', cell: ({ threads }) => figureCell(threads, whole) },
      { head: 'Load client, cores', cell: ({ clientCores }) => figureCell(clientCores) },
      { head: 'of the server’s', cell: ({ clientShare }) => figureCell(clientShare, percent) },
    ],
  },
  {
    title: 'After the viewers have left',
    columns: [
      { head: 'Camera closed after, s', cell: ({ after }) => afterCell(after?.closedAfterS ?? null) },
      { head: 'CPU as before after, s', cell: ({ after }) => afterCell(after?.quietAfterS ?? null) },
      { head: 'Waited at most, s', cell: ({ after }) => afterCell(after?.limitS ?? null) },
    ],
  },
];

function firstColumns(which: 'cold' | 'hot'): Column[] {
  return [
    ...tailColumns('Response headers', (step) => step[which].headersMs),
    ...tailColumns('First part', (step) => step[which].partMs),
    ...tailColumns('Whole picture', (step) => step[which].pictureMs),
  ];
}

function tailColumns(name: string, read: (step: StepFigures) => Tail | null): Column[] {
  return [
    { head: `${name}, p50`, cell: (step) => figureCell(read(step)?.p50 ?? null) },
    { head: 'p95', cell: (step) => figureCell(read(step)?.p95 ?? null) },
    { head: 'max', cell: (step) => figureCell(read(step)?.max ?? null) },
  ];
}

/** All tables that have something in them. */
export function figureTables(comparison: Comparison): Markup {
  return markup`${TABLES.map((table) => tableOf(table, comparison))}`;
}

function tableOf({ title, columns }: Table, { sides, viewers }: Comparison): Markup {
  const groups = viewers.flatMap((count) => {
    const rows = sides.flatMap((side) => {
      const step = side.steps.find((it) => it.viewers === count);
      return step === undefined
        ? []
        : [{ name: oneLine(side.side.name), cells: columns.map(({ cell }) => cell(step, side)) }];
    });
    const told = rows.filter(({ cells }) => cells.some((cell) => cell !== UNKNOWN));
    return told.length === 0 ? [] : [{ count, rows: told }];
  });
  if (groups.length === 0) return markup``;
  const heads = columns.map(({ head }) => markup`<th scope="col">${head}</th>`);
  return markup`<h3>${title}</h3><div class="scroll" tabindex="0" role="region" aria-label="${title}"><table><thead><tr><th scope="col">Side</th>${heads}</tr></thead>${groups.map(
    ({ count, rows }) =>
      markup`<tbody><tr class="group"><th scope="rowgroup" colspan="${columns.length + 1}">${viewersText(count)}</th></tr>${rows.map(
        ({ name, cells }) =>
          markup`<tr><th scope="row" title="${name}">${name}</th>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>`,
      )}</tbody>`,
  )}</table></div>`;
}

function figureCell(figure: Figure | null, text = even, beside: string | null = null): Markup {
  if (figure === null) return UNKNOWN;
  const spread = [range(figure, text), beside].filter((it) => it !== null).join('; ');
  return markup`${text(figure.median)}${spread === '' ? markup`` : markup`<small>${spread}</small>`}`;
}

function afterCell(seconds: number | null): Markup {
  return seconds === null ? UNKNOWN : markup`${even(seconds)}`;
}

function refusedCell({ refused, viewers }: StepFigures, { side }: Compared): Markup {
  const windows = side.steps.find((step) => step.viewers === viewers)?.windows ?? [];
  const said = windows.flatMap(({ load }) =>
    load.refused.map(({ status, problem }) => `${status}${problem ? ` ${problem.code}` : ''}`),
  );
  const reasons = [...new Set(said)].map(oneLine).join(', ');
  return markup`${digits(refused)}${reasons === '' ? markup`` : markup`<small>${reasons}</small>`}`;
}
