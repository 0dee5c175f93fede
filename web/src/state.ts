// The page's state: the list of cameras, asked once a second on one connection, and whether the server answers at all.
// Everything else on the page follows from these signals.

import { signal } from '@preact/signals';
import { ask } from './api.ts';
import type { Camera } from './api.ts';
import { FreshnessWatch } from './freshness.ts';
import { locked } from './session.ts';

const POLL_MS = 1000;
/** While the tiles' socket tells of each change, asking is for the counters only. */
const CALM_POLL_MS = 2000;
const LOST_AFTER_MS = 3000;

/** Null until the first answer. */
export const cameras = signal<readonly Camera[] | null>(null);
/** The server's time at which it answered last, once it has been silent too long; null while it answers. */
export const lostSinceMs = signal<number | null>(null);
/** The server's time, Unix milliseconds; moves with each poll. */
export const serverNowMs = signal(performance.timeOrigin + performance.now());
/** Milliseconds without a new picture, by uid, for cameras that are called live but give none. */
export const frozen = signal<ReadonlyMap<string, number>>(new Map());

const freshness = new FreshnessWatch();
/** Server time minus performance.now(). */
let clockOffsetMs = performance.timeOrigin;
let answeredAtMs = performance.now();
let failedSinceAnswer = false;
let lostTimer: ReturnType<typeof setTimeout> | undefined;
let pollTimer: ReturnType<typeof setTimeout> | undefined;
let polling: Promise<void> | null = null;

let pollMs = POLL_MS;

/** Whether the last question was answered. */
export function apiAnswers(): boolean {
  return !failedSinceAnswer;
}

/** Another way tells of changes at once, or does not any more. */
export function tellsChanges(tells: boolean): void {
  pollMs = tells ? CALM_POLL_MS : POLL_MS;
}

/** Both ways to the server are cut: nobody needs to wait to see whether it answers late. */
export function lose(): void {
  if (lostSinceMs.value === null && !document.hidden) lostSinceMs.value = answeredAtMs + clockOffsetMs;
}

/** Begins to ask; a hidden page does not ask, and asks at once when it is seen again. */
export function startPolling(): void {
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      clearTimeout(lostTimer);
    } else {
      expectAnswer();
      void poll();
    }
  });
  // The first call is for what it is now: that is asked below anyway.
  let was = locked.value;
  locked.subscribe((now) => {
    if (was && !now) void poll();
    was = now;
  });
  expectAnswer();
  void poll();
}

/** Asks now instead of at the next second; one question at a time, so one that is under way is followed by another. */
export async function poll(): Promise<void> {
  const underWay = polling;
  if (underWay !== null) {
    await underWay;
    if (polling !== null) return polling;
  }
  polling = askOnce().finally(() => {
    polling = null;
  });
  await polling;
}

async function askOnce(): Promise<void> {
  clearTimeout(pollTimer);
  const startedMs = performance.now();
  try {
    await take(await ask('/api/cameras', { signal: AbortSignal.timeout(LOST_AFTER_MS) }));
  } catch {
    failedSinceAnswer = true;
  }
  serverNowMs.value = performance.now() + clockOffsetMs;
  // Asking on without the token would make the browser ask for it again and again.
  if (document.hidden || locked.value) return;
  pollTimer = setTimeout(() => void poll(), Math.max(100, pollMs - (performance.now() - startedMs)));
}

async function take(response: Response): Promise<void> {
  if (response.status === 401) {
    answered(response);
    clearTimeout(lostTimer);
    cameras.value = [];
    return;
  }
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  const list = ((await response.json()) as { cameras: Camera[] }).cameras;
  answered(response);
  locked.value = false;
  frozen.value = freshness.look(list, performance.now());
  cameras.value = list;
}

function answered(response: Response): void {
  answeredAtMs = performance.now();
  const date = Date.parse(response.headers.get('date') ?? '');
  // The header has whole seconds: an offset within one second of the kept one says nothing new.
  if (!Number.isNaN(date) && Math.abs(date + 500 - answeredAtMs - clockOffsetMs) > 1000) {
    clockOffsetMs = date + 500 - answeredAtMs;
  }
  failedSinceAnswer = false;
  lostSinceMs.value = null;
  expectAnswer();
}

function expectAnswer(): void {
  clearTimeout(lostTimer);
  lostTimer = setTimeout(() => {
    failedSinceAnswer = true;
    lostSinceMs.value = answeredAtMs + clockOffsetMs;
  }, LOST_AFTER_MS - 200);
}
