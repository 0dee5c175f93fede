// What the server says of itself: config, warnings, version. Asked now and then while the page is seen.

import { signal } from '@preact/signals';
import { ApiError, get, type System } from './api.ts';

const EVERY_MS = 5000;
const FIRST_MS = 1000;

/** Null until the first answer. */
export const system = signal<System | null>(null);

let timer: ReturnType<typeof setTimeout> | undefined;

/** From now on; the first question waits, because pictures come first. */
export function startSystem(): void {
  document.addEventListener('visibilitychange', () => void askSystem());
  timer = setTimeout(() => void askSystem(), FIRST_MS);
}

/** Asks now, and again after a while. */
export async function askSystem(): Promise<void> {
  clearTimeout(timer);
  if (document.hidden) return;
  try {
    take(await get<System>('/api/system'));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
  clearTimeout(timer);
  timer = setTimeout(() => void askSystem(), EVERY_MS);
}

/** The same answer again changes nothing, so that nothing is drawn. */
function take(answer: System): void {
  const shown = system.peek();
  if (shown === null || JSON.stringify(lasting(shown)) !== JSON.stringify(lasting(answer))) system.value = answer;
}

function lasting({ version, since, viewers, config, warnings }: System): unknown {
  return { version, since, viewers, config, warnings };
}
