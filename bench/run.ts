// `npm run bench [-- NAME ...] [--quick] [--hd] [--soak MINUTES]`: measures what the project promises, each figure beside
// its target and beside a peer in the same run, and writes bench/out/bench.json. Exit code 1 when a target is missed.

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cameras } from './cameras/cameras.ts';
import { CLIP_MS, LIGHT, USUAL, footage } from './camera/footage.ts';
import { capture } from './capture/capture.ts';
import { config } from './config/config.ts';
import { hubDelay } from './delay/hub.ts';
import { viewerDelay } from './delay/viewer.ts';
import { fanout } from './fanout/fanout.ts';
import type { Benchmark, Context } from './ground/context.ts';
import { judge, table } from './ground/figures.ts';
import type { Figure } from './ground/figures.ts';
import { Processes } from './ground/processes.ts';
import { memory } from './memory/memory.ts';
import { page } from './page/page.ts';
import { snapshot } from './snapshot/snapshot.ts';
import { tiles } from './tiles/tiles.ts';
import { workers } from './workers/workers.ts';

const BENCHMARKS: Readonly<Record<string, readonly Benchmark[]>> = {
  fanout: [fanout],
  workers: [workers],
  capture: [capture],
  delay: [hubDelay, viewerDelay],
  snapshot: [snapshot],
  cameras: [cameras],
  config: [config],
  tiles: [tiles],
  page: [page],
  memory: [memory],
};

const USAGE = `npm run bench -- [NAME ...] [--quick] [--hd] [--soak MINUTES]
  NAME    one of ${Object.keys(BENCHMARKS).join(', ')}; without one all of them
  --quick short windows: a look, not a result
  --hd    the cameras of the tiles send 720p30 instead of 360p15: sixteen of them are decoded by four cores or more
  --soak  memory and delay are watched for so long`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean' },
      hd: { type: 'boolean' },
      soak: { type: 'string', default: '0' },
      help: { type: 'boolean' },
    },
  });
  const soakMinutes = Number(values.soak);
  const unknown = positionals.filter((name) => !(name in BENCHMARKS));
  if (values.help === true || unknown.length > 0 || !(soakMinutes >= 0)) {
    console.log(USAGE);
    return values.help === true ? 0 : 2;
  }
  const processes = new Processes();
  endWithSignals(processes);
  try {
    const context = await prepare(processes, { quick: values.quick === true, hd: values.hd === true, soakMinutes });
    return report(context, await runAll(context, positionals.length > 0 ? positionals : Object.keys(BENCHMARKS)));
  } finally {
    await processes.end();
  }
}

function endWithSignals(processes: Processes): void {
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    void processes.end().then(() => process.exit(130));
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}

interface Wishes {
  readonly quick: boolean;
  readonly hd: boolean;
  readonly soakMinutes: number;
}

async function prepare(processes: Processes, { quick, hd, soakMinutes }: Wishes): Promise<Context> {
  const root = join(import.meta.dirname, '..');
  const out = join(import.meta.dirname, 'out');
  mkdirSync(out, { recursive: true });
  rmSync(join(out, 'server.log'), { force: true });
  const note = (text: string) => console.error(`  ${text}`);
  const load = loadavg()[0] ?? 0;
  if (load > 0.5) note(`this machine is busy (load ${load.toFixed(1)}): the figures will be worse than they are`);
  note('preparing: Python environment, footage');
  execFileSync(join(import.meta.dirname, 'setup.sh'), { stdio: ['ignore', 2, 2] });
  const venv = join(out, 'venv');
  return {
    out,
    root,
    footage: await footage(out, venv),
    tilesFootage: await footage(out, venv, hd ? USUAL : LIGHT),
    processes,
    rounds: quick ? 2 : 5,
    windowMs: quick ? 3000 : CLIP_MS,
    soakMinutes,
    note,
  };
}

interface Outcome {
  readonly figures: readonly Figure[];
  readonly failures: readonly string[];
}

/** One after the other; a benchmark that fails is told and does not keep the others from running. */
async function runAll(context: Context, names: readonly string[]): Promise<Outcome> {
  const figures: Figure[] = [];
  const failures: string[] = [];
  for (const [name, benchmark] of names.flatMap((name) => BENCHMARKS[name]!.map((each) => [name, each] as const))) {
    context.note(`${name}:`);
    try {
      figures.push(...(await benchmark(context)));
    } catch (error) {
      failures.push(`${name} failed: ${error instanceof Error ? error.message : String(error)}`);
    }
    await context.processes.stopAll();
  }
  return { figures, failures };
}

function report(context: Context, { figures, failures }: Outcome): number {
  const judged = figures.map((figure) => ({ ...figure, verdict: judge(figure) }));
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version };
  const run = { at: new Date().toISOString(), machine, rounds: context.rounds, windowMs: context.windowMs };
  writeFileSync(join(context.out, 'bench.json'), JSON.stringify({ ...run, figures: judged, failures }, null, 2));
  console.log(`\n${machine.cores} x ${machine.cpu}, Node ${machine.node}`);
  if (figures.length > 0) console.log(table(figures));
  for (const failure of failures) console.log(failure);
  return failures.length > 0 || judged.some(({ verdict }) => verdict.met === false) ? 1 : 0;
}

process.exitCode = await main();
