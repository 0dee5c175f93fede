// What a person asked of `sightline bench`, checked before ten minutes are spent on it: numbers, modes, peers, files
// that can be written, and room for as many open connections.

import { existsSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { SightlineError } from '../base/errors.ts';
import { peerSide } from '../bench/peer-side.ts';
import { benchOptions, MODES } from '../bench/plan.ts';
import type { BenchOptions, ModeName, Side } from '../bench/types.ts';
import type { ParsedCommand } from './command.ts';

const MOST_VIEWERS = 10_000;
const MOST_SECONDS = 600;
/** Open files that a server needs besides its viewers. */
const OTHER_FILES = 100;

export interface BenchWishes {
  readonly source: string;
  readonly cwd: string;
  readonly options: BenchOptions;
  readonly peers: readonly Side[];
  readonly jsonFile: string;
  readonly htmlFile: string;
  /** JSON on stdout in place of the table. */
  readonly json: boolean;
}

/** Throws `usage` with what is wrong and what may be written. */
export function readWishes({ values, operands }: ParsedCommand, cwd: string): BenchWishes {
  const [source, ...more] = operands;
  if (source === undefined || more.length > 0) throw new SightlineError('usage', howToName(values['json']));
  const text = (name: string): string | undefined => {
    return typeof values[name] === 'string' ? values[name] : undefined;
  };
  const modes = text('modes');
  const viewers = text('viewers');
  const seconds = text('seconds');
  const options = benchOptions({
    quick: values['quick'] === true,
    ...(modes !== undefined && { modes: readModes(modes) }),
    ...(viewers !== undefined && { viewers: readViewers(viewers) }),
    ...(seconds !== undefined && { seconds: readSeconds(seconds) }),
  });
  return {
    ...{ source, cwd, options, peers: readPeers(values['peer'], options.modes) },
    jsonFile: path.resolve(cwd, text('json') || 'bench.json'),
    htmlFile: path.resolve(cwd, text('html') || 'bench.html'),
    json: values['json'] === '',
  };
}

function howToName(json: unknown): string {
  const swallowed = typeof json === 'string' && json !== '' ? ` (${json} was taken as the file of --json)` : '';
  return `bench takes one SOURCE${swallowed}`;
}

function readModes(text: string): ModeName[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !MODES.some((mode) => mode === name));
  if (unknown !== undefined) {
    throw new SightlineError('usage', `--modes ${text}: "${unknown}" is no mode`, {
      hint: `Write one or more of ${MODES.join(', ')}, with commas between.`,
    });
  }
  return MODES.filter((mode) => names.includes(mode));
}

function readViewers(text: string): number[] {
  const counts = text.split(',').map((count) => (/^\s*\d{1,5}\s*$/.test(count) ? Number(count) : 0));
  const isRising = counts.every((count, index) => count > (counts[index - 1] ?? 0) && count <= MOST_VIEWERS);
  if (isRising) return counts;
  throw new SightlineError('usage', `--viewers ${text} are no rising numbers of viewers`, {
    hint: `Write numbers from 1 to ${MOST_VIEWERS}, each more than the one before, such as 1,4,16.`,
  });
}

function readSeconds(text: string): number {
  const seconds = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (seconds >= 1 && seconds <= MOST_SECONDS) return seconds;
  throw new SightlineError('usage', `--seconds ${text} is no length of a window`, {
    hint: `Write whole seconds from 1 to ${MOST_SECONDS}.`,
  });
}

function readPeers(peers: ParsedCommand['values'][string], modes: readonly string[]): Side[] {
  const sides: Side[] = [];
  for (const text of Array.isArray(peers) ? peers.map(String) : []) {
    sides.push(peerSide(text, [...modes, ...sides.map(({ name }) => name)]));
  }
  return sides;
}

/** Refuses a file that cannot be written, without changing one that is there. */
export async function refuseUnwritable(file: string): Promise<void> {
  try {
    const isNew = !existsSync(file);
    await (await open(file, 'a')).close();
    if (isNew) await rm(file);
  } catch (error) {
    throw new SightlineError('usage', `${file} cannot be written: ${(error as Error).message}`, {
      hint: 'Name other files with --json FILE and --html FILE, or stand in a folder of yours.',
      cause: error,
    });
  }
}

const limitsSchema = z.object({
  userLimits: z.object({ open_files: z.object({ soft: z.union([z.number(), z.string()]) }) }),
});

/** Refuses more viewers than a process may have connections. */
export function refuseBeyondLimit(viewers: readonly number[], limit = openFilesLimit()): void {
  const most = Math.max(...viewers);
  const needed = most + OTHER_FILES;
  if (needed <= limit) return;
  const fitting = viewers.filter((count) => count + OTHER_FILES <= limit);
  const fewer = fitting.length === 0 ? '' : `, or ask for fewer with --viewers ${fitting.join(',')}`;
  throw new SightlineError('usage', `${most} viewers need ${needed} open files, and a process may have ${limit}`, {
    hint: `Raise the limit with \`ulimit -n ${needed}\`${fewer}.`,
  });
}

/** How many files a process may have open; Node has raised it to what the system lets it; infinite where none is told. */
function openFilesLimit(): number {
  const limits = limitsSchema.safeParse(process.report.getReport());
  const soft = limits.success ? limits.data.userLimits.open_files.soft : Infinity;
  return typeof soft === 'number' ? soft : Infinity;
}
