// How a wall is laid out: as many columns as make the pictures largest while all are in view. Pure.

export interface WallLayout {
  readonly columns: number;
  /** Of one tile, CSS pixels. */
  readonly width: number;
  /** Edge to edge in one column, as on a phone. */
  readonly narrow: boolean;
}

export interface WallRoom {
  readonly width: number;
  /** Of the room below the bar. */
  readonly height: number;
  /** Height of a tile's caption. */
  readonly caption: number;
}

const GAP = 8;
const NARROWEST = 280;
/** Below this width a wall is one column from edge to edge. */
export const NARROW_BELOW = 576;
const RATIO = 16 / 9;

export function layOut(count: number, room: WallRoom): WallLayout {
  if (room.width < NARROW_BELOW) return { columns: 1, width: room.width, narrow: true };
  let best = { columns: 1, width: 0 };
  for (let columns = 1; columns <= Math.max(1, count); columns += 1) {
    const width = widthIn(columns, count, room);
    if (width > best.width) best = { columns, width };
  }
  if (best.width < NARROWEST) best = scrolling(room);
  return { ...best, width: Math.floor(best.width), narrow: false };
}

function across(columns: number, room: WallRoom): number {
  return (room.width - 2 * GAP - GAP * (columns - 1)) / columns;
}

/** Width of a tile when all are to be in view. */
function widthIn(columns: number, count: number, room: WallRoom): number {
  const rows = Math.ceil(count / columns);
  const height = (room.height - 2 * GAP - GAP * (rows - 1)) / rows - room.caption;
  return Math.min(across(columns, room), height * RATIO);
}

/** Too many for one screen: columns as wide as a tile must at least be, and the page scrolls. */
function scrolling(room: WallRoom): { columns: number; width: number } {
  const columns = Math.max(1, Math.floor((room.width - GAP) / (NARROWEST + GAP)));
  return { columns, width: across(columns, room) };
}
