// What a tile asks for, by the room it has: the width its pixels can show, and no more pictures a second than its size
// is worth. Pure.

import type { TileWish } from './connection.ts';

/** `wall`: one of many. `large`: opened or full screen. `zoomed`: every pixel that the camera has. */
export type Room = 'wall' | 'large' | 'zoomed';

/** Those that the server makes; anything wider is the camera's own. */
const WIDTHS = [160, 320, 480, 640, 960, 1280, 1920] as const;
const SMALL = 480;
const MIDDLE = 960;
/** On a wall nobody sees the third pixel of a phone's screen, but its battery does. */
const WALL_DENSITY = 2;

interface Screen {
  readonly density: number;
  /** The person asked the browser to save data. */
  readonly saving: boolean;
}

export function wishFor(camera: string, cssWidth: number, room: Room, screen: Screen): TileWish {
  const density = room === 'wall' ? Math.min(WALL_DENSITY, screen.density) : screen.density;
  const pixels = Math.max(1, Math.floor(cssWidth * density));
  const width = room === 'zoomed' ? null : (WIDTHS.find((offered) => offered >= pixels) ?? null);
  return { camera, width, fps: screen.saving ? 5 : fpsFor(width, room) };
}

function fpsFor(width: number | null, room: Room): number | null {
  if (room !== 'wall' || width === null || width > MIDDLE) return null;
  return width <= SMALL ? 10 : 15;
}
