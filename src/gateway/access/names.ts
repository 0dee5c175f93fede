// The Host rule (a page elsewhere may have pointed its own name here: DNS rebinding) and the Origin rule (pages elsewhere
// neither write nor open WebSockets).

import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { SightlineError } from '../../base/errors.ts';
import { isLoopbackAddress } from '../../base/network-address.ts';

export interface NameOptions {
  /** The address that the server listens on, as the config names it: a name that its owner chose is no stranger. */
  readonly host: string;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
}

/** What a rule looks at. */
export interface Asking {
  readonly method: string;
  readonly headers: {
    readonly host?: string | undefined;
    readonly origin?: string | undefined;
    readonly upgrade?: string | undefined;
  };
}

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

export class Names {
  readonly #own: ReadonlySet<string>;
  readonly #known: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;

  constructor({ host, allowedHosts, allowedOrigins }: NameOptions) {
    const machine = hostname().toLowerCase();
    this.#own = new Set(['localhost', machine, `${machine}.local`]);
    this.#known = new Set([...this.#own, ...[host, ...allowedHosts].map((name) => name.toLowerCase())]);
    this.#origins = new Set(allowedOrigins.map((origin) => origin.toLowerCase()));
  }

  /** Throws `forbidden` for a name that is not ours, and for a page elsewhere that writes or opens a WebSocket. */
  check({ method, headers: { host, origin, upgrade } }: Asking): void {
    if (host !== undefined && !this.isKnownHost(host)) {
      const hint = 'Ask by IP address or localhost, or add the name to server.allowedHosts.';
      throw new SightlineError('forbidden', 'This server is not known by the name in the Host header.', { hint });
    }
    const reads = READING.has(method) && upgrade === undefined;
    if (reads || this.isAllowedOrigin(origin, host)) return;
    const hint = 'Add the origin of the page to server.allowedOrigins.';
    throw new SightlineError('forbidden', 'A page of another origin may not do this.', { hint });
  }

  /** Host header against the names that this server goes by. Browsers always send one, so it may be absent. */
  isKnownHost(host: string): boolean {
    const found = nameOf(host);
    return found !== null && (found.isAddress || this.#known.has(found.name));
  }

  /** True when a request by this Host header can only have been meant for this machine by somebody on it. */
  isOwnHost(host: string): boolean {
    const found = nameOf(host);
    if (found === null) return false;
    return found.isAddress ? isLoopbackAddress(found.name) : this.#own.has(found.name);
  }

  /** Absent (no browser page), ours, or allowed by the config. */
  isAllowedOrigin(origin: string | undefined, host: string | undefined): boolean {
    if (origin === undefined || this.#origins.has(origin.toLowerCase())) return true;
    if (host === undefined || !URL.canParse(origin)) return false;
    const { protocol, host: own } = new URL(origin);
    if (protocol !== 'http:' && protocol !== 'https:') return false;
    return URL.canParse(`${protocol}//${host}`) && new URL(`${protocol}//${host}`).host === own;
  }
}

/** The name of a Host header without its port; null for what is none. */
function nameOf(host: string): { readonly name: string; readonly isAddress: boolean } | null {
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(host)?.[1];
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? { name: bracketed, isAddress: true } : null;
  const name = /^([^:]+)(?::\d{1,5})?$/.exec(host)?.[1]?.toLowerCase();
  if (name === undefined) return null;
  return { name: name.replace(/\.$/, ''), isAddress: isIP(name) === 4 };
}
