import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { it } from 'node:test';
import { currentPage, performancePage } from '../../docs/tools/performance.ts';
import { benchReport } from '../../test/fixtures/bench-report.ts';
import type { Figure } from './figures.ts';
import type { OwnRun } from './own-run.ts';

const DOCS = new URL('../../docs/', import.meta.url);
const COMMAND = 'run: node docs/tools/performance.ts';
const PROSE = 'Before.\n\n{{figures}}\n\nBetween.\n\n{{comparison}}\n';

it('docs/performance.md and its plots are current with the kept results', () => {
  const { text, plots } = currentPage();
  assert.equal(readFileSync(new URL('performance.md', DOCS), 'utf8'), text, COMMAND);
  const folder = new URL('plots/', DOCS);
  assert.deepEqual(existsSync(folder) ? readdirSync(folder).sort() : [], [...plots.keys()].sort(), COMMAND);
  for (const [name, svg] of plots) assert.equal(readFileSync(new URL(name, folder), 'utf8'), svg, COMMAND);
});

function figure(name: string, median: number): Figure {
  return { name, unit: 'ms', ours: { median, least: median, most: median }, peers: [], target: null };
}

function run(at: string, benchmarks: Record<string, Figure[]>): OwnRun {
  return {
    kind: 'own benchmarks',
    format: 1,
    at,
    tookSeconds: 60,
    machine: { cpu: 'A CPU', cores: 2, memoryMb: 8000, system: 'Linux', node: '24.21.0', sightline: '0.1.0' },
    loadBefore: 0,
    programs: { ffmpeg: '5.1.9', GStreamer: null },
    options: { quick: false, hd: false, soakMinutes: 0, rounds: 5, windowMs: 8333 },
    benchmarks: Object.entries(benchmarks).map(([name, figures]) => ({ name, figures, failures: [] })),
  };
}

it('each benchmark is told as the newest run has it, with that machine and its programs', () => {
  const old = run('2026-01-01T00:00:00Z', { fanout: [figure('a part', 11)], memory: [figure('one viewer', 22)] });
  const newer = run('2026-02-02T00:00:00Z', { fanout: [figure('a part', 33)] });
  const runs = [{ name: 'old', run: old }, { name: 'newer', run: newer }]; // prettier-ignore
  const { text } = performancePage({ runs, comparisons: [] }, PROSE);
  assert.match(text, /2026-02-02.* 2 cores of A CPU.*ffmpeg 5\.1\.9, GStreamer absent\.[^]*a part +33 ms/);
  assert.match(text, /2026-01-01[^]*one viewer +22 ms/);
  assert.doesNotMatch(text, /11 ms/);
});

it('the newest comparison is told with its plots, and who was absent', () => {
  const report = benchReport();
  const comparisons = [{ name: 'a', report }];
  const { text, plots } = performancePage({ runs: [], comparisons }, PROSE);
  assert.match(text, /^Before\.\n\n_No run[^]*!\[fps\]\(plots\/fps\.svg\)/);
  for (const { name } of report.absent) assert.ok(text.includes(`Absent, and not beaten: ${name}`));
  assert.match(plots.get('fps.svg') ?? '', /^<svg /);
});
