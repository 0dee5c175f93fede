// What the page itself knows about a camera beside the API's status, gathered from the signals for the words: the state
// that came in order with the pictures goes before the one that was asked for a second ago.

import { computed } from '@preact/signals';
import { MAIN, type Camera, type Status } from './api.ts';
import { frozen, lostSinceMs, serverNowMs } from './state.ts';
import type { TileFacts } from './tiles/live-tile.ts';
import { connected, connection, tileOf } from './tiles/tiles.ts';
import { wordOf, type Seen, type Word } from './words.ts';

/** When the server was lost: neither the API nor the tiles hear from it. */
export const lost = computed(() => (connected.value ? null : lostSinceMs.value));

/** Of a stream that a processor shows, its failure goes before what the camera does. */
export function statusOf(camera: Camera, stream = MAIN): Status {
  const made = camera.processors.find(({ name }) => name === stream);
  if (stream !== MAIN && made?.state === 'failed' && made.problem !== null) {
    return { ...camera.status, state: 'failed', since: made.since, reason: made.problem };
  }
  const told = tileOf(camera, stream).facts.value.state;
  if (told === null) return camera.status;
  const sinceMs = connection.clock.unixMs(told.sinceUs);
  const since = sinceMs === null ? camera.status.since : new Date(sinceMs).toISOString();
  return { ...camera.status, state: told.state, since, reason: told.reason };
}

export function seenOf(camera: Camera, stream = MAIN): Seen {
  const facts = tileOf(camera, stream).facts.value;
  return {
    lostSinceMs: lost.value,
    frozenMs: frozenOf(camera, facts),
    picture: facts.way === 'none' ? 'none' : facts.painted ? 'painted' : 'awaited',
    nowMs: serverNowMs.value,
  };
}

/** A picture of the socket says its own age; of others the API's count of pictures tells whether there are new ones. */
function frozenOf(camera: Camera, facts: TileFacts): number | null {
  if (facts.painted) return facts.frozenMs;
  return facts.way === 'none' ? (frozen.value.get(camera.uid) ?? null) : null;
}

export function wordFor(camera: Camera, stream = MAIN): Word {
  return wordOf(statusOf(camera, stream), seenOf(camera, stream));
}
