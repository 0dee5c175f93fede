// What a request sends to say who it is: Authorization (Bearer or Basic), `?token=` where no header can be sent, and the
// session's cookie.

import type { IncomingHttpHeaders } from 'node:http';

/** One secret that a caller typed or configured; the cookie is none of them. */
export type Credential =
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'pair'; readonly name: string; readonly password: string };

/** The credential of a request; null when it sends none. An unreadable one is a wrong one: an empty secret. */
export function credentialOf(headers: IncomingHttpHeaders, url: string, tokenInQuery: boolean): Credential | null {
  const { authorization } = headers;
  if (authorization !== undefined) return fromHeader(authorization);
  const query = url.indexOf('?');
  if (!tokenInQuery || query < 0) return null;
  const secret = new URLSearchParams(url.slice(query + 1)).get('token');
  return secret === null ? null : { kind: 'secret', secret };
}

/** Basic carries a user's name and password, or any name with the token as password. */
function fromHeader(authorization: string): Credential {
  const [scheme = '', value = ''] = authorization.split(/ +/, 2);
  if (scheme.toLowerCase() === 'bearer') return { kind: 'secret', secret: value };
  if (scheme.toLowerCase() !== 'basic') return { kind: 'secret', secret: '' };
  const pair = Buffer.from(value, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return { kind: 'pair', name: pair.slice(0, Math.max(0, colon)), password: pair.slice(colon + 1) };
}

/** Browsers keep cookies by host and not by port: two servers of one machine must not overwrite each other's. */
export function cookieName(port: number | undefined): string {
  return `sightline-${port ?? 0}`;
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
