// A camera's state in words: the one word with its shape, and the sentences that stand over a picture that is not live.
// Pure functions of the status and of what the page itself has seen; the components only lay them out.

import type { Camera, Reason, Status } from './api.ts';
import type { ProblemWords } from './dictionary/en.ts';
import { clockTime, day, number, t } from './i18n.ts';

/** Each word has a shape, so that colour alone never says anything. */
export type Shape = 'dot' | 'ring' | 'bars' | 'crossed' | 'key' | 'square' | 'clock' | 'disc';
export type Tone = 'ok' | 'muted' | 'warn' | 'bad';

export interface Word {
  readonly text: string;
  /** What follows the word and changes by itself (seconds, time of day); not read aloud at each change. */
  readonly suffix: string;
  readonly shape: Shape;
  readonly tone: Tone;
  readonly live: boolean;
}

/** What the page knows beside the status: whether the server answers, whether pictures arrive, and the server's time. */
export interface Seen {
  /** When the server answered last, while it does not; null while it does. */
  readonly lostSinceMs: number | null;
  /** Milliseconds since the camera's last new picture when that is too long for a live one; null when it is not. */
  readonly frozenMs: number | null;
  /** Whether this page shows the camera: not at all, as soon as a picture comes, or with one that came since. */
  readonly picture: 'none' | 'awaited' | 'painted';
  /** The server's time now, Unix milliseconds. */
  readonly nowMs: number;
}

const NOT_SHOWABLE = new Set(['codec-unsupported', 'quarantined', 'decode-failed', 'file-unreadable']);
export const PROCESSOR_FAILED = 'processor-failed';
const PASSWORD = 'camera-unauthorized';
/** Of a camera that is sent its pictures: the server can try nothing. */
const NOTHING_PUSHED = 'nothing-pushed';

function live(): Word {
  return { text: t().states.live, suffix: '', shape: 'dot', tone: 'ok', live: true };
}

function starting(): Word {
  return { text: t().states.starting, suffix: '', shape: 'ring', tone: 'muted', live: false };
}

function ready(): Word {
  return { text: t().states.ready, suffix: '', shape: 'disc', tone: 'muted', live: false };
}

/** The state word of a camera. */
export function wordOf(status: Status, seen: Seen): Word {
  if (seen.lostSinceMs !== null) return { text: t().states.old, suffix: '', shape: 'clock', tone: 'warn', live: false };
  const sinceMs = Date.parse(status.since);
  switch (status.state) {
    case 'live':
      if (seen.frozenMs !== null) return frozen(seen.frozenMs);
      return seen.picture === 'awaited' ? starting() : live();
    case 'idle':
    case 'opening':
      // The picture itself may be there before the status has caught up.
      if (seen.picture === 'painted' && seen.frozenMs === null) return live();
      return status.state === 'idle' && seen.picture === 'none' ? ready() : starting();
    case 'stalled':
      return frozen(seen.nowMs - sinceMs);
    case 'disabled':
      return { text: t().states.switchedOff, suffix: '', shape: 'crossed', tone: 'muted', live: false };
    case 'failed':
      return failed(status, sinceMs, seen.nowMs);
  }
}

function frozen(forMs: number): Word {
  return { text: t().states.frozen, suffix: age(forMs), shape: 'bars', tone: 'warn', live: false };
}

function failed(status: Status, sinceMs: number, nowMs: number): Word {
  const code = status.reason?.code ?? '';
  if (code === PASSWORD) return { text: t().states.needsPassword, suffix: '', shape: 'key', tone: 'bad', live: false };
  if (NOT_SHOWABLE.has(code)) {
    return { text: t().states.notShowable, suffix: '', shape: 'square', tone: 'bad', live: false };
  }
  const suffix = t().states.since(timeOfDay(sinceMs, nowMs));
  if (code === PROCESSOR_FAILED) {
    return { text: t().states.failed, suffix, shape: 'crossed', tone: 'bad', live: false };
  }
  return { text: t().states.off, suffix, shape: 'crossed', tone: 'bad', live: false };
}

/** What stands over the picture of a camera that is not live: what, since when, why, what can be done. */
export interface Explanation {
  readonly title: string;
  readonly lines: readonly string[];
}

export function explain(camera: Camera, word: Word, seen: Seen): Explanation {
  const { status, config } = camera;
  const lines: string[] = [];
  if (status.reason !== null) lines.push(problemTitle(status.reason), ...ownText(status.reason));
  else if (word.shape === 'bars') lines.push(t().explain.noNewPictures);
  const trouble = word.tone === 'warn' || word.tone === 'bad';
  if (trouble) lines.push(sinceSentence(status, seen));
  if (status.reason !== null) lines.push(problemHint(status.reason));
  const code = status.reason?.code ?? '';
  if (trouble && !NOT_SHOWABLE.has(code) && code !== NOTHING_PUSHED) lines.push(t().explain.triedAgain);
  const failed = status.reason?.code === PROCESSOR_FAILED;
  return { title: failed ? t().titles.failed(config.name) : titleOf(config.name, word), lines };
}

/** A processor's failure names file and line, which no words of the page can: the server's are added to them. */
function ownText({ code, text }: Reason): readonly string[] {
  return code === PROCESSOR_FAILED && t().problems !== null ? [sentence(text)] : [];
}

/** What happened, in the page's language: the server's own words where that is English or knows no such code. */
export function problemTitle(reason: Pick<Reason, 'code' | 'text'>): string {
  return ownWords(reason.code)?.title ?? sentence(reason.text);
}

/** What a person can do, in the page's language. */
export function problemHint(reason: Pick<Reason, 'code' | 'hint'>): string {
  return ownWords(reason.code)?.hint ?? sentence(reason.hint);
}

function ownWords(code: string): ProblemWords | undefined {
  const table: Readonly<Record<string, ProblemWords>> | null = t().problems;
  return table?.[code];
}

/** A reason as a sentence: it may come as a clause. */
export function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}

function sinceSentence(status: Status, seen: Seen): string {
  const frozenSinceMs = seen.frozenMs === null ? null : seen.nowMs - seen.frozenMs;
  const sinceMs = seen.lostSinceMs ?? frozenSinceMs ?? Date.parse(status.since);
  return t().explain.since(timeOfDay(sinceMs, seen.nowMs, true), age(seen.nowMs - sinceMs));
}

function titleOf(name: string, word: Word): string {
  const { titles } = t();
  switch (word.shape) {
    case 'bars':
      return titles.frozen(name);
    case 'key':
      return titles.needsPassword(name);
    case 'square':
      return titles.notShowable(name);
    case 'crossed':
      return word.tone === 'muted' ? titles.switchedOff(name) : titles.off(name);
    case 'clock':
      return titles.old(name);
    case 'dot':
    case 'disc':
    case 'ring':
      return titles.starting(name);
  }
}

/** '7 s', '3 min', '2 h', '4 days'. */
export function age(ms: number): string {
  const { ages } = t();
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return ages.seconds(number(seconds));
  if (seconds < 3600) return ages.minutes(number(Math.floor(seconds / 60)));
  if (seconds < 172_800) return ages.hours(number(Math.floor(seconds / 3600)));
  return ages.days(number(Math.floor(seconds / 86_400)));
}

/** '14:02' (or '14:02:11'), with the date in front when it is not within the last day. */
export function timeOfDay(ms: number, nowMs: number, withSeconds = false): string {
  const time = clockTime(ms, withSeconds);
  return nowMs - ms < 86_400_000 ? time : `${day(ms)} ${time}`;
}

/** '4 of 5 live', or '1 live, 3 ready, 1 with a problem': the bar's sentence. Those switched off are not counted. */
export function countOf(words: readonly Word[]): string {
  const { counts } = t();
  const counted = words.filter((word) => word.shape !== 'crossed' || word.tone !== 'muted');
  const live = counted.filter((word) => word.live).length;
  const ready = counted.filter((word) => word.shape === 'disc').length;
  const problems = counted.filter((word) => word.tone === 'warn' || word.tone === 'bad').length;
  if (counted.length === 0) return counts.none;
  if (ready === 0) return counts.liveOf(live, counted.length);
  const parts = [counts.live(live), counts.ready(ready)];
  if (problems > 0) parts.push(counts.problem(problems));
  return parts.join(', ');
}

/** Where the capture time comes from, in words; 'no clock' is said, never guessed. */
export function clockOf(status: Status): string {
  const { clock, uncertaintyMs } = status.captureTime;
  const { clocks } = t();
  if (clock === null) return clocks.none;
  if (uncertaintyMs === null) return clocks[clock];
  return clocks.within(clocks[clock], number(Math.max(1, Math.round(uncertaintyMs))));
}
