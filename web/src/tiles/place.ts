// Puts a camera's picture into a place on the page and keeps what it asks for in step with that place: its size, and
// whether it is in sight.

import { effect, signal } from '@preact/signals';
import { MAIN } from '../api.ts';
import type { LiveTile } from './live-tile.ts';
import { wayNow } from './tiles.ts';
import { wishFor, type Room } from './wish.ts';

/** What a place shows. */
export interface Placing {
  readonly tile: LiveTile;
  /** Id of the camera. */
  readonly camera: string;
  readonly stream: string;
  /** False: the camera is switched off, so nobody is asked for its picture. */
  readonly wanted: boolean;
  readonly room: Room;
}

interface Connection {
  readonly saveData?: boolean;
}

/** Where the canvas of a tile was moved to last: an older place has nothing to say about it any more. */
const owners = new WeakMap<LiveTile, HTMLElement>();

/** Fills `host` with the picture until the returned function is called. */
export function placeTile(host: HTMLElement, { tile, camera, stream, wanted, room }: Placing): () => void {
  const width = signal(host.clientWidth);
  const inSight = signal(isInSight(host));
  owners.set(tile, host);
  host.prepend(tile.canvas);
  const sizes = new ResizeObserver(() => (width.value = host.clientWidth));
  const sights = new IntersectionObserver((entries) => (inSight.value = entries.at(-1)!.isIntersecting), {
    rootMargin: '100px 0px',
  });
  sizes.observe(host);
  sights.observe(host);
  const stop = effect(() => {
    const shown = wanted && inSight.value && width.value > 0;
    const wish = { ...wishFor(camera, width.value, room, screenNow()), ...(stream === MAIN ? {} : { stream }) };
    tile.show(shown ? wish : null, wayNow());
  });
  return () => {
    stop();
    sizes.disconnect();
    sights.disconnect();
    // The next place takes the picture over within the same drawing of the page, without a gap.
    queueMicrotask(() => {
      if (owners.get(tile) === host && !host.isConnected) tile.show(null, 'none');
    });
  };
}

function isInSight(host: HTMLElement): boolean {
  const { top, bottom } = host.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}

function screenNow(): { density: number; saving: boolean } {
  const { connection } = navigator as Navigator & { readonly connection?: Connection };
  return { density: devicePixelRatio, saving: connection?.saveData === true };
}
