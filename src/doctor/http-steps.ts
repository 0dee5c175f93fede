// The steps of an HTTP camera behind its door: login, path, how its pictures come, and the first one decoded. What RTP
// has and HTTP has not is skipped, and said so.

import { setTimeout as sleep } from 'node:timers/promises';
import { nowUs, wallUs } from '../base/clock.ts';
import type { SightlineError } from '../base/errors.ts';
import { judgeClock, ofDate } from './clock-judge.ts';
import type { Course } from './course.ts';
import { passed, skipped } from './finding.ts';
import { isOfPath, judgeHttpPath, judgeHttpStream, judgeHttpTimestamps, judgeHttpTracks } from './http-judge.ts';
import { HttpWatch } from './http-watch.ts';
import { NONE_TRIED, isWrongPath, tryKnownPaths } from './known-paths.ts';
import { judgeLogin } from './login.ts';
import { askOnvifClock } from './onvif-clock.ts';
import { judgeDecoding, judgePicture } from './picture.ts';
import { Pictures } from './pictures.ts';
import { mayBeCamera } from './speaker.ts';

const WINDOW_MS = 5000;
const LATE_MS = 6000;

export async function examineHttp(course: Course): Promise<void> {
  const { sheet, ground, speaker } = course;
  const { status, challenges } = speaker;
  const hasCredentials = ground.source.credentials !== null;
  const asked = { status, challenges, hasCredentials, digestOnly: ground.digestOnly };
  const isAsked = status === 401;
  if (status === 403 || (isAsked && !hasCredentials)) {
    sheet.note('login', judgeLogin({ ...asked, accepted: null }));
    return;
  }
  const startedUs = nowUs();
  await using watch = new HttpWatch(ground);
  const failure = await watch.first;
  ground.signal.throwIfAborted();
  const accepted = isAsked ? failure?.code !== 'camera-unauthorized' : null;
  if (!sheet.note('login', judgeLogin({ ...asked, accepted }))) return;
  const pathError = failure !== null && isOfPath(failure) ? failure : null;
  const mayTry = isWrongPath(pathError) && mayBeCamera(speaker);
  const known = mayTry ? await tryKnownPaths(ground, speaker) : NONE_TRIED;
  const path = judgeHttpPath(ground.place.url, speaker, pathError, known);
  if (!sheet.note('path', path)) return;
  await examineSending(course, { watch, startedUs, silence: failure });
}

interface Sending {
  readonly watch: HttpWatch;
  readonly startedUs: number;
  /** Why no picture came; null when one did. */
  readonly silence: SightlineError | null;
}

async function examineSending(course: Course, { watch, startedUs, silence }: Sending): Promise<void> {
  const { request, sheet, speaker } = course;
  if (silence !== null) {
    sheet.skipTo('stream', { code: 'picture-none', values: {} });
    sheet.note('stream', judgeHttpStream(watch.facts, 0, silence));
    return;
  }
  sheet.note('tracks', judgeHttpTracks(watch.facts, speaker));
  await using pictures = new Pictures(request, LATE_MS);
  await noteWatched(course, watch, startedUs);
  const facts = await pictures.end();
  sheet.note('first-picture', judgePicture(facts));
  sheet.note('decoding', judgeDecoding(facts, true));
}

async function noteWatched(
  { sheet, ground, address, speaker, heardAtUs }: Course,
  watch: HttpWatch,
  startedUs: number,
): Promise<void> {
  const watching = sleep(WINDOW_MS, undefined, { signal: ground.signal });
  const [, onvif] = await Promise.all([watching, askOnvifClock(ground, address)]);
  const { facts } = watch;
  await watch[Symbol.asyncDispose]();
  sheet.note('stream', judgeHttpStream(facts, facts.firstUs - startedUs, null));
  sheet.note('keyframes', passed({ code: 'keyframes-all', values: {} }));
  sheet.note('timestamps', judgeHttpTimestamps(facts));
  const date = ofDate(speaker.headers.get('date') ?? null, wallUs(heardAtUs));
  sheet.note('clock', judgeClock({ rtcp: null, onvif, date }));
  sheet.note('loss', skipped({ code: 'loss-hidden', values: {} }));
}
