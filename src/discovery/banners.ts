// What the first answer of a port tells about a device: is it a camera, something that speaks HTTP, or a thing that no
// camera is? Pure; works on whatever bytes came, never throws, keeps nothing longer than 200 characters.

import { deviceText } from './device-text.ts';
import { CAMERA_SERVERS, makerBySign, OTHER_SERVERS } from './makers/makers.ts';
import type { Service } from './types.ts';

/** What an answer says of itself. */
export interface Banner {
  readonly protocol: 'rtsp' | 'http' | 'other';
  readonly status: number;
  /** Server header; empty without one. */
  readonly server: string;
  /** Of the first WWW-Authenticate header; empty without one. */
  readonly realm: string;
  /** Methods of a Public header, upper case; empty without one. */
  readonly methods: readonly string[];
  readonly location: string;
}

export interface Verdict {
  readonly kind: Extract<Service['kind'], 'rtsp' | 'http' | 'web'>;
  /** By what it says of itself; null when it does not say. */
  readonly maker: string | null;
  readonly needsPassword: boolean;
}

const MAX_LINES = 100;
/** Where cameras' start pages are, when they send us there (Hikvision, Axis, Vivotek). */
const CAMERA_PAGES =
  /\/doc\/page\/login\.asp|\/camera\/index\.html|\/axis-cgi\/|\/aca\/index\.html|\/view\/view(?:er_index)?\.shtml/i;

/** Reads the head of an answer. Bytes as a latin1 string. */
export function readBanner(answer: string): Banner {
  const [start = '', ...lines] = answer.split(/\r?\n/, MAX_LINES);
  const match = /^(RTSP|HTTP)\/\d\.\d +(\d{3})(?: |$)/.exec(start);
  if (!match) return { protocol: 'other', status: 0, server: '', realm: '', methods: [], location: '' };
  const end = lines.indexOf('');
  const head = end < 0 ? lines : lines.slice(0, end);
  const field = (name: string): string => {
    const line = head.find((each) => each.slice(0, name.length + 1).toLowerCase() === `${name}:`) ?? '';
    return line.slice(name.length + 1).trim();
  };
  return {
    protocol: match[1] === 'RTSP' ? 'rtsp' : 'http',
    status: Number(match[2]),
    server: deviceText(field('server')) ?? '',
    realm: deviceText(/\brealm="([^"]{0,400})/i.exec(field('www-authenticate'))?.[1]) ?? '',
    methods: field('public')
      .slice(0, 1000)
      .toUpperCase()
      .split(/[\s,]+/)
      .filter(Boolean),
    location: deviceText(field('location')) ?? '',
  };
}

/** Null: nothing that pictures come from. */
export function judge(banner: Banner): Verdict | null {
  const { protocol, server, realm, location, status } = banner;
  const said = `${server}\n${realm}`;
  if (protocol === 'other' || OTHER_SERVERS.test(said)) return null;
  const maker = makerBySign(said);
  const needsPassword = status === 401;
  if (protocol === 'rtsp') return isPlayable(banner) ? { kind: 'rtsp', maker, needsPassword } : null;
  const isCamera = maker !== null || CAMERA_SERVERS.test(said) || CAMERA_PAGES.test(location);
  return { kind: isCamera ? 'http' : 'web', maker, needsPassword: isCamera && needsPassword };
}

/** Loudspeakers speak RTSP too, but for being sent sound to: ANNOUNCE and RECORD without DESCRIBE. */
function isPlayable({ methods }: Banner): boolean {
  return methods.length === 0 || methods.includes('DESCRIBE');
}
