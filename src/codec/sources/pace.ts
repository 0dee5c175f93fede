// Waiting for the moment at which a unit is due: what paces the test card and files in real time.

import { nowUs } from '../../base/clock.ts';

/** Resolves at `dueUs` of the monotonic clock, or as soon as `signal` aborts. Never rejects. */
export function sleepUntil(dueUs: number, signal: AbortSignal): Promise<void> {
  const waitMs = (dueUs - nowUs()) / 1000;
  if (waitMs <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, waitMs);
    signal.addEventListener('abort', done);
  });
}
