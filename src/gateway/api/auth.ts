// Who may ask what: the Host rule (against DNS rebinding), the Origin rule (against pages elsewhere that write or open
// WebSockets) and the token. Runs before any handler, also for addresses that do not exist.

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { SightlineError } from '../../base/errors.ts';

export interface AuthOptions {
  readonly token: string | null;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  /** The address that the server listens on, as the config names it: a name that its owner chose is no stranger. */
  readonly host: string;
  /** True when only this machine can reach the server. */
  readonly loopback: boolean;
}

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

export class Auth {
  readonly #options: AuthOptions;
  readonly #hosts: Set<string>;
  readonly #origins: Set<string>;
  readonly #token: Buffer | null;

  constructor(options: AuthOptions) {
    this.#options = options;
    const machine = hostname().toLowerCase();
    const names = ['localhost', machine, `${machine}.local`, options.host, ...options.allowedHosts];
    this.#hosts = new Set(names.map((name) => name.toLowerCase()));
    this.#origins = new Set(options.allowedOrigins.map((origin) => origin.toLowerCase()));
    this.#token = options.token === null ? null : digest(options.token);
  }

  /** Throws what is wrong with a request. `tokenInQuery`: this address is a media route, where ?token= is taken. */
  check(request: IncomingMessage, tokenInQuery: boolean): void {
    const method = request.method ?? 'GET';
    const { host, origin, upgrade } = request.headers;
    if (host !== undefined && !this.isKnownHost(host)) {
      const hint = 'Ask by IP address or localhost, or add the name to server.allowedHosts.';
      throw new SightlineError('forbidden', 'This server is not known by the name in the Host header.', { hint });
    }
    const reads = READING.has(method);
    if ((!reads || upgrade !== undefined) && !this.isAllowedOrigin(origin, host)) {
      const hint = 'Add the origin of the page to server.allowedOrigins.';
      throw new SightlineError('forbidden', 'A page of another origin may not do this.', { hint });
    }
    if (this.#token === null || (this.#options.loopback && reads)) return;
    if (this.#isToken(tokenOf(request, tokenInQuery && reads))) return;
    throw new SightlineError('unauthorized', 'This server needs its token.');
  }

  /** Host header against the names that this server goes by. Browsers always send one, so it may be absent. */
  isKnownHost(host: string): boolean {
    const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(host);
    if (bracketed !== null) return isIP(bracketed[1] ?? '') === 6;
    const name = /^([^:]*)(?::\d{1,5})?$/.exec(host)?.[1]?.toLowerCase();
    if (name === undefined || name === '') return false;
    return isIP(name) === 4 || this.#hosts.has(name.replace(/\.$/, ''));
  }

  /** Absent (no browser page), ours, or allowed by the config. */
  isAllowedOrigin(origin: string | undefined, host: string | undefined): boolean {
    if (origin === undefined || this.#origins.has(origin.toLowerCase())) return true;
    if (host === undefined || !URL.canParse(origin)) return false;
    const { protocol, host: own } = new URL(origin);
    if (protocol !== 'http:' && protocol !== 'https:') return false;
    return URL.canParse(`${protocol}//${host}`) && new URL(`${protocol}//${host}`).host === own;
  }

  #isToken(given: string | null): boolean {
    return given !== null && this.#token !== null && timingSafeEqual(digest(given), this.#token);
  }
}

/**
 * The token of a request: Bearer, or Basic with the token as password (what a browser can ask a person for), or
 * ?token= where no header can be sent.
 */
function tokenOf(request: IncomingMessage, inQuery: boolean): string | null {
  const [scheme = '', value = ''] = (request.headers.authorization ?? '').split(/ +/, 2);
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() === 'basic') {
    const pair = Buffer.from(value, 'base64').toString('utf8');
    return pair.slice(pair.indexOf(':') + 1);
  }
  if (!inQuery) return null;
  const url = request.url ?? '';
  const query = url.indexOf('?');
  return query < 0 ? null : new URLSearchParams(url.slice(query + 1)).get('token');
}

/** Digests have one length, so that comparing them tells nothing about the token's. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** An address as it may stand in a log. */
export function maskToken(url: string): string {
  const [path = '', query] = url.split('?', 2);
  if (query === undefined) return path.slice(0, 300);
  const shown = query.split('&').map((pair) => (isTokenPair(pair) ? `${pair.split('=', 1)[0] ?? ''}=***` : pair));
  return `${path}?${shown.join('&')}`.slice(0, 300);
}

/** Names may be percent-encoded; whatever decodes to it is a token. */
function isTokenPair(pair: string): boolean {
  return [...new URLSearchParams(pair).keys()].some((name) => name.toLowerCase() === 'token');
}

/** True for an address that only this machine can reach. */
export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}
