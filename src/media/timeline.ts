// Repairs a source's timestamps once, at the door (missing, constant, jumping, wrong order), so that nothing behind has
// to care: decoding times rise strictly, no unit is shown before it is decoded, and time never starts again.

import { DtsDeriver, MAX_REORDER } from './dts.ts';
import type { SourceUnit } from './types.ts';

/** What the repair looks at. */
export type TimedUnit = Pick<SourceUnit, 'trackId' | 'ptsUs' | 'dtsUs' | 'stamp'>;

export interface RepairedTime {
  readonly ptsUs: number;
  readonly dtsUs: number;
  /** The source's clock jumped before this unit. */
  readonly discontinuity: boolean;
}

export interface TimelineOptions {
  /** How many pictures may overtake one, where the stream's parameters say so. Default 0, and learnt. */
  readonly reorderDepth?: number;
}

/** A step forward of this size that the arrival does not share is a jump. */
const JUMP_US = 10_000_000;
const JUMP_TOLERANCE_US = 5_000_000;
/** Reordering never takes a unit back by this much. */
const BACK_US = 2_000_000;
/** A track whose clock jumped follows another's jump when that brings it this near to where it should be. */
const FOLLOW_US = 1_000_000;

/** One track's place on the timeline. */
interface TrackTime {
  readonly dts: DtsDeriver;
  /** Added to the source's times. */
  offsetUs: number;
  /** Source time of the last unit (dts where given), null when it had none. */
  sourceUs: number | null;
  ptsUs: number;
  arrivalUs: number;
}

/** The timeline of one epoch. Its first unit stands at its capture time; from there on the source's own steps count. */
export class Timeline {
  readonly #tracks = new Map<number, TrackTime>();
  readonly #reorderDepth: number;
  #offsetUs: number | null = null;

  constructor(options: TimelineOptions = {}) {
    this.#reorderDepth = options.reorderDepth ?? 0;
  }

  /** The unit's times on the stream's timeline. Call it once for each unit, in the order they came. */
  repair(unit: TimedUnit): RepairedTime {
    const sourcePtsUs = finite(unit.ptsUs) ?? finite(unit.dtsUs);
    const sourceDtsUs = finite(unit.dtsUs);
    const arrivalUs = unit.stamp.capturedAtUs;
    this.#offsetUs ??= arrivalUs - (sourcePtsUs ?? arrivalUs);
    const track = this.#tracks.get(unit.trackId);
    if (track === undefined) return this.#first(unit.trackId, arrivalUs, { sourcePtsUs, sourceDtsUs });
    const clockUs = sourceDtsUs ?? sourcePtsUs;
    const expectedUs = track.ptsUs + Math.max(1, arrivalUs - track.arrivalUs);
    track.arrivalUs = arrivalUs;
    if (sourcePtsUs === null || clockUs === null || clockUs === track.sourceUs) {
      if (clockUs !== null) track.sourceUs = clockUs;
      return place(track, Math.max(expectedUs, track.dts.newestUs + 1), null, false);
    }
    track.sourceUs = clockUs;
    const jumped = hasJumped(track, sourcePtsUs + track.offsetUs, sourceDtsUs, expectedUs);
    if (jumped) this.#follow(track, sourcePtsUs, Math.max(expectedUs, track.dts.newestUs + 1));
    const dtsUs = sourceDtsUs === null ? null : sourceDtsUs + track.offsetUs;
    return place(track, sourcePtsUs + track.offsetUs, dtsUs, jumped);
  }

  #first(
    trackId: number,
    arrivalUs: number,
    source: { sourcePtsUs: number | null; sourceDtsUs: number | null },
  ): RepairedTime {
    const { sourcePtsUs, sourceDtsUs } = source;
    const track: TrackTime = {
      dts: new DtsDeriver(trackId === 0 ? this.#reorderDepth : 0),
      offsetUs: this.#offsetUs ?? 0,
      sourceUs: sourceDtsUs ?? sourcePtsUs,
      ptsUs: 0,
      arrivalUs,
    };
    this.#tracks.set(trackId, track);
    if (sourcePtsUs === null) return place(track, arrivalUs, null, false);
    const ptsUs = sourcePtsUs + track.offsetUs;
    return place(track, ptsUs, sourceDtsUs === null ? null : sourceDtsUs + track.offsetUs, false);
  }

  /** Joins a track to the timeline again: by the offset of a track that jumped before it, else by its arrival. */
  #follow(track: TrackTime, sourcePtsUs: number, expectedUs: number): void {
    const sharedUs = this.#offsetUs ?? 0;
    if (sharedUs !== track.offsetUs && Math.abs(sourcePtsUs + sharedUs - expectedUs) < FOLLOW_US) {
      track.offsetUs = sharedUs;
      return;
    }
    track.offsetUs = expectedUs - sourcePtsUs;
    this.#offsetUs = track.offsetUs;
  }
}

function finite(us: number | null): number | null {
  return us !== null && Number.isFinite(us) ? us : null;
}

function hasJumped(track: TrackTime, ptsUs: number, sourceDtsUs: number | null, expectedUs: number): boolean {
  const newestUs = track.dts.newestUs;
  if (ptsUs - newestUs >= JUMP_US && ptsUs - expectedUs >= JUMP_TOLERANCE_US) return true;
  if (newestUs - ptsUs > BACK_US) return true;
  return sourceDtsUs === null && track.dts.overtakenBy(ptsUs) > MAX_REORDER;
}

/** Puts a unit on its track: a unit that came too late is shown when it is decoded. */
function place(track: TrackTime, ptsUs: number, dtsUs: number | null, discontinuity: boolean): RepairedTime {
  const decodedUs = dtsUs === null ? track.dts.next(ptsUs) : track.dts.take(Math.min(dtsUs, ptsUs), ptsUs);
  track.ptsUs = Math.max(ptsUs, decodedUs);
  return { ptsUs: track.ptsUs, dtsUs: decodedUs, discontinuity };
}
