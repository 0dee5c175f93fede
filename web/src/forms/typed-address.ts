// What a person typed or pasted as the address of a camera: user and password moved out of it, a missing scheme offered,
// what this page cannot add told apart. Pure; whether a camera is there, only the server can say.

import type { Place } from '../dictionary/en.ts';

const SCHEMES: Readonly<Record<string, string>> = { rtsp: '554', rtsps: '322', http: '80', https: '443' };
const SCHEME = /^([a-z][a-z0-9+.-]*):(.*)$/is;
/** A host name or address, perhaps with a port and a path: what people know of their camera. */
const HOST = /^(?:\[[0-9a-f:]+\]|[\p{L}\p{N}.-]*[\p{L}\p{N}])(?::\d{1,5})?(?:[/?].*)?$/iu;

/** A camera that is sent its pictures: it has no address. */
export const PUSH = 'push:';

export type TypedProblem =
  | { readonly kind: 'empty' }
  /** With the addresses that may be meant. */
  | { readonly kind: 'no-scheme'; readonly offers: readonly string[] }
  | { readonly kind: 'scheme'; readonly scheme: string }
  | { readonly kind: 'no-host' }
  /** It holds a part that the server showed masked. */
  | { readonly kind: 'masked' };

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** `rtsp://user:pw@host/…` in parts; null where the address holds no user. */
export function splitCredentials(text: string): { readonly source: string; readonly credentials: Credentials } | null {
  const match = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)@([^@]*)$/is.exec(text.trim());
  if (match === null) return null;
  const [, scheme = '', user = '', rest = ''] = match;
  const colon = user.indexOf(':');
  const username = colon < 0 ? user : user.slice(0, colon);
  const password = colon < 0 ? '' : user.slice(colon + 1);
  return { source: scheme + rest, credentials: { username: decoded(username), password: decoded(password) } };
}

/** What is wrong with an address before anybody is asked; null when the server may be. */
export function problemOf(text: string): TypedProblem | null {
  const typed = text.trim();
  if (typed === '') return { kind: 'empty' };
  if (isPush(typed)) return null;
  const scheme = SCHEME.exec(typed);
  const name = scheme?.[1]?.toLowerCase() ?? '';
  if (!(name in SCHEMES)) {
    if (HOST.test(typed)) return { kind: 'no-scheme', offers: offersOf(typed) };
    return scheme === null ? { kind: 'no-scheme', offers: [] } : { kind: 'scheme', scheme: name };
  }
  if (placeOf(typed).host === '') return { kind: 'no-host' };
  return typed.includes('***') ? { kind: 'masked' } : null;
}

export function isPush(text: string): boolean {
  return text.trim().toLowerCase() === PUSH;
}

function offersOf(typed: string): readonly string[] {
  const whole = /[/?]/.test(typed) ? typed : `${typed}/`;
  return [`rtsp://${whole}`, `http://${whole}`];
}

/** Where an address points, for sentences; empty where it cannot be read. */
export function placeOf(text: string): Place {
  const match = /^([a-z]+):\/\/(?:[^/?#]*@)?(\[[^\]]*\]|[^/?#:]*)(?::(\d*))?/i.exec(text.trim());
  const port = match?.[3] ?? '';
  return { host: match?.[2] ?? '', port: port === '' ? (SCHEMES[match?.[1]?.toLowerCase() ?? ''] ?? '') : port };
}

/** Scheme, host and port: what stored passwords belong to. */
export function ownerOf(text: string): string {
  const { host, port } = placeOf(text);
  return `${(/^[a-z]+/i.exec(text.trim())?.[0] ?? '').toLowerCase()} ${host.toLowerCase()} ${port}`;
}

/** A name for a camera at this address: its host's, where that is a name and no number; null elsewhere. */
export function nameFrom(text: string): string | null {
  const { host } = placeOf(text);
  if (!/[a-z]/i.test(host) || host.startsWith('[')) return null;
  const [first = ''] = host.split('.');
  const words = first.replaceAll(/[-_]+/g, ' ').trim();
  return words === '' ? null : words.charAt(0).toUpperCase() + words.slice(1);
}

/** `%40` is `@` where the whole is well formed; otherwise it is taken as it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
