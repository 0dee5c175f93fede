// Reads the kernel's table of neighbours: the file of Linux, else a program of the system. Needs no privilege.

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { parseArpProgram, parseIpNeigh, parseProcArp } from './neighbour-tables.ts';
import type { Neighbour } from './neighbour-tables.ts';

const PROGRAM_MS = 2000;
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;

/** Who answered ARP, as the kernel remembers it; nobody where neither file nor program is to be had. */
export async function readNeighbours(): Promise<Neighbour[]> {
  if (process.platform !== 'linux') return parseArpProgram(await output('arp', [ARP_FLAGS]));
  try {
    return parseProcArp(await readFile('/proc/net/arp', 'latin1'));
  } catch {
    // Android keeps the file from programs.
    return parseIpNeigh(await output('ip', ['-j', 'neigh']));
  }
}

/** Windows' own takes no -n, and needs none. */
const ARP_FLAGS = process.platform === 'win32' ? '-a' : '-an';

/** What a program says; empty when it cannot be run. */
function output(program: string, args: readonly string[]): Promise<string> {
  const options = { timeout: PROGRAM_MS, maxBuffer: MAX_OUTPUT_BYTES, windowsHide: true };
  return new Promise((resolve) => {
    execFile(program, [...args], options, (error, stdout) => resolve(error ? '' : stdout));
  });
}
