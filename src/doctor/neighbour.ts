// Whether anybody answers ARP at an address of a network that this machine is plugged into: the kernel's table, filled
// by the connection that was just tried. Linux only; elsewhere nothing is known.

import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { nowUs } from '../base/clock.ts';
import { readProcArp } from '../discovery/neighbour-tables.ts';

/** `unknown`: the kernel has asked nobody, or no table can be read. */
export type Neighbour = { readonly kind: 'present'; readonly mac: string } | { readonly kind: 'absent' | 'unknown' };

/**
 * Of an entry that is not fresh any more the kernel makes sure: 5 s after something was sent there it asks three times, a
 * second apart, before it gives it up (delay_first_probe_time, ucast_solicit and retrans_time of arp(7)).
 */
const GIVEN_UP_MS = 10_000;
const LOOK_MS = 250;

export async function neighbourAt(address: string): Promise<Neighbour> {
  try {
    return neighbourIn(await readFile('/proc/net/arp', 'latin1'), address);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return { kind: 'unknown' };
    throw error;
  }
}

/**
 * The same, of somebody who has not answered since a moment of `nowUs` at which something was sent there: the kernel's
 * memory of a camera that is gone is waited for to end. One of the last minute it keeps all the same. Rejects when the
 * signal ends it.
 */
export async function silentNeighbourAt(address: string, sinceUs: number, signal: AbortSignal): Promise<Neighbour> {
  for (;;) {
    const neighbour = await neighbourAt(address);
    if (neighbour.kind !== 'present' || nowUs() - sinceUs > GIVEN_UP_MS * 1000) return neighbour;
    await sleep(LOOK_MS, undefined, { signal });
  }
}

export function neighbourIn(table: string, address: string): Neighbour {
  const line = readProcArp(table).find((each) => each.address === address);
  if (line === undefined) return { kind: 'unknown' };
  return line.answered ? { kind: 'present', mac: line.mac } : { kind: 'absent' };
}
