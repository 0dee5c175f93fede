// Where a request comes from: this very machine, where reading is free, or somewhere else, perhaps through a reverse
// proxy on this machine, which must not open the server to the world.

import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { isLoopbackAddress } from '../../base/network-address.ts';
import type { Names } from './names.ts';

export interface Coming {
  readonly headers: IncomingHttpHeaders;
  readonly raw: { readonly httpVersion: string; readonly socket: { readonly remoteAddress?: string | undefined } };
}

/** Any of these was written by something that asks for somebody else. */
const FORWARDED = /^(x-forwarded-.+|forwarded|via|x-real-ip|x-client-ip|true-client-ip|cf-connecting-ip)$/;

/** True when a header says that somebody else is behind the request. */
export function isForwarded(headers: IncomingHttpHeaders): boolean {
  return Object.keys(headers).some((name) => FORWARDED.test(name));
}

/**
 * True for a request that a program or browser of this machine made for itself. A proxy that says nothing is told by the
 * name that it asks by, or by HTTP/1.0: nginx speaks it to what stands behind it, unless it is told otherwise.
 */
export function isFromThisMachine({ headers, raw }: Coming, names: Names): boolean {
  if (!isLoopbackAddress(raw.socket.remoteAddress ?? '') || isForwarded(headers)) return false;
  return raw.httpVersion !== '1.0' && headers.host !== undefined && names.isOwnHost(headers.host);
}

/** The address whose tries are counted: of whom a proxy on this machine asks for, else of whoever connected. */
export function addressOf({ headers, raw }: Coming): string {
  const peer = raw.socket.remoteAddress ?? '';
  if (!isLoopbackAddress(peer)) return peer;
  const last = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .at(-1)!
    .trim();
  return isIP(last) === 0 ? peer : last;
}

/** True when the browser at the other end speaks https: to a proxy, because we speak http ourselves. */
export function isHttps(headers: IncomingHttpHeaders): boolean {
  return /^https\b/i.test(String(headers['x-forwarded-proto'] ?? ''));
}
