// A camera's state in words: the one word with its shape, and the sentences that stand over a picture that is not live.
// Pure functions of the status and of what the page itself has seen; the components only lay them out.

import type { Camera, Status } from './api.ts';

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
  /** The server's time now, Unix milliseconds. */
  readonly nowMs: number;
}

const NOT_SHOWABLE = new Set(['codec-unsupported', 'quarantined', 'decode-failed', 'file-unreadable']);
const PASSWORD = 'camera-unauthorized';

const LIVE: Word = { text: 'Live', suffix: '', shape: 'dot', tone: 'ok', live: true };
const STARTING: Word = { text: 'Starting', suffix: '', shape: 'ring', tone: 'muted', live: false };

/** What the opened picture itself says: it is there, and it is new although the status has not caught up yet. */
export interface PictureSeen {
  readonly shown: boolean;
  readonly fresh: boolean;
}

/** The word of the camera that this page has opened: it is never merely ready, and live only once a picture is there. */
export function openedWordOf(status: Status, seen: Seen, picture: PictureSeen): Word {
  const word = wordOf(status, seen);
  if (word.live) return picture.shown ? word : STARTING;
  if (word.shape === 'disc' || word.shape === 'ring') return picture.fresh ? LIVE : STARTING;
  return word;
}

/** The state word of a camera. */
export function wordOf(status: Status, seen: Seen): Word {
  if (seen.lostSinceMs !== null) return { text: 'Old', suffix: '', shape: 'clock', tone: 'warn', live: false };
  const sinceMs = Date.parse(status.since);
  switch (status.state) {
    case 'live':
      if (seen.frozenMs !== null) return frozen(seen.frozenMs);
      return LIVE;
    case 'idle':
      return { text: 'Ready', suffix: '', shape: 'disc', tone: 'muted', live: false };
    case 'opening':
      return STARTING;
    case 'stalled':
      return frozen(seen.nowMs - sinceMs);
    case 'disabled':
      return { text: 'Switched off', suffix: '', shape: 'crossed', tone: 'muted', live: false };
    case 'failed':
      return failed(status, sinceMs, seen.nowMs);
  }
}

function frozen(forMs: number): Word {
  return { text: 'Frozen', suffix: age(forMs), shape: 'bars', tone: 'warn', live: false };
}

function failed(status: Status, sinceMs: number, nowMs: number): Word {
  const code = status.reason?.code ?? '';
  if (code === PASSWORD) return { text: 'Needs password', suffix: '', shape: 'key', tone: 'bad', live: false };
  if (NOT_SHOWABLE.has(code)) {
    return { text: 'Cannot be shown here', suffix: '', shape: 'square', tone: 'bad', live: false };
  }
  return { text: 'Off', suffix: `since ${timeOfDay(sinceMs, nowMs)}`, shape: 'crossed', tone: 'bad', live: false };
}

/** What stands over the picture of a camera that is not live: what, since when, why, what can be done. */
export interface Explanation {
  readonly title: string;
  readonly lines: readonly string[];
}

export function explain(camera: Camera, word: Word, seen: Seen): Explanation {
  const { status } = camera;
  const lines: string[] = [];
  if (status.reason !== null) lines.push(sentence(status.reason.text));
  else if (word.shape === 'bars') lines.push('The camera is connected but sends no new pictures.');
  const trouble = word.tone === 'warn' || word.tone === 'bad';
  if (trouble) lines.push(sinceSentence(status, seen));
  if (status.reason !== null) lines.push(sentence(status.reason.hint));
  if (trouble && !NOT_SHOWABLE.has(status.reason?.code ?? '')) lines.push('It is tried again by itself.');
  return { title: titleOf(camera.id, word), lines };
}

/** A reason as a sentence: it may come as a clause. */
function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}

function sinceSentence(status: Status, seen: Seen): string {
  const frozenSinceMs = seen.frozenMs === null ? null : seen.nowMs - seen.frozenMs;
  const sinceMs = seen.lostSinceMs ?? frozenSinceMs ?? Date.parse(status.since);
  return `Since ${timeOfDay(sinceMs, seen.nowMs, true)}, ${age(seen.nowMs - sinceMs)} ago.`;
}

function titleOf(name: string, word: Word): string {
  switch (word.shape) {
    case 'bars':
      return `${name} is frozen.`;
    case 'key':
      return `${name} wants a password.`;
    case 'square':
      return `${name} cannot be shown.`;
    case 'crossed':
      return word.tone === 'muted' ? `${name} is switched off.` : `${name} is off.`;
    case 'clock':
      return `${name}: the last picture is old.`;
    case 'dot':
    case 'disc':
    case 'ring':
      return `${name} is starting.`;
  }
}

/** '7 s', '3 min', '2 h', '4 days'. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

/** '14:02' (or '14:02:11'), with the date in front when it is not within the last day. */
export function timeOfDay(ms: number, nowMs: number, withSeconds = false): string {
  const instant = new Date(ms);
  const time = instant.toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(withSeconds ? { second: '2-digit' } : {}),
  });
  return nowMs - ms < 86_400_000 ? time : `${instant.toLocaleDateString()} ${time}`;
}

/** '1 live, 3 ready, 1 with a problem': the bar's sentence. Cameras that are switched off are not counted. */
export function countOf(words: readonly Word[]): string {
  const counted = words.filter((word) => word.text !== 'Switched off');
  const parts: string[] = [];
  const say = (count: number, what: string): void => {
    if (count > 0) parts.push(`${count} ${what}`);
  };
  say(counted.filter((word) => word.live).length, 'live');
  say(counted.filter((word) => word.shape === 'disc').length, 'ready');
  say(counted.filter((word) => word.shape === 'ring').length, 'starting');
  say(counted.filter((word) => word.tone === 'warn' || word.tone === 'bad').length, 'with a problem');
  return parts.length === 0 ? 'none switched on' : parts.join(', ');
}

const CLOCKS: Readonly<Record<string, string>> = {
  rtcp: "the camera's clock",
  device: "the device's clock",
  sender: "the sender's clock",
  arrival: 'time of arrival',
};

/** Where the capture time comes from, in words; 'no clock' is said, never guessed. */
export function clockOf(status: Status): string {
  const { clock, uncertaintyMs } = status.captureTime;
  if (clock === null) return 'no clock';
  const words = CLOCKS[clock] ?? clock;
  return uncertaintyMs === null ? words : `${words} ± ${Math.max(1, Math.round(uncertaintyMs))} ms`;
}
