// Whether anybody answers ARP at an address of a network that this machine is plugged into: the kernel's table, filled
// by the connection that was just tried. Linux only; elsewhere nothing is known.

import { readFile } from 'node:fs/promises';

/** `unknown`: the kernel has asked nobody, or no table can be read. */
export type Neighbour = { readonly kind: 'present'; readonly mac: string } | { readonly kind: 'absent' | 'unknown' };

const COMPLETE = 0x2;

export async function neighbourAt(address: string): Promise<Neighbour> {
  try {
    return neighbourIn(await readFile('/proc/net/arp', 'utf8'), address);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return { kind: 'unknown' };
    throw error;
  }
}

/**
 *     IP address       HW type     Flags       HW address            Mask     Device
 *     192.168.1.20     0x1         0x2         aa:bb:cc:dd:ee:ff     *        eth0
 */
export function neighbourIn(table: string, address: string): Neighbour {
  for (const line of table.split('\n').slice(1)) {
    const [ip, , flags, mac = ''] = line.trim().split(/\s+/);
    if (ip !== address) continue;
    return (Number(flags) & COMPLETE) === 0 ? { kind: 'absent' } : { kind: 'present', mac };
  }
  return { kind: 'unknown' };
}
