// The contract of WS /tiles: many cameras' pictures on one connection, each acknowledged, so that at most two of a tile
// are under way. Texts are JSON, pictures are binary with a fixed head. Runs in a browser: no Node imports.
//
// Times are microseconds of the server's monotonic clock, which no step of a wall clock moves; `clock` tells where it
// stands, and wallOffsetUs what to add for Unix time.

import type { Reason } from './contract-words.ts';

export const TILES_PATH = '/tiles';

/** Page to server. */
export type TileRequest =
  /** Begins a tile, or changes it: `tile` is the page's own number for it, 0 to 65535. */
  | {
      readonly type: 'show';
      readonly tile: number;
      readonly camera: string;
      /** Default main. */
      readonly stream?: string;
      /** Pixels that the page has for it; snaps up to an offered width. null: the camera's own. */
      readonly width: number | null;
      /** At most so many pictures a second; null: all. */
      readonly fps: number | null;
    }
  /** Ends a tile: it is off screen, or its page is hidden. */
  | { readonly type: 'hide'; readonly tile: number }
  /** A picture has been painted, or was passed over for a newer one. */
  | { readonly type: 'ack'; readonly tile: number; readonly sequence: number }
  /** Asks for the server's time; `id` comes back. */
  | { readonly type: 'clock'; readonly id: number }
  /** Once a second: the delay from capture to paint of each tile, as measured; null where it is not known. */
  | {
      readonly type: 'delays';
      readonly delays: readonly {
        readonly tile: number;
        readonly delayMs: number | null;
        readonly uncertaintyMs: number | null;
      }[];
    };

/** Server to page, beside pictures. */
export type TileMessage =
  | {
      readonly type: 'clock';
      readonly id: number;
      readonly receivedUs: number;
      readonly sentUs: number;
      /** Unix time minus the times of this protocol. */
      readonly wallOffsetUs: number;
    }
  /** The state of what a tile shows: at its beginning and at each change, in order with its pictures. */
  | {
      readonly type: 'state';
      readonly tile: number;
      readonly state: 'idle' | 'opening' | 'live' | 'stalled' | 'failed' | 'disabled';
      readonly sinceUs: number;
      readonly reason: Reason | null;
    }
  /** The list of cameras, or something in it, changed: read /api/cameras again. */
  | { readonly type: 'cameras' }
  /** A message that was not understood or not allowed; `tile` where it was about one. */
  | { readonly type: 'problem'; readonly tile: number | null; readonly problem: Reason };

/**
 * Head of a picture message, big-endian:
 *
 *   0 u8 version (1) | 1 u8 clock | 2 u16 tile | 4 u32 uncertainty, us; 0xffffffff unknown
 *   8 f64 sequence | 16 f64 captured at, us | 24 u16 width | 26 u16 height | 28 u32 pictures skipped before this one
 *   32 JPEG
 */
export const TILE_HEAD_BYTES = 32;
export const TILE_VERSION = 1;
export const TILE_CLOCKS = ['rtcp', 'device', 'sender', 'arrival'] as const;
const UNKNOWN = 0xffffffff;

export interface TileHead {
  readonly tile: number;
  readonly clock: (typeof TILE_CLOCKS)[number];
  readonly uncertaintyUs: number | null;
  readonly sequence: number;
  readonly capturedAtUs: number;
  readonly width: number;
  readonly height: number;
  readonly skipped: number;
}

/** Writes the head at the beginning of `view`. */
export function writeTileHead(view: DataView, head: TileHead): void {
  view.setUint8(0, TILE_VERSION);
  view.setUint8(1, TILE_CLOCKS.indexOf(head.clock));
  view.setUint16(2, head.tile);
  view.setUint32(4, head.uncertaintyUs === null ? UNKNOWN : Math.min(head.uncertaintyUs, UNKNOWN - 1));
  view.setFloat64(8, head.sequence);
  view.setFloat64(16, head.capturedAtUs);
  view.setUint16(24, head.width);
  view.setUint16(26, head.height);
  view.setUint32(28, head.skipped);
}

/** Null for what is no picture message of this version. */
export function readTileHead(view: DataView): TileHead | null {
  if (view.byteLength < TILE_HEAD_BYTES || view.getUint8(0) !== TILE_VERSION) return null;
  const clock = TILE_CLOCKS[view.getUint8(1)];
  if (clock === undefined) return null;
  const uncertaintyUs = view.getUint32(4);
  return {
    tile: view.getUint16(2),
    clock,
    uncertaintyUs: uncertaintyUs === UNKNOWN ? null : uncertaintyUs,
    sequence: view.getFloat64(8),
    capturedAtUs: view.getFloat64(16),
    width: view.getUint16(24),
    height: view.getUint16(26),
    skipped: view.getUint32(28),
  };
}
