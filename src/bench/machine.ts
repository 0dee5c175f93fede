// The machine that a benchmark ran on, as far as it explains figures: nothing that says whose it is. Of the kernel's
// release only the numbers are told, because who builds a kernel may write a name behind them.

import { readFileSync } from 'node:fs';
import os from 'node:os';
import { packageVersion } from '../package.ts';
import type { Machine } from './types.ts';

export function machine(): Machine {
  const model = os.cpus()[0]?.model.trim();
  return {
    cpu: model === undefined || model === '' || model === 'unknown' ? os.arch() : model,
    cores: os.availableParallelism(),
    memoryMb: Math.round(os.totalmem() / 1e6),
    system: [distribution(), `${os.type()} ${/^[\d.]*/.exec(os.release())![0]}`, os.arch()].filter(Boolean).join(', '),
    node: process.versions.node,
    sightline: packageVersion(),
  };
}

/** What a Linux calls itself (os-release(5)); empty on other systems. */
function distribution(): string {
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? '';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
