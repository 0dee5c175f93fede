// `npm run bench [-- NAME ...]`: measures what the project promises, each figure beside its target and beside a peer in
// the same run, and writes bench/out/bench.json. Exit code 1 when a target is missed, 2 for what cannot be meant.

import { join } from 'node:path';
import { openCameraUnderTest } from '../src/bench/camera/open.ts';
import { Load } from '../src/bench/load/load.ts';
import { modeSides } from '../src/bench/modes/modes.ts';
import { reportHtml } from '../src/bench/report/html.ts';
import { cameras } from './cameras/cameras.ts';
import { watchedCameras } from './cameras/watched.ts';
import { capture } from './capture/capture.ts';
import { compare } from './compare/compare.ts';
import { config } from './config/config.ts';
import { browserDelay } from './delay/browser.ts';
import { hubDelay } from './delay/hub.ts';
import { viewerDelay } from './delay/viewer.ts';
import { movedCamera } from './discovery/moved.ts';
import { discovery } from './discovery/discovery.ts';
import { fanout } from './fanout/fanout.ts';
import { frames } from './frames/frames.ts';
import { servedFrames } from './frames/served.ts';
import type { Benchmark } from './ground/context.ts';
import { compareRuns, comparisonText } from './ground/against.ts';
import { judge, table } from './ground/figures.ts';
import { measureAll } from './ground/measure-all.ts';
import { readOwnRun } from './ground/own-run.ts';
import type { OwnRun } from './ground/own-run.ts';
import { keep } from './ground/results.ts';
import { readWishes, usage } from './ground/wishes.ts';
import type { Wishes } from './ground/wishes.ts';
import { memory } from './memory/memory.ts';
import { page } from './page/page.ts';
import { processors } from './processors/processors.ts';
import { snapshot } from './snapshot/snapshot.ts';
import { tiles } from './tiles/tiles.ts';
import { workers } from './workers/workers.ts';

/** The parts of `sightline bench` that the comparison is made with. */
const COMPARED = { openCamera: openCameraUnderTest, modes: modeSides, startLoad: () => Load.start(), html: reportHtml };

const BENCHMARKS: Readonly<Record<string, readonly Benchmark[]>> = {
  fanout: [fanout],
  workers: [workers],
  capture: [capture],
  delay: [hubDelay, viewerDelay],
  browser: [browserDelay],
  snapshot: [snapshot],
  cameras: [cameras, watchedCameras],
  config: [config],
  discovery: [discovery, movedCamera],
  tiles: [tiles],
  page: [page],
  processors: [processors],
  frames: [frames, servedFrames],
  memory: [memory],
  compare: [(context) => compare(context, COMPARED)],
};

const FOLDERS = {
  root: join(import.meta.dirname, '..'),
  out: join(import.meta.dirname, 'out'),
  results: join(import.meta.dirname, 'results'),
};

async function main(argv: readonly string[]): Promise<number> {
  const names = Object.keys(BENCHMARKS);
  let wishes: Wishes;
  let earlier: OwnRun | null;
  try {
    wishes = readWishes(argv, names);
    earlier = wishes.against === null ? null : readOwnRun(wishes.against);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage(names)}`);
    return 2;
  }
  if (wishes.help) {
    console.log(usage(names));
    return 0;
  }
  const run = wishes.last ? readOwnRun(join(FOLDERS.out, 'bench.json')) : await measureAll(BENCHMARKS, wishes, FOLDERS);
  const met = report(run);
  const kept = wishes.keep === null ? [] : keep(run, FOLDERS, wishes.keep);
  for (const path of kept) console.log(`kept: ${path}`);
  const worsened = earlier !== null && isWorse(earlier, run);
  return met && !(wishes.strict && worsened) ? 0 : 1;
}

/** Prints the figures; whether all targets are met. */
function report({ machine, benchmarks }: OwnRun): boolean {
  const figures = benchmarks.flatMap((benchmark) => benchmark.figures);
  const failures = benchmarks.flatMap((benchmark) => benchmark.failures);
  console.log(`\n${machine.cores} x ${machine.cpu}, Node ${machine.node}`);
  if (figures.length > 0) console.log(table(figures));
  for (const failure of failures) console.log(failure);
  return failures.length === 0 && figures.every((figure) => judge(figure).met !== false);
}

/** Prints the comparison; whether something got worse. */
function isWorse(earlier: OwnRun, run: OwnRun): boolean {
  const comparison = compareRuns(earlier, run);
  console.log(`\nagainst the run of ${earlier.at}\n${comparisonText(comparison)}`);
  return comparison.changes.some(({ verdict }) => verdict === 'worse');
}

process.exitCode = await main(process.argv.slice(2));
