// Capture times out of strips that hold the wall clock of this machine, as every test card of Sightline draws them.

import { measureWallOffsetUs } from '../../base/clock.ts';

/** Older than that is no live picture of this machine's clock: a recording, or another machine with another clock. */
const OLDEST_US = 60e6;
/** Two processes know the wall clock's offset to about half a millisecond. */
const CLOCKS_DIFFER_US = 2000;

/** When the picture was drawn, monotonic microseconds; null for a time that cannot be. */
export function drawnAtUs({ timeUs }: { readonly timeUs: number }, arrivedUs: number): number | null {
  const drawnUs = timeUs - measureWallOffsetUs();
  const ageUs = arrivedUs - drawnUs;
  if (ageUs < -CLOCKS_DIFFER_US || ageUs > OLDEST_US) return null;
  return Math.min(drawnUs, arrivedUs);
}
