// The tiles of this page: one connection, one painter, one picture for each stream, wherever it is placed. Decides how
// tiles are served: by the socket, by stills where that fails, not at all while nobody looks.

import { signal } from '@preact/signals';
import { address, MAIN } from '../api.ts';
import type { Camera } from '../api.ts';
import { locked } from '../session.ts';
import { apiAnswers, lose, poll, tellsChanges } from '../state.ts';
import { TileConnection } from './connection.ts';
import { LiveTile, type Way } from './live-tile.ts';
import { Painter } from './painter.ts';

/** A tab that was left for longer is not watched; one that was left by mistake still is. */
const HIDDEN_CLOSE_MS = 4000;
const TICK_MS = 1000;
/** So many sockets in a row without a word, while the API answers, and stills are shown until one works. */
const FAILURES = 2;

/** True where WebSockets fail: pictures are stills. */
export const stills = signal(false);
/** True while somebody may look at the page. */
export const watched = signal(!document.hidden);
/** True while the socket works. */
export const connected = signal(false);

const tiles = new Map<string, LiveTile>();
const painter = new Painter();
let failures = 0;
let hiddenTimer: ReturnType<typeof setTimeout> | undefined;

export const connection = new TileConnection(address('/tiles').replace(/^http/, 'ws'), {
  opened: () => {
    failures = 0;
    stills.value = false;
    connected.value = true;
    tellsChanges(true);
    if (!apiAnswers()) void poll();
  },
  closed: (worked) => {
    connected.value = false;
    tellsChanges(false);
    failures = worked ? 0 : failures + 1;
    void poll().then(() => {
      if (worked && !apiAnswers()) lose();
      if (failures >= FAILURES && apiAnswers() && !locked.value) stills.value = true;
    });
  },
  cameras: () => void poll(),
});

/** How tiles in sight are served now. */
export function wayNow(): Way {
  if (!watched.value) return 'none';
  return stills.value ? 'stills' : 'socket';
}

/** The picture of a camera's stream, the same one for as long as the camera and its stream are in the list. */
export function tileOf({ uid }: Camera, stream = MAIN): LiveTile {
  const key = `${uid}/${stream}`;
  let tile = tiles.get(key);
  if (tile === undefined) {
    tile = new LiveTile(connection, painter);
    tiles.set(key, tile);
  }
  return tile;
}

/** Forgets the pictures of cameras and streams that are gone. */
export function keepOnly(cameras: readonly Camera[]): void {
  const keys = new Set(cameras.flatMap(({ uid, streams }) => streams.map((stream) => `${uid}/${stream}`)));
  for (const [key, tile] of tiles) {
    if (keys.has(key)) continue;
    tile.close();
    tiles.delete(key);
  }
}

/** Connects, and from then on follows the page: hidden, seen again, frozen and thawed, offline and online. */
export function startTiles(): void {
  document.addEventListener('visibilitychange', () => (document.hidden ? leaveSoon() : comeBack()));
  addEventListener('pagehide', leave);
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) comeBack();
  });
  addEventListener('online', () => connection.check());
  locked.subscribe((now) => {
    if (!now) connection.check();
  });
  setInterval(tick, TICK_MS);
  if (!document.hidden) connection.open();
}

function leaveSoon(): void {
  clearTimeout(hiddenTimer);
  hiddenTimer = setTimeout(leave, HIDDEN_CLOSE_MS);
}

function leave(): void {
  clearTimeout(hiddenTimer);
  watched.value = false;
  connected.value = false;
  tellsChanges(false);
  connection.close();
}

function comeBack(): void {
  clearTimeout(hiddenTimer);
  if (!watched.value) {
    watched.value = true;
    connection.open();
  } else {
    connection.check();
  }
}

function tick(): void {
  const nowMs = performance.now();
  const delays = [];
  for (const tile of tiles.values()) {
    tile.tick(nowMs);
    if (tile.delay !== null) delays.push(tile.delay);
  }
  if (delays.length > 0) connection.report(delays);
}
