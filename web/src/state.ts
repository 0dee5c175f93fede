// The page's state: the list of cameras, asked once a second on one connection, and whether the server answers at all.
// Everything else on the page follows from these signals.

import { signal } from '@preact/signals';
import type { Camera } from './api.ts';
import { FreshnessWatch } from './freshness.ts';

const POLL_MS = 1000;
const LOST_AFTER_MS = 3000;

/** Null until the first answer. */
export const cameras = signal<readonly Camera[] | null>(null);
/** The server's time at which it answered last, once it has been silent too long; null while it answers. */
export const lostSinceMs = signal<number | null>(null);
/** True when the server wants its token and the browser, which asks for it by itself, sent none or an old one. */
export const locked = signal(false);
/** The server's time, Unix milliseconds; moves with each poll. */
export const serverNowMs = signal(performance.timeOrigin + performance.now());
/** Rises when streams that were open before may be dead: after the server was lost or restarted. */
export const generation = signal(0);
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
  expectAnswer();
  void poll();
}

/** Asks now instead of at the next second; one question at a time. */
export async function poll(): Promise<void> {
  polling ??= ask().finally(() => {
    polling = null;
  });
  await polling;
}

async function ask(): Promise<void> {
  clearTimeout(pollTimer);
  const startedMs = performance.now();
  try {
    await take(await fetch('/api/cameras', request()));
  } catch {
    failedSinceAnswer = true;
  }
  serverNowMs.value = performance.now() + clockOffsetMs;
  // Asking on without the token would make the browser ask for it again and again.
  if (document.hidden || locked.value) return;
  pollTimer = setTimeout(() => void poll(), Math.max(100, POLL_MS - (performance.now() - startedMs)));
}

function request(): RequestInit {
  return { cache: 'no-store', signal: AbortSignal.timeout(LOST_AFTER_MS) };
}

async function take(response: Response): Promise<void> {
  if (response.status === 401) {
    answered(response);
    clearTimeout(lostTimer);
    locked.value = true;
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
  if (failedSinceAnswer) generation.value += 1;
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
