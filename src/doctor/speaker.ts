// Who answers at a port, judged by the first bytes that came from there: an RTSP server, a web server (a printer's?),
// something else, or nobody. Pure; whatever is shown of it is made plain.

import type { SpeakerKind } from '../link/finding-codes.ts';
import { parseChallenges } from '../rtsp/auth.ts';
import type { Challenge } from '../rtsp/auth.ts';
import { plain } from './finding.ts';

export interface Speaker {
  readonly protocol: 'rtsp' | 'http' | 'other' | 'silent';
  /** Of RTSP and HTTP; 0 otherwise. */
  readonly status: number;
  /** Header fields by lower-case name, as they came. */
  readonly headers: ReadonlyMap<string, string>;
  readonly challenges: readonly Challenge[];
  /** What it calls itself; empty without a name. */
  readonly server: string;
  /** Of its web page; empty without one. */
  readonly title: string;
  /** What kind of thing it is by all that; null when nothing tells. */
  readonly kind: SpeakerKind | null;
}

const NOBODY: Speaker = {
  ...{ protocol: 'silent', status: 0, headers: new Map<string, string>(), challenges: [], server: '', title: '' },
  kind: null,
};

/** By name of the server or title of its page. */
const KINDS: readonly (readonly [RegExp, SpeakerKind])[] = [
  [
    /printer|laserjet|officejet|deskjet|ecotank|workforce|\bcups\b|\bipp\b|jetdirect|virata|lexmark|kyocera/i,
    'printer',
  ],
  [/fritz!?box|openwrt|luci|mikrotik|routeros|routerlogin|\bunifi\b|\bedgeos\b|speedport/i, 'router'],
  [/synology|\bqnap\b|truenas|diskstation/i, 'storage'],
  [/go2rtc|mediamtx|frigate|shinobi|motioneye|zoneminder/i, 'camera-server'],
];

/** By the first bytes of what speaks without being asked, or answers in another language. */
const OTHERS: readonly (readonly [RegExp, SpeakerKind])[] = [
  [/^SSH-/, 'ssh'],
  [/^220[ -]/, 'mail-or-ftp'],
  [/^\+OK|^\* OK/, 'mail'],
  [/^RFB \d/, 'screen'],
  [/^@PJL/, 'printer'],
];

/** `bytes`: the beginning of what was heard. */
export function speakerOf(bytes: Buffer): Speaker {
  if (bytes.length === 0) return NOBODY;
  const text = bytes.toString('latin1');
  const start = /^(RTSP|HTTP)\/\d\.\d +(\d{3})/.exec(text);
  if (start === null) {
    // An alert or a handshake of TLS (RFC 8446, 5.1): type, then 3 for its version.
    const isTls = (bytes[0] === 0x15 || bytes[0] === 0x16) && bytes[1] === 3;
    const kind = isTls ? 'tls' : (OTHERS.find(([pattern]) => pattern.test(text))?.[1] ?? null);
    return { ...NOBODY, protocol: 'other', kind };
  }
  const end = /\r?\n\r?\n/.exec(text);
  const head = end === null ? text : text.slice(0, end.index);
  const headers = headersOf(head);
  const title = start[1] === 'HTTP' ? titleOf(Buffer.from(end === null ? '' : text.slice(end.index), 'latin1')) : '';
  const server = plain(headers.get('server') ?? '');
  return {
    protocol: start[1] === 'RTSP' ? 'rtsp' : 'http',
    status: Number(start[2]),
    headers,
    challenges: parseChallenges(headers.get('www-authenticate') ?? ''),
    ...{ server, title },
    kind: KINDS.find(([pattern]) => pattern.test(`${server} ${title}`))?.[1] ?? null,
  };
}

/** True when no more bytes are needed to know the speaker: the end of a head, and of an HTML page its title. */
export function tellsAll(bytes: Buffer): boolean {
  const text = bytes.toString('latin1');
  if (!/^(?:RTSP|HTTP)\//.test(text)) return bytes.length >= 64;
  const end = /\r?\n\r?\n/.exec(text);
  if (end === null) return false;
  return (
    !/^content-type:[ \t]*(?:text\/html|application\/xhtml)/im.test(text.slice(0, end.index)) || /<\/title/i.test(text)
  );
}

/** Several lines of one name are joined, as RFC 9110, 5.2 allows. */
function headersOf(head: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of head.split(/\r?\n/, 100).slice(1)) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}

function titleOf(body: Buffer): string {
  return plain(/<title[^>]*>([^<]*)/i.exec(body.toString('utf8'))?.[1] ?? '');
}

/** `HP HTTP Server, "LaserJet"`: how a speaker is named in a sentence; empty when it has no name. */
export function nameOf({ server, title }: Speaker): string {
  return [server, title === '' ? '' : `"${title}"`].filter((name) => name !== '').join(', ');
}

/** True when a camera's stream may be here all the same. */
export function mayBeCamera({ kind }: Speaker): boolean {
  return kind === null || kind === 'camera-server';
}
