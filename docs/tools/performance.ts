// Writes docs/performance.md and docs/plots/ from the newest runs in bench/results/: `node docs/tools/performance.ts`.
// What people write stands in performance-prose.md beside this file, with {{figures}} and {{comparison}} where the
// results belong. A test keeps page and plots current.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { table } from '../../bench/ground/figures.ts';
import type { Measured, OwnRun } from '../../bench/ground/own-run.ts';
import { readResults } from '../../bench/ground/results.ts';
import type { Results } from '../../bench/ground/results.ts';
import { PLOTS, plotSvg } from '../../src/bench/report/plots.ts';
import { reportTable } from '../../src/bench/report/table.ts';
import type { BenchReport, Machine } from '../../src/bench/types.ts';

export interface PerformancePage {
  readonly text: string;
  /** Files of docs/plots/ by name. */
  readonly plots: ReadonlyMap<string, string>;
}

interface Plot {
  readonly name: string;
  readonly svg: string;
}

const PROSE = new URL('performance-prose.md', import.meta.url);
const RESULTS = new URL('../../bench/results/', import.meta.url);
const PAGE = new URL('../performance.md', import.meta.url);
const PLOTS_FOLDER = new URL('../plots/', import.meta.url);

const NO_RUN = '_No run of these is kept in `bench/results/` yet._';

/** The page as it should stand in docs/, made of what is kept. */
export function currentPage(): PerformancePage {
  return performancePage(readResults(fileURLToPath(RESULTS)), readFileSync(PROSE, 'utf8'));
}

export function performancePage(results: Results, prose: string): PerformancePage {
  const newest = results.comparisons.at(-1) ?? null;
  const plots = newest === null ? [] : plotsOf(newest.report);
  const comparison = newest === null ? NO_RUN : comparisonSection(newest.report, plots);
  const own = sectionsOf(results).map(({ run, measured }) => ownSection(run, measured));
  const text = prose
    .replace('{{figures}}', () => (own.length > 0 ? own.join('\n\n') : NO_RUN))
    .replace('{{comparison}}', () => comparison);
  return { text, plots: new Map(plots.map(({ name, svg }) => [`${name}.svg`, svg])) };
}

/** The plots of a report that have something to show. */
function plotsOf(report: BenchReport): Plot[] {
  return PLOTS.flatMap((name) => {
    const svg = plotSvg(report, name);
    return svg === null ? [] : [{ name, svg }];
  });
}

/** Each benchmark as the newest run that has figures of it; runs that are still needed, newest first. */
function sectionsOf({ runs }: Results): { run: OwnRun; measured: Measured[] }[] {
  const seen = new Set<string>();
  return runs.toReversed().flatMap(({ run }) => {
    const measured = run.benchmarks.filter(({ name, figures }) => figures.length > 0 && !seen.has(name));
    for (const { name } of measured) seen.add(name);
    return measured.length > 0 ? [{ run, measured }] : [];
  });
}

function ownSection(run: OwnRun, measured: readonly Measured[]): string {
  const { rounds, windowMs, soakMinutes } = run.options;
  const windows = `${rounds} windows of ${(windowMs / 1000).toFixed(1)} s for each figure, sides in turn`;
  const soak = soakMinutes > 0 ? `; the soak took ${soakMinutes} minutes` : '';
  const failures = measured.flatMap((benchmark) => benchmark.failures);
  const lines = [`${onMachine(run.at, run.machine)} ${programsOf(run)} ${windows}${soak}.${busy(run)}`];
  return [...lines, fenced(table(measured.flatMap(({ figures }) => figures))), ...failures].join('\n\n');
}

function comparisonSection(report: BenchReport, plots: readonly Plot[]): string {
  const { camera, options } = report;
  const { seconds, warmupSeconds, windows } = options;
  const source = `${camera.width}x${camera.height} at ${camera.fps} fps, ${camera.codec}`;
  const how = `The camera: ${source}. ${windows} windows of ${seconds} s after ${warmupSeconds} s of warm-up, sides in turn.`;
  const absent = report.absent.map(({ name, why }) => `- Absent, and not beaten: ${name} (${why})`).join('\n');
  const pictures = plots.map(({ name }) => `![${name}](plots/${name}.svg)`);
  const notes = report.notes.map((note) => `- ${note}`).join('\n');
  const parts = [
    `${onMachine(report.at, report.machine)} ${how}`,
    fenced(reportTable(report)),
    absent,
    notes,
    ...pictures,
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function onMachine(at: string, { cores, cpu, memoryMb, system, node, sightline }: Machine): string {
  const machine = `${cores} cores of ${cpu}, ${(memoryMb / 1000).toFixed(1)} GB, ${system}`;
  return `Measured on ${at.slice(0, 10)}: Sightline ${sightline} with Node ${node} on ${machine}.`;
}

function programsOf({ programs }: OwnRun): string {
  const named = Object.entries(programs).map(([name, version]) => `${name} ${version ?? 'absent'}`);
  return named.length > 0 ? `Beside it ${named.join(', ')}.` : '';
}

function busy({ loadBefore }: OwnRun): string {
  return loadBefore > 0.5 ? ` The machine was busy before the run began (load ${loadBefore.toFixed(1)}).` : '';
}

function fenced(text: string): string {
  return `\`\`\`\n${text.trimEnd()}\n\`\`\``;
}

if (import.meta.main) {
  const { text, plots } = currentPage();
  writeFileSync(PAGE, text);
  rmSync(PLOTS_FOLDER, { recursive: true, force: true });
  if (plots.size > 0) mkdirSync(PLOTS_FOLDER);
  for (const [name, svg] of plots) writeFileSync(new URL(name, PLOTS_FOLDER), svg);
}
