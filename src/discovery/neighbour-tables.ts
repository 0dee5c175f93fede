// The kernel's table of neighbours (who answered ARP), as three programs and systems write it. Pure. A neighbour is
// who answered; doctor reads Linux's table line by line, for it matters there who did not.

import { deviceMac } from './device-text.ts';
import { parseIpv4 } from './ipv4.ts';

export interface Neighbour {
  readonly address: string;
  /** Small letters with colons. */
  readonly mac: string;
  /** Name of the interface that it is behind; empty when the table does not say. */
  readonly interface: string;
}

/** A line of Linux's table as it stands there. */
export interface ArpLine {
  readonly address: string;
  /** False: the kernel asked, and nobody has answered. */
  readonly answered: boolean;
  readonly mac: string;
  readonly interface: string;
}

/** More than any kernel keeps. */
const MAX_ENTRIES = 16_384;
/** In a line of /proc/net/arp: the entry was answered. */
const COMPLETE = 0x2;

/**
 * Linux, /proc/net/arp, line by line:
 *
 *     IP address       HW type     Flags       HW address            Mask     Device
 *     192.168.1.20     0x1         0x2         c0:56:e3:12:34:56     *        eth0
 */
export function readProcArp(text: string): ArpLine[] {
  const [, ...lines] = linesOf(text);
  return lines.map((line) => {
    const [address = '', , flags = '', mac = '', , device = ''] = line.trim().split(/\s+/, 7);
    return { address, answered: (Number(flags) & COMPLETE) !== 0, mac, interface: device };
  });
}

/** Linux, /proc/net/arp. */
export function parseProcArp(text: string): Neighbour[] {
  return readProcArp(text).flatMap((line) => (line.answered ? entry(line.address, line.mac, line.interface) : []));
}

/** `ip -j neigh`: [{"dst":"192.168.1.20","dev":"eth0","lladdr":"c0:56:e3:12:34:56","state":["REACHABLE"]}, …] */
export function parseIpNeigh(text: string): Neighbour[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
  if (!Array.isArray(list)) return [];
  return list.slice(0, MAX_ENTRIES).flatMap((each: unknown) => {
    if (!isRecord(each)) return [];
    const states: readonly unknown[] = Array.isArray(each['state']) ? each['state'] : [];
    if (states.includes('FAILED') || states.includes('INCOMPLETE')) return [];
    const { dst, lladdr, dev } = each;
    if (typeof dst !== 'string' || typeof lladdr !== 'string') return [];
    return entry(dst, lladdr, typeof dev === 'string' ? dev : '');
  });
}

/**
 * `arp -an` of macOS and the BSDs, which leave out leading zeros, and `arp -a` of Windows:
 *
 *     ? (192.168.1.20) at c0:56:e3:1:34:56 on en0 ifscope [ethernet]
 *       192.168.1.20          c0-56-e3-01-34-56     dynamic
 */
export function parseArpProgram(text: string): Neighbour[] {
  return linesOf(text).flatMap((line) => {
    const address = /(?:^|[\s(])(\d{1,3}(?:\.\d{1,3}){3})(?=[\s)])/.exec(line)?.[1] ?? '';
    const mac = /(?:^|\s)([\da-f]{1,2}(?:[:-][\da-f]{1,2}){5})(?=\s|$)/i.exec(line)?.[1] ?? '';
    return entry(address, mac, /\son\s+(\S{1,32})/.exec(line)?.[1] ?? '');
  });
}

function entry(address: string, text: string, device: string): Neighbour[] {
  const mac = deviceMac(text);
  return mac === null || parseIpv4(address) === null ? [] : [{ address, mac, interface: device }];
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/, MAX_ENTRIES);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
