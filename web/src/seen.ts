// What the page itself knows about a camera beside its status, gathered from the signals for the words.

import type { Camera } from './api.ts';
import { frozen, lostSinceMs, serverNowMs } from './state.ts';
import type { Seen } from './words.ts';

export function seenOf(camera: Camera): Seen {
  return {
    lostSinceMs: lostSinceMs.value,
    frozenMs: frozen.value.get(camera.uid) ?? null,
    nowMs: serverNowMs.value,
  };
}
