// What a TCP connection of discovery's costs in packets that we send, at most: how many to ask the budget for before each
// step, and how many it took once the step is done.

import type { Allowance, Interval } from './packet-budget.ts';

/** SYN, and the acknowledgement of its answer. */
export const OPENING = 2;
/** A SYN that nobody answered goes again after 1 s and 3 s; the first one to a neighbour may have to ask ARP before. */
export const OPENED_AGAIN = 2;
/** TLS: two flights of ours, and acknowledgements of the certificates. */
export const HANDSHAKE = 8;
/** A question in one packet, and acknowledgements of a short answer. */
export const QUESTION = 3;
/** FIN, and the acknowledgement of theirs. */
export const CLOSING = 2;

/** Until when a device has ended its side, too. */
const AT_ONCE: Interval = [0, 20];
const CLOSED_WITHIN: Interval = [0, 500];
/** Of a packet's payload (RFC 9293, 3.7.1, in an Ethernet with timestamps). */
const SEGMENT_BYTES = 1448;
/** When a kernel repeats a SYN. */
const SYN_AGAIN_MS = [1000, 3000];

/** What an answer of so many bytes is acknowledged with. */
export function acknowledgements(bytesRead: number): number {
  return Math.ceil(bytesRead / SEGMENT_BYTES);
}

/** What a question of so many bytes goes in. */
export function segments(bytesWritten: number): number {
  return Math.ceil(bytesWritten / SEGMENT_BYTES);
}

/** A connection was made within so long, or was not. */
export function countOpening(packets: Allowance, isOpen: boolean, tookMs: number): void {
  const again = SYN_AGAIN_MS.filter((ms) => tookMs >= ms * 0.95).length;
  packets.sent(1 + again + (isOpen ? 1 : 0));
}

/** A connection has just been ended, by whomever. */
export function countClosing(packets: Allowance): void {
  packets.later(1, AT_ONCE);
  packets.later(1, CLOSED_WITHIN);
  packets.end();
}
