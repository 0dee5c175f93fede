// The steps of the playing stream over RTSP: does the camera begin to send, and how is what it sends. Judged in
// stream-judge.ts.

import { nowUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import type { VideoChoice } from '../rtsp/video-choice.ts';
import { inMs } from './figures.ts';
import { failed, hintOf, named } from './finding.ts';
import type { WatchedSession } from './session.ts';
import { judgeStream } from './stream-judge.ts';
import type { StreamFacts, StreamWatch } from './stream-watch.ts';
import type { Finding } from './types.ts';

const FIRST_PACKET_MS = 8000;
/** So long it is looked at before its rate is said. */
const TASTE_MS = 700;
/** A stream without a keyframe in the window is watched on for one. */
const KEYFRAME_MS = 15_000;
const DEAD = { code: 'restart-camera', values: {} } as const;

export interface Begun {
  readonly finding: Finding;
  /** Null: nothing came. */
  readonly watch: StreamWatch | null;
  /** What the camera said to SETUP or PLAY; null when it began to send, or just kept silent. */
  readonly refusal: SightlineError | null;
}

/** Plays and waits for the first packets. Rejects only with the reason of the signal. */
export async function begin(session: WatchedSession, choice: VideoChoice, signal: AbortSignal): Promise<Begun> {
  const startedUs = nowUs();
  try {
    const watch = await session.play(choice);
    await session.until(() => watch.packets > 0, FIRST_PACKET_MS);
    if (watch.packets === 0) return { finding: nothingCame(session, watch, startedUs), watch: null, refusal: null };
    const waitUs = watch.facts.firstUs - startedUs;
    await session.until(() => false, TASTE_MS);
    return { finding: judgeStream(watch.facts, waitUs), watch, refusal: null };
  } catch (error) {
    signal.throwIfAborted();
    return refused(SightlineError.from(error));
  }
}

/** The same on a session that has not asked for the description yet. */
export async function beginAnew(session: WatchedSession, choice: VideoChoice, signal: AbortSignal): Promise<Begun> {
  try {
    await session.describe();
  } catch (error) {
    signal.throwIfAborted();
    return refused(SightlineError.from(error));
  }
  return begin(session, choice, signal);
}

/** Watches on until the window is over, and for a keyframe if none came in it. */
export async function watchOn(session: WatchedSession, watch: StreamWatch, windowMs: number): Promise<StreamFacts> {
  const endUs = watch.facts.firstUs + windowMs * 1000;
  await session.until(() => nowUs() >= endUs, windowMs);
  if (watch.keys === 0) await session.until(() => watch.keys > 0, KEYFRAME_MS);
  return watch.facts;
}

function refused(refusal: SightlineError): Begun {
  const problem = refusal.toProblem();
  const isBusy = refusal.code === 'camera-busy';
  const advised = isBusy ? ({ code: 'close-others', values: {} } as const) : hintOf(problem);
  return { finding: failed({ code: 'stream-refused', values: named(problem) }, advised), watch: null, refusal };
}

function nothingCame({ ended }: WatchedSession, { malformed }: StreamWatch, startedUs: number): Finding {
  if (ended !== null) return failed({ code: 'stream-ended', values: named(ended.toProblem()) }, DEAD);
  if (malformed > 0) return failed({ code: 'stream-not-rtp', values: { frames: malformed } }, DEAD);
  return failed({ code: 'stream-silent', values: { waitedMs: inMs(nowUs() - startedUs) } }, DEAD);
}
