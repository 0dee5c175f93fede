// UUIDs that sort by their time of making: the cameras' `uid`.

import { randomBytes } from 'node:crypto';
import { nowUs, wallUs } from './clock.ts';

/**
 * A new UUID, version 7 (RFC 9562, 5.7): 48 bits Unix milliseconds, then random bits.
 * ```
 *  unix_ts_ms (48) | ver=7 (4) | rand_a (12) | var=10 (2) | rand_b (62)
 * ```
 */
export function uuidV7(): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Math.floor(wallUs(nowUs()) / 1000), 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
