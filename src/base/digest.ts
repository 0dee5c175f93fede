// SHA-256 of secrets: what is kept and compared in their place. Digests have one length, so that comparing them tells
// nothing about the secret's.

import { createHash, timingSafeEqual } from 'node:crypto';

/** SHA-256 of a text, hex. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Takes the same time wherever two digests differ. */
export function sameDigest(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
