// Runs benchmarks one after the other with the same material, and writes down what came of them.

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { machine } from '../../src/bench/machine.ts';
import { CLIP_MS, LIGHT, USUAL, footage } from '../camera/footage.ts';
import type { Benchmark, Context } from './context.ts';
import type { Measured, OwnRun } from './own-run.ts';
import { Processes } from './processes.ts';
import { programs } from './programs.ts';
import type { Wishes } from './wishes.ts';

export type Benchmarks = Readonly<Record<string, readonly Benchmark[]>>;
type Folders = Readonly<Record<'root' | 'out', string>>;

export async function measureAll(benchmarks: Benchmarks, wishes: Wishes, folders: Folders): Promise<OwnRun> {
  const processes = new Processes();
  endWithSignals(processes);
  const [at, begunMs, loadBefore] = [new Date().toISOString(), performance.now(), loadavg()[0] ?? 0];
  try {
    const context = await prepare(processes, wishes, folders);
    if (loadBefore > 0.5) {
      context.note(`this machine is busy (load ${loadBefore.toFixed(1)}): the figures will be worse than they are`);
    }
    const measured: Measured[] = [];
    for (const name of wishes.names) measured.push(await measure(name, benchmarks[name]!, context));
    const run: OwnRun = {
      kind: 'own benchmarks',
      format: 1,
      at,
      tookSeconds: Math.round((performance.now() - begunMs) / 1000),
      machine: machine(),
      loadBefore,
      programs: programs({ venv: join(context.out, 'venv'), go2rtc: context.go2rtc }),
      options: optionsOf(wishes, context),
      benchmarks: measured,
    };
    writeFileSync(join(context.out, 'bench.json'), JSON.stringify(run, null, 2));
    return run;
  } finally {
    await processes.end();
  }
}

function optionsOf({ quick, hd }: Wishes, { soakMinutes, rounds, windowMs }: Context): OwnRun['options'] {
  return { quick, hd, soakMinutes, rounds, windowMs };
}

/** All parts of a benchmark; one that fails is told and does not keep the others from running. */
async function measure(name: string, parts: readonly Benchmark[], context: Context): Promise<Measured> {
  const measured: Measured = { name, figures: [], failures: [] };
  for (const part of parts) {
    context.note(`${name}:`);
    try {
      measured.figures.push(...(await part(context)));
    } catch (error) {
      measured.failures.push(`${name} failed: ${error instanceof Error ? error.message : String(error)}`);
    }
    await context.processes.stopAll();
  }
  return measured;
}

async function prepare(
  processes: Processes,
  { quick, hd, soakMinutes, go2rtc }: Wishes,
  { root, out }: Folders,
): Promise<Context> {
  mkdirSync(out, { recursive: true });
  rmSync(join(out, 'server.log'), { force: true });
  const note = (text: string) => console.error(`  ${text}`);
  note('preparing: Python environment, footage');
  execFileSync(join(root, 'bench/setup.sh'), { stdio: ['ignore', 2, 2] });
  const venv = join(out, 'venv');
  const light = await footage(out, venv, LIGHT);
  const usual = await footage(out, venv, USUAL);
  return {
    out,
    root,
    footage: usual,
    lightFootage: light,
    tilesFootage: hd ? usual : light,
    processes,
    rounds: quick ? 2 : 5,
    windowMs: quick ? 3000 : CLIP_MS,
    quick,
    go2rtc,
    soakMinutes,
    note,
  };
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
