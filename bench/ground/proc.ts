// Reads what processes cost, from Linux's /proc: CPU time of all threads, memory by its proportional share.

import { readFileSync, readdirSync } from 'node:fs';

/** Ticks of /proc's CPU times in a second; 100 on every Linux that we know. */
const TICKS_PER_SECOND = 100;

/** User and system time of these processes, ended threads with them, seconds. A process that is gone counts zero. */
export function cpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + cpuOf(pid), 0);
}

function cpuOf(pid: number): number {
  const text = read(`/proc/${pid}/stat`);
  if (text === null) return 0;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Seconds that a thread ran, and that it could have run but waited for a core. */
export interface ThreadTimes {
  readonly name: string;
  readonly ran: number;
  readonly waited: number;
}

/** Of each thread by its number, from Linux's schedstat: exact where `cpuSeconds` counts ticks. */
export function threadTimes(pid: number): Map<number, ThreadTimes> {
  const threads = list(`/proc/${pid}/task`).map((id): [number, ThreadTimes] => {
    const [ran = 0, waited = 0] = (read(`/proc/${pid}/task/${id}/schedstat`) ?? '').split(' ').map(Number);
    const name = (read(`/proc/${pid}/task/${id}/comm`) ?? '').trim();
    return [Number(id), { name, ran: ran / 1e9, waited: waited / 1e9 }];
  });
  return new Map(threads);
}

/** Proportional set size of these processes together, megabytes (10^6). */
export function pssMegabytes(pids: readonly number[]): number {
  const kilobytes = pids.map((pid) => /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? '')?.[1] ?? '0');
  return kilobytes.reduce((sum, text) => sum + Number(text) * 1024, 0) / 1e6;
}

/** The process and all that descend from it. */
export function processTree(pid: number): number[] {
  const children = list(`/proc/${pid}/task`).flatMap((thread) =>
    (read(`/proc/${pid}/task/${thread}/children`) ?? '').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(processTree)];
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
