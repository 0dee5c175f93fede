// Accounting of native calls. Every asynchronous call into FFmpeg goes through here, so that the heartbeat can say how
// many have not returned and how long the oldest has taken; the supervisor kills a process that hangs inside one.

import { nowUs } from '../../base/clock.ts';

/** Insertion order is age: the first entry is the oldest. */
const pending = new Map<number, { readonly name: string; readonly sinceUs: number }>();
let lastCall = 0;

/** Runs one native call and counts it as pending until it has returned or thrown. */
export async function nativeCall<T>(name: string, call: () => Promise<T>): Promise<T> {
  const id = ++lastCall;
  pending.set(id, { name, sinceUs: nowUs() });
  try {
    return await call();
  } finally {
    pending.delete(id);
  }
}

export interface NativeStats {
  /** Native calls that have not returned. */
  readonly calls: number;
  /** Age of the oldest of them, milliseconds; 0 without one. */
  readonly oldestMs: number;
  /** Name of the oldest of them. */
  readonly oldest: string | null;
}

/** What hangs in native code now. */
export function nativeStats(): NativeStats {
  for (const { name, sinceUs } of pending.values()) {
    return { calls: pending.size, oldestMs: (nowUs() - sinceUs) / 1000, oldest: name };
  }
  return { calls: 0, oldestMs: 0, oldest: null };
}
