// Whether anybody answers ARP at an address of a network that this machine is plugged into: the kernel's table, filled
// by the connection that was just tried. Linux only; elsewhere nothing is known.

import { readFile } from 'node:fs/promises';
import { readProcArp } from '../discovery/neighbour-tables.ts';

/** `unknown`: the kernel has asked nobody, or no table can be read. */
export type Neighbour = { readonly kind: 'present'; readonly mac: string } | { readonly kind: 'absent' | 'unknown' };

export async function neighbourAt(address: string): Promise<Neighbour> {
  try {
    return neighbourIn(await readFile('/proc/net/arp', 'latin1'), address);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return { kind: 'unknown' };
    throw error;
  }
}

export function neighbourIn(table: string, address: string): Neighbour {
  const line = readProcArp(table).find((each) => each.address === address);
  if (line === undefined) return { kind: 'unknown' };
  return line.answered ? { kind: 'present', mac: line.mac } : { kind: 'absent' };
}
