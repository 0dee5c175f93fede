// The steps of an RTSP camera behind its door: login, path, tracks, the stream as it plays, and its pictures. The stream
// is watched and the first picture awaited at the same time; what is found is noted in the order of the steps.

import { wallUs } from '../base/clock.ts';
import type { VideoChoice } from '../rtsp/video-choice.ts';
import { askForStream } from './ask.ts';
import type { Asked } from './ask.ts';
import { judgeClock, ofDate, ofReport } from './clock-judge.ts';
import type { ToldClocks } from './clock-judge.ts';
import type { Course } from './course.ts';
import { skipped } from './finding.ts';
import { NONE_TRIED, isWrongPath, tryKnownPaths } from './known-paths.ts';
import { judgeLogin } from './login.ts';
import { askOnvifClock } from './onvif-clock.ts';
import { judgePath } from './path.ts';
import { judgeDecoding, judgePicture } from './picture.ts';
import type { PictureFacts } from './picture.ts';
import { Pictures } from './pictures.ts';
import { WatchedSession } from './session.ts';
import { judgeKeyframes, judgeLoss, judgeTimestamps } from './stream-judge.ts';
import type { StreamFacts, StreamWatch } from './stream-watch.ts';
import { begin, beginAnew, watchOn } from './stream.ts';
import type { Begun } from './stream.ts';
import { judgeTracks } from './tracks.ts';

const WINDOW_MS = 10_000;
/** So long the pictures' session is waited for. */
const SETTLE_MS = 5000;
const LATE_MS = 5000;

export async function examineRtsp(course: Course): Promise<void> {
  const { sheet, ground } = course;
  await using session = new WatchedSession(ground);
  const asked = await askForStream(ground, session);
  if (!(await noteAsked(course, asked)) || asked.description === null) return;
  const { finding, choice } = judgeTracks(asked.description);
  if (!sheet.note('tracks', finding) || choice === null) return;
  await examineStream(course, session, choice);
}

/** Login and path; true when there is a description. */
async function noteAsked(course: Course, { login, error, description }: Asked): Promise<boolean> {
  const { sheet, ground } = course;
  const noAnswer = skipped({ code: 'login-no-answer', values: {} });
  if (!sheet.note('login', login === null ? noAnswer : judgeLogin(login))) return false;
  const known = isWrongPath(error) ? await tryKnownPaths(ground, course.speaker) : NONE_TRIED;
  return sheet.note('path', judgePath(ground.place.url, error, known)) && description !== null;
}

/**
 * The pictures' session is set up first: some cameras begin their timestamps anew for all when another session joins.
 */
async function examineStream(course: Course, session: WatchedSession, choice: VideoChoice): Promise<void> {
  const { request, ground } = course;
  await using pictures = new Pictures(request, LATE_MS);
  await pictures.settled(SETTLE_MS);
  ground.signal.throwIfAborted();
  const begun = await begin(session, choice, ground.signal);
  if (begun.refusal?.code !== 'camera-busy') {
    await examineBegun(course, { session, choice, begun, pictures });
    return;
  }
  // It may have one session to give, and the pictures have it.
  await pictures.end();
  await session[Symbol.asyncDispose]();
  await using second = new WatchedSession(ground);
  const again = await beginAnew(second, choice, ground.signal);
  await examineBegun(course, { session: second, choice, begun: again, pictures });
}

interface Playing {
  readonly session: WatchedSession;
  readonly choice: VideoChoice;
  readonly begun: Begun;
  readonly pictures: Pictures;
}

async function examineBegun(course: Course, { session, choice, begun, pictures }: Playing): Promise<void> {
  const { sheet } = course;
  const { finding, watch, refusal } = begun;
  if (watch !== null) {
    sheet.note('stream', finding);
    const isWhole = await noteWatched(course, session, watch, choice.payload.encoding === 'JPEG');
    const facts = await pictures.end();
    if (sheet.stateOf('keyframes') === 'failed' && facts.picture === null) return;
    notePictures(course, facts, isWhole);
    return;
  }
  // A picture may come all the same, for the server itself may have the session.
  const facts = refusal?.code === 'camera-busy' ? await pictures.end() : null;
  if (facts?.picture == null) {
    sheet.note('stream', finding);
    return;
  }
  sheet.note('stream', { ...finding, state: 'warned' });
  sheet.skipTo('first-picture', { code: 'stream-no-session', values: {} });
  notePictures(course, facts, true);
}

function notePictures({ sheet }: Course, facts: PictureFacts, isWhole: boolean): void {
  sheet.note('first-picture', judgePicture(facts));
  sheet.note('decoding', judgeDecoding(facts, isWhole));
}

/** Watches to the end of the window, ends the session, and notes what was seen; true when nothing was lost. */
async function noteWatched(
  course: Course,
  session: WatchedSession,
  watch: StreamWatch,
  isJpeg: boolean,
): Promise<boolean> {
  const { request, sheet, ground, address } = course;
  const watching = watchOn(session, watch, request.windowMs ?? WINDOW_MS);
  const [facts, onvif] = await Promise.all([watching, askOnvifClock(ground, address)]);
  const ended = session.ended?.toProblem() ?? null;
  await session[Symbol.asyncDispose]();
  sheet.note('keyframes', judgeKeyframes(facts, isJpeg));
  sheet.note('timestamps', judgeTimestamps(facts));
  sheet.note('clock', judgeClock({ ...timesOf(course, facts), onvif }));
  const jitter = sheet.stateOf('timestamps') === 'passed';
  sheet.note('loss', judgeLoss(facts, { jitter, ended }));
  return facts.lost === 0;
}

function timesOf({ speaker, heardAtUs }: Course, { reports }: StreamFacts): Pick<ToldClocks, 'rtcp' | 'date'> {
  const report = reports.at(-1);
  const rtcp = report === undefined ? null : ofReport(report.ntpUs, wallUs(report.atUs));
  return { rtcp, date: ofDate(speaker.headers.get('date') ?? null, wallUs(heardAtUs)) };
}
