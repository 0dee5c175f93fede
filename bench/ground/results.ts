// bench/results/: runs worth keeping, from which docs/performance.md is made. NAME.json is a run of these benchmarks,
// NAME-compare.json the report of `compare` in it. Nothing in them says whose machine it was, or where it stood.

import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import type { BenchReport } from '../../src/bench/types.ts';
import { parseReport } from './bench-report.ts';
import { parseOwnRun } from './own-run.ts';
import type { OwnRun } from './own-run.ts';

/** The benchmark that is a comparison, and where in bench/out it leaves its BenchReport. */
const COMPARE = 'compare';
const COMPARE_FILE = 'compare.json';

export interface Results {
  readonly runs: readonly { readonly name: string; readonly run: OwnRun }[];
  readonly comparisons: readonly { readonly name: string; readonly report: BenchReport }[];
}

/** Everything that is kept, oldest first. Throws when a file is neither. */
export function readResults(folder: string): Results {
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')) : [];
  const texts = files.map((file) => ({ name: file.slice(0, -'.json'.length), json: readJson(join(folder, file)) }));
  const isRun = ({ json }: { json: unknown }) => (json as { kind?: unknown }).kind === 'own benchmarks';
  return {
    runs: texts
      .filter(isRun)
      .map(({ name, json }) => ({ name, run: parseOwnRun(json, name) }))
      .sort((a, b) => a.run.at.localeCompare(b.run.at)),
    comparisons: texts
      .filter((text) => !isRun(text))
      .map(({ name, json }) => ({ name, report: parseReport(json, name) }))
      .sort((a, b) => a.report.at.localeCompare(b.report.at)),
  };
}

/** Writes what is worth keeping; gives the paths. */
export function keep(run: OwnRun, folders: { out: string; root: string; results: string }, name: string): string[] {
  const { out, root, results } = folders;
  mkdirSync(results, { recursive: true });
  const kept: [string, unknown][] = [[`${name}.json`, run]];
  const report = join(out, COMPARE_FILE);
  if (run.benchmarks.some(({ name: each, failures }) => each === COMPARE && failures.length === 0)) {
    kept.push([`${name}-${COMPARE}.json`, parseReport(readJson(report), report)]);
  }
  return kept.map(([file, json]) => {
    const path = join(results, file);
    writeFileSync(path, `${nameless(JSON.stringify(json, null, 2), root)}\n`);
    return path;
  });
}

/** Without the checkout's path, the person's folder and the machine's name. */
export function nameless(text: string, root: string): string {
  return [root, homedir()]
    .reduce((rest, path) => rest.replaceAll(path, '…'), text)
    .replaceAll(nameOfMachine(), 'machine');
}

function nameOfMachine(): RegExp {
  const name = hostname().replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\w-])${name}(?![\\w-])`, 'g');
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
