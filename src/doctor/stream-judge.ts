// Judges what a StreamWatch saw of a camera: how often keyframes come, whether timestamps run with time, what is lost on
// the way. Pure: figures in, findings out.

import type { Problem } from '../base/errors.ts';
import { inMs } from './figures.ts';
import { failed, named, passed, skipped, warned } from './finding.ts';
import type { PictureTime, StreamFacts } from './stream-watch.ts';
import type { Finding } from './types.ts';

/** Keyframes further apart leave a viewer waiting, and a damaged picture standing. */
const KEYFRAMES_APART_US = 5_000_000;
/** So few pictures tell nothing. */
const FEWEST_PICTURES = 5;
/** A step ahead of time by more is a jump. */
const JUMP_US = 1_500_000;
/** Pictures that are sent before one that is shown earlier step back by less. */
const REORDER_US = 700_000;
const BURST_US = 2_000_000;
/** Of their pace against time. */
const PACE_TOLERANCE = 0.15;
const LOSS_PASSED = 0.001;
const JITTER_PASSED_US = 200_000;
const PAUSE_PASSED_US = 3_000_000;
const MORE_KEYFRAMES = { code: 'set-keyframe-interval', values: {} } as const;
const ARRIVAL = { code: 'arrival-is-used', values: {} } as const;

/** Which tracks have none of it is said by `isJpeg`. */
export function judgeKeyframes({ pictures, firstUs, lastUs }: StreamFacts, isJpeg: boolean): Finding {
  if (isJpeg) return passed({ code: 'keyframes-all', values: {} });
  const keys = pictures.filter(({ key }) => key);
  const watchedMs = inMs(lastUs - firstUs);
  const first = keys[0];
  if (first === undefined) return failed({ code: 'keyframes-none', values: { watchedMs } }, MORE_KEYFRAMES);
  const apart = keys.slice(1).map((key, index) => key.atUs - keys[index]!.atUs);
  const waitUs = first.atUs - firstUs;
  if (apart.length === 0) {
    const restUs = lastUs - first.atUs;
    if (Math.max(waitUs, restUs) <= KEYFRAMES_APART_US) return passed({ code: 'keyframes-one', values: { watchedMs } });
    if (waitUs > restUs) return warned({ code: 'keyframes-late', values: { waitMs: inMs(waitUs) } }, MORE_KEYFRAMES);
    return warned({ code: 'keyframes-stopped', values: { forMs: inMs(restUs) } }, MORE_KEYFRAMES);
  }
  const longestUs = Math.max(...apart, waitUs);
  const usual = apart.reduce((sum, us) => sum + us, 0) / apart.length;
  if (longestUs <= KEYFRAMES_APART_US) return passed({ code: 'keyframes-every', values: { everyMs: inMs(usual) } });
  return warned({ code: 'keyframes-far-apart', values: { apartMs: inMs(longestUs) } }, MORE_KEYFRAMES);
}

export function judgeTimestamps(facts: StreamFacts): Finding {
  const { pictures, clockRate, firstUs, lastUs } = facts;
  const count = { pictures: pictures.length };
  if (pictures.length < FEWEST_PICTURES) return skipped({ code: 'timestamps-few', values: count });
  const distinct = pictures.filter(({ ticks }, index) => index === 0 || ticks !== pictures[index - 1]!.ticks);
  if (distinct.length === 1) return warned({ code: 'timestamps-same', values: count }, ARRIVAL);
  const jumps = jumpsIn(distinct, clockRate);
  if (jumps.length === 0) return judgePace(distinct, clockRate);
  const largest = jumps.reduce((most, us) => (Math.abs(us) > Math.abs(most) ? us : most));
  const times = { times: jumps.length, watchedMs: inMs(lastUs - firstUs), mostMs: inMs(Math.abs(largest)) };
  const values = { ...times, way: largest < 0 ? 'back' : 'ahead' } as const;
  return warned({ code: 'timestamps-jump', values }, ARRIVAL);
}

/** Steps that no network makes, microseconds: it can hold pictures back, but not bring them before their time. */
function jumpsIn(pictures: readonly PictureTime[], clockRate: number): number[] {
  const jumps: number[] = [];
  for (const [index, picture] of pictures.entries()) {
    const before = pictures[index - 1];
    if (before === undefined) continue;
    const stepUs = ((picture.ticks - before.ticks) * 1e6) / clockRate;
    const aheadUs = stepUs - (picture.atUs - before.atUs);
    if (stepUs < -REORDER_US) jumps.push(stepUs);
    else if (aheadUs > JUMP_US) jumps.push(aheadUs);
  }
  return jumps;
}

function judgePace(all: readonly PictureTime[], clockRate: number): Finding {
  // Many cameras begin with a burst of what they had kept.
  const later = all.filter(({ atUs }) => atUs - all[0]!.atUs > BURST_US);
  const pictures = later.length >= FEWEST_PICTURES ? later : all;
  const [first, last] = [pictures[0]!, pictures.at(-1)!];
  const spanUs = ((last.ticks - first.ticks) * 1e6) / clockRate;
  const passedUs = last.atUs - first.atUs;
  const stepUs = spanUs / (pictures.length - 1);
  if (passedUs < 1e6 || Math.abs(spanUs / passedUs - 1) <= PACE_TOLERANCE) {
    return passed({ code: 'timestamps-rise', values: { byMs: inMs(stepUs) } });
  }
  return warned({ code: 'timestamps-pace', values: { factor: Math.round((spanUs / passedUs) * 100) / 100 } }, ARRIVAL);
}

/** `ended`: why the camera's side ended before the watching did; null when it did not. */
export function judgeLoss(facts: StreamFacts, { jitter, ended }: { jitter: boolean; ended: Problem | null }): Finding {
  const { packets, lost, disordered, firstUs, lastUs, jitterUs, longestPauseUs } = facts;
  const expected = packets + lost;
  const watchedMs = inMs(lastUs - firstUs);
  if (ended !== null) {
    const seen = { code: 'loss-ended', values: { watchedMs, ...named(ended) } } as const;
    return warned(seen, { code: 'opened-again', values: {} });
  }
  const rhythm = { jitterMs: jitter ? inMs(jitterUs) : null, longestPauseMs: inMs(longestPauseUs) };
  const values = { expected, watchedMs, disordered, ...rhythm };
  const share = lost / expected;
  if (share > LOSS_PASSED) {
    return warned({ code: 'loss-some', values: { share, ...values } }, { code: 'camera-drops-packets', values: {} });
  }
  const seen = { code: 'loss-none', values: { lost, ...values } } as const;
  const isRough = (jitter && jitterUs > JITTER_PASSED_US) || longestPauseUs > PAUSE_PASSED_US;
  return isRough ? warned(seen, { code: 'network-holds-back', values: {} }) : passed(seen);
}

/** Over TCP, from the first packets. */
export function judgeStream({ pictures, bytes, packets, firstUs, lastUs }: StreamFacts, waitUs: number): Finding {
  const spanS = (lastUs - firstUs) / 1e6;
  const isTold = spanS > 0.5;
  const perSecond = isTold ? Math.round(pictures.length / spanS) : null;
  const kbitPerSecond = isTold ? Math.round((bytes * 8) / 1000 / spanS) : null;
  return passed({ code: 'stream-sends', values: { packets, waitMs: inMs(waitUs), perSecond, kbitPerSecond } });
}
