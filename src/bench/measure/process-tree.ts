// What a server costs: the processes of a tree, their CPU time, memory and threads, from Linux's /proc. Between two
// readings nothing is lost or counted twice: who lives counts for himself, who has ended in what his parent waited for.

import { readFileSync, readdirSync } from 'node:fs';
import { parsePss, parseStat } from './proc-files.ts';
import type { ProcessStat } from './proc-files.ts';

export interface TreeReading {
  readonly pids: readonly number[];
  /** Of all processes that belong to the tree or did, since they began. Only differences mean something. */
  readonly cpuSeconds: number;
  readonly threads: number;
}

/** True where processes can be read: Linux. */
export function canReadProcesses(): boolean {
  return process.platform === 'linux' && readText('/proc/self/stat') !== null;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Ends all of them at once; those that have ended meanwhile are passed over. */
export function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** The processes below some roots, and those that once were below them and lost their parent. */
export class ProcessTree {
  readonly #roots: readonly number[];
  readonly #seen = new Map<number, number>();

  constructor(roots: readonly number[]) {
    this.#roots = roots;
  }

  read(): TreeReading {
    const members = this.#members();
    for (const { pid, began } of members) this.#seen.set(pid, began);
    const living = members.filter(({ ended }) => !ended);
    return {
      pids: living.map(({ pid }) => pid),
      cpuSeconds: members.reduce((sum, { ownSeconds, waitedSeconds }) => sum + ownSeconds + waitedSeconds, 0),
      threads: living.reduce((sum, { threads }) => sum + threads, 0),
    };
  }

  /** Proportional set size of all, megabytes (10^6); null when one may not be read. */
  pssMb(): number | null {
    let bytes = 0;
    for (const pid of this.read().pids) {
      const text = readText(`/proc/${pid}/smaps_rollup`);
      const pss = text === null ? null : parsePss(text);
      // One that has ended meanwhile has no memory; one that lives keeps it from us.
      if (pss === null && !(readText(`/proc/${pid}/statm`) ?? '0 ').startsWith('0 ')) return null;
      bytes += pss ?? 0;
    }
    return bytes / 1e6;
  }

  #members(): ProcessStat[] {
    const all = readAll();
    const byPid = new Map(all.map((stat) => [stat.pid, stat]));
    const children = Map.groupBy(all, ({ parent }) => parent);
    const lost = [...this.#seen].filter(([pid, began]) => byPid.get(pid)?.began === began).map(([pid]) => pid);
    const members = new Map<number, ProcessStat>();
    const waiting = [...this.#roots, ...lost];
    for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
      const stat = byPid.get(pid);
      if (stat === undefined || members.has(pid)) continue;
      members.set(pid, stat);
      waiting.push(...(children.get(pid) ?? []).map((child) => child.pid));
    }
    return [...members.values()];
  }
}

function readAll(): ProcessStat[] {
  return readdirSync('/proc').flatMap((name) => {
    const text = /^\d+$/.test(name) ? readText(`/proc/${name}/stat`) : null;
    const stat = text === null ? null : parseStat(text);
    return stat === null ? [] : [stat];
  });
}

/** Null: the process has ended, or is not ours to read. */
export function readText(file: string): string | null {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return null;
  }
}
