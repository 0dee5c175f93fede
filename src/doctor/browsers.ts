// Which browser plays which codec as the camera sends it, as a table. What Sightline makes of it (JPEG) every browser
// shows. Sources, read in 2026: caniuse.com/mpeg4, /hevc, /av1, /webm; developer.mozilla.org, "Web video codec guide",
// "Web audio codec guide", and the release notes of Firefox 134, 136 and 137 (H.265).

/** `partly`: only where the machine's hardware or system decodes it. */
type Plays = 'yes' | 'partly' | 'no';

interface BrowserRow {
  /** For people. */
  readonly name: string;
  readonly chrome: Plays;
  readonly edge: Plays;
  readonly firefox: Plays;
  readonly safari: Plays;
}

const ALL = { chrome: 'yes', edge: 'yes', firefox: 'yes', safari: 'yes' } as const;
const NONE = { chrome: 'no', edge: 'no', firefox: 'no', safari: 'no' } as const;

/** By the encoding's name in an SDP; H.264 with more than 8 bits or more colour than 4:2:0 apart. */
const ROWS: Readonly<Record<string, BrowserRow>> = {
  H264: { name: 'H.264', ...ALL },
  'H264-HIGH10': { name: 'H.264', chrome: 'partly', edge: 'partly', firefox: 'no', safari: 'no' },
  H265: { name: 'H.265', chrome: 'partly', edge: 'partly', firefox: 'partly', safari: 'yes' },
  HEVC: { name: 'H.265', chrome: 'partly', edge: 'partly', firefox: 'partly', safari: 'yes' },
  AV1: { name: 'AV1', chrome: 'yes', edge: 'yes', firefox: 'yes', safari: 'partly' },
  VP8: { name: 'VP8', ...ALL },
  VP9: { name: 'VP9', ...ALL },
  JPEG: { name: 'MJPEG', ...ALL },
  'MP4V-ES': { name: 'MPEG-4 Visual', ...NONE },
  'MPEG4-GENERIC': { name: 'AAC', ...ALL },
  'MP4A-LATM': { name: 'AAC', ...ALL },
  OPUS: { name: 'Opus', ...ALL },
  // In WebRTC all do (RFC 7874); in a <video> none.
  PCMA: { name: 'G.711 A-law', chrome: 'partly', edge: 'partly', firefox: 'partly', safari: 'partly' },
  PCMU: { name: 'G.711 µ-law', chrome: 'partly', edge: 'partly', firefox: 'partly', safari: 'partly' },
  MPA: { name: 'MPEG audio', ...ALL },
};

const BROWSERS = [
  ['chrome', 'Chrome'],
  ['edge', 'Edge'],
  ['firefox', 'Firefox'],
  ['safari', 'Safari'],
] as const;

export interface Playable {
  /** Null: not in the table. */
  readonly name: string | null;
  readonly yes: readonly string[];
  readonly partly: readonly string[];
  readonly no: readonly string[];
}

/** `encoding` in capitals, as in an SDP. */
export function playedBy(encoding: string): Playable {
  const row = ROWS[encoding];
  if (row === undefined) return { name: null, yes: [], partly: [], no: [] };
  const names = (plays: Plays): string[] => BROWSERS.flatMap(([key, name]) => (row[key] === plays ? [name] : []));
  return { name: row.name, yes: names('yes'), partly: names('partly'), no: names('no') };
}
