// Finds user, password, host and port in `scheme://…` addresses (RFC 3986, 3.2), also where a person typed a password
// as it is, with @ : / ? # in it. Used by address.ts for every address that names a machine.
//
// The rule, in order:
//   1. The address is read as RFC 3986 says: the authority ends at the first of / ? #, its last @ ends the user info.
//   2. Every later @ behind which a plausible host[:port] stands, and before which stands user:password, is another
//      reading; not where that password would contain `://`, which is an address inside a query.
//   3. An IP address or `localhost` is certain, a name with a dot is likely, a single word is possible. The surest host
//      wins; among the other readings the last @.
//   4. Where that leaves a doubt it is an error, which asks for %40: a likely host against RFC 3986's possible one, or
//      two equally sure hosts (but a sure or likely host without user info, read by RFC 3986, stands).
// In user and password, runs of %XX that are valid UTF-8 are decoded; any other % stands for itself.

import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';

export interface Authority {
  /** Decoded; null when the address has no user info. */
  readonly username: string | null;
  readonly password: string | null;
  /** Lower case, IPv6 in brackets, names outside ASCII in their ASCII form. */
  readonly host: string;
  readonly port: number | null;
  /** What follows the authority: empty, or begins with / ? or #. */
  readonly rest: string;
}

/** Why no authority could be read: a fragment of a sentence. */
interface AuthorityFault {
  readonly fault: string;
}

interface HostPort {
  readonly host: string;
  readonly port: number | null;
  /** 2: an IP address or localhost, 1: a name with a dot, 0: one word. */
  readonly certainty: number;
}

interface Reading extends HostPort {
  /** Index of the @ that ends the user info, -1 without one. */
  readonly at: number;
  readonly end: number;
}

/** Reads what stands behind `scheme://`. */
export function readAuthority(text: string): Authority | AuthorityFault {
  const standard = standardReading(text);
  const other = lastSurestReading(text, standard === null ? -1 : standard.at);
  if (standard === null && other === null) return { fault: describeFault(text) };
  if (standard !== null && other !== null && inDoubt(standard, other)) {
    return { fault: 'can be read in two ways: its host may stand before or behind an @' };
  }
  const chosen = standard === null || (other !== null && other.certainty > standard.certainty) ? other! : standard;
  const userInfo = chosen.at > 0 ? text.slice(0, chosen.at) : null;
  const colon = userInfo === null ? -1 : userInfo.indexOf(':');
  return {
    username: userInfo === null ? null : decodeLenient(colon < 0 ? userInfo : userInfo.slice(0, colon)),
    password: userInfo === null ? null : colon < 0 ? '' : decodeLenient(userInfo.slice(colon + 1)),
    host: chosen.host,
    port: chosen.port,
    rest: text.slice(chosen.end),
  };
}

function inDoubt(standard: Reading, other: Reading): boolean {
  if (other.certainty === standard.certainty) return standard.at > 0 || standard.certainty === 0;
  return other.certainty === 1 && standard.certainty === 0;
}

function standardReading(text: string): Reading | null {
  const end = authorityEnd(text, 0);
  const at = text.lastIndexOf('@', end - 1);
  const found = end === 0 ? null : readHostPort(text.slice(at + 1, end));
  return found === null ? null : { ...found, at, end };
}

/** The reading with the surest host among all @ behind `after`; of equals the last. */
function lastSurestReading(text: string, after: number): Reading | null {
  let best: Reading | null = null;
  for (let at = text.indexOf('@', after + 1); at >= 0; at = text.indexOf('@', at + 1)) {
    const before = text.slice(0, at);
    if (!before.includes(':') || before.includes('://')) continue;
    const end = authorityEnd(text, at + 1);
    const found = readHostPort(text.slice(at + 1, end));
    if (found !== null && (best === null || found.certainty >= best.certainty)) best = { ...found, at, end };
  }
  return best;
}

function authorityEnd(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const character = text[i];
    if (character === '/' || character === '?' || character === '#') return i;
  }
  return text.length;
}

const LABEL = /^[\p{L}\p{N}_](?:[\p{L}\p{N}\p{M}_-]{0,61}[\p{L}\p{N}\p{M}_])?$/u;

/** `host`, `host:port`, `[v6]` or `[v6]:port`; null when it is none of these. */
export function readHostPort(text: string): HostPort | null {
  const match = /^(\[[^\]]*\]|[^:[\]@\s]*)(?::(\d{1,5}))?$/.exec(text);
  if (match === null) return null;
  const name = match[1]!;
  const port = match[2] === undefined ? null : Number(match[2]);
  if (port !== null && (port < 1 || port > 65535)) return null;
  if (name.startsWith('[')) {
    return isIPv6(name.slice(1, -1)) && !name.includes('%') ? { host: name.toLowerCase(), port, certainty: 2 } : null;
  }
  if (isIPv4(name)) return { host: name, port, certainty: 2 };
  const labels = (name.endsWith('.') ? name.slice(0, -1) : name).split('.');
  if (name.length > 253 || !labels.every((label) => LABEL.test(label)) || /^\d+$/.test(labels.at(-1)!)) return null;
  const host = isAscii(name) ? name.toLowerCase() : domainToASCII(name);
  if (host === '') return null;
  return { host, port, certainty: host === 'localhost' ? 2 : labels.length > 1 ? 1 : 0 };
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

function describeFault(text: string): string {
  const end = authorityEnd(text, 0);
  const hostPort = text.slice(text.lastIndexOf('@', Math.max(0, end - 1)) + 1, end);
  if (hostPort === '') return 'names no host';
  const port = /^[^:]+:(\d+)$/.exec(hostPort)?.[1];
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65535)) return `has the port ${port}, not 1 to 65535`;
  if (/^[\d.]+(?::\d+)?$/.test(hostPort)) return 'has an IP address that is none: four numbers from 0 to 255';
  return 'has no host or port that can be read';
}

/** Decodes runs of %XX that are valid UTF-8 and leaves any other % alone. */
function decodeLenient(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch (error) {
      if (error instanceof URIError) return run;
      throw error;
    }
  });
}
