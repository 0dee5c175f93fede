// Judges what a StreamWatch saw of a camera: how often keyframes come, whether timestamps run with time, what is lost on
// the way. Pure: figures in, findings out.

import { duration, failed, passed, percent, skipped, warned } from './finding.ts';
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

/** Which tracks have none of it is said by `isJpeg`. */
export function judgeKeyframes({ pictures, firstUs, lastUs }: StreamFacts, isJpeg: boolean): Finding {
  if (isJpeg) return passed('Each picture is a JPEG, which stands alone.');
  const keys = pictures.filter(({ key }) => key);
  const watchedUs = lastUs - firstUs;
  const first = keys[0];
  const advice = 'Set the keyframe interval (I-frame interval, GOP) in the camera to 1 or 2 seconds.';
  if (first === undefined) {
    return failed(`In ${duration(watchedUs)} no keyframe came, with which a picture could begin.`, advice);
  }
  const apart = keys.slice(1).map((key, index) => key.atUs - keys[index]!.atUs);
  if (apart.length === 0) {
    const waitUs = first.atUs - firstUs;
    const longUs = Math.max(waitUs, lastUs - first.atUs);
    if (longUs <= KEYFRAMES_APART_US) return passed(`One keyframe came in ${duration(watchedUs)}.`);
    const saw =
      waitUs > lastUs - first.atUs
        ? `The first keyframe came after ${duration(waitUs)}: so long a new viewer waits, and a lost packet is seen.`
        : `After the first keyframe none came for ${duration(longUs)}: so long a new viewer waits, and a lost packet is seen.`;
    return warned(saw, advice);
  }
  const longestUs = Math.max(...apart, first.atUs - firstUs);
  const usual = apart.reduce((sum, us) => sum + us, 0) / apart.length;
  if (longestUs <= KEYFRAMES_APART_US) return passed(`A keyframe comes every ${duration(usual)}.`);
  return warned(
    `Keyframes are up to ${duration(longestUs)} apart: so long a new viewer waits, and a lost packet is seen.`,
    advice,
  );
}

const OWN_TIME = 'The time of arrival is used instead: the picture may stutter. Update the camera, or restart it.';

export function judgeTimestamps(facts: StreamFacts): Finding {
  const { pictures, clockRate, firstUs, lastUs } = facts;
  if (pictures.length < FEWEST_PICTURES) return skipped(`Only ${pictures.length} pictures came, which tells nothing.`);
  const distinct = pictures.filter(({ ticks }, index) => index === 0 || ticks !== pictures[index - 1]!.ticks);
  if (distinct.length === 1) {
    return warned(`All ${pictures.length} pictures carry the same timestamp, so their times are not known.`, OWN_TIME);
  }
  const jumps = jumpsIn(distinct, clockRate);
  if (jumps.length > 0) {
    const largest = jumps.reduce((most, us) => (Math.abs(us) > Math.abs(most) ? us : most));
    const way = largest < 0 ? 'back' : 'ahead';
    const times = jumps.length === 1 ? 'once' : `${jumps.length} times`;
    return warned(
      `Timestamps jumped ${times} in ${duration(lastUs - firstUs)}, at most ${duration(largest)} ${way}.`,
      OWN_TIME,
    );
  }
  return judgePace(distinct, clockRate);
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
    return passed(`Timestamps rise by ${duration(stepUs)} from picture to picture, as time does.`);
  }
  return warned(`Timestamps run ${(spanUs / passedUs).toFixed(2)} times as fast as time.`, OWN_TIME);
}

/** `ended`: why the camera's side ended before the watching did; null when it did not. */
export function judgeLoss(facts: StreamFacts, { jitter, ended }: { jitter: boolean; ended: string | null }): Finding {
  const { packets, lost, disordered, firstUs, lastUs, jitterUs, longestPauseUs } = facts;
  const expected = packets + lost;
  const watched = duration(lastUs - firstUs);
  if (ended !== null) {
    return warned(
      `The camera ended the session after ${watched}: ${ended}.`,
      'It is opened again by itself; if this stays, restart the camera and look at its load and network.',
    );
  }
  const spread = jitter ? `jitter ${duration(jitterUs)}` : 'jitter cannot be told without good timestamps';
  const order = disordered === 0 ? '' : `, ${disordered} came late or twice`;
  const rest = `${spread}, longest pause ${duration(longestPauseUs)}`;
  if (lost / expected > LOSS_PASSED) {
    return warned(
      `${percent(lost / expected)} of ${expected} packets were missing in ${watched}${order}; ${rest}.`,
      'TCP loses nothing: the camera itself drops packets. Lower its bit rate or picture size, or improve its network (Wi-Fi).',
    );
  }
  const saw = `${lost === 0 ? 'None' : lost} of ${expected} packets missing in ${watched}${order}; ${rest}.`;
  const isRough = (jitter && jitterUs > JITTER_PASSED_US) || longestPauseUs > PAUSE_PASSED_US;
  if (!isRough) return passed(saw);
  return warned(saw, 'The network holds packets back: use a cable, or a better Wi-Fi place, or lower the bit rate.');
}

/** Over TCP, from the first packets. */
export function judgeStream({ pictures, bytes, packets, firstUs, lastUs }: StreamFacts, waitUs: number): Finding {
  const spanS = (lastUs - firstUs) / 1e6;
  const rate =
    spanS > 0.5 ? `, ${Math.round(pictures.length / spanS)} pictures and ${bitRate(bytes / spanS)} a second` : '';
  return passed(`The camera sends over TCP: the first of ${packets} packets came after ${duration(waitUs)}${rate}.`);
}

function bitRate(bytesPerSecond: number): string {
  const kilobits = (bytesPerSecond * 8) / 1000;
  return kilobits >= 1000 ? `${(kilobits / 1000).toFixed(1)} Mbit` : `${Math.round(kilobits)} kbit`;
}
