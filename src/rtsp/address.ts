// RTSP addresses: what to connect to, what to ask for, and how a control attribute of the SDP is joined to its base.

import { SightlineError } from '../base/errors.ts';

/** Where a session begins, without credentials. */
export interface RtspAddress {
  /** For the request line: absolute, printable ASCII. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** `host:port` for texts. */
  readonly name: string;
}

/** An rtsp or rtsps URL (default ports 554 and 322), relative to `base` when given. Throws `source-invalid`. */
export function parseRtspUrl(text: string, base?: string): RtspAddress {
  const url = URL.parse(text, base);
  const scheme = url?.protocol;
  if (!url || (scheme !== 'rtsp:' && scheme !== 'rtsps:') || url.hostname === '') {
    throw new SightlineError('source-invalid', 'the address is not an rtsp:// or rtsps:// URL');
  }
  url.username = '';
  url.password = '';
  url.hash = '';
  if (url.pathname === '') url.pathname = '/';
  const tls = scheme === 'rtsps:';
  const port = url.port === '' ? (tls ? 322 : 554) : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { url: printable(url.href), host, port, tls, name: `${url.hostname}:${port}` };
}

/** True when credentials meant for one address may be sent to the other. */
export function sameServer(one: RtspAddress, other: RtspAddress): boolean {
  return one.host.toLowerCase() === other.host.toLowerCase() && one.port === other.port && one.tls === other.tls;
}

/**
 * The address that a control attribute means (RFC 2326, C.1.1). Cameras and players agree on appending, not on RFC
 * 3986: `trackID=1` on `rtsp://h/cam?x=1` is `rtsp://h/cam?x=1/trackID=1`.
 */
export function controlUrl(base: string, control: string | null): string {
  if (control === null || control === '*' || control === '') return base;
  if (/^rtsps?:\/\//i.test(control)) return printable(control);
  if (control.startsWith('/') && base.endsWith('/')) return printable(base + control.slice(1));
  return printable(base.endsWith('/') || control.startsWith('/') ? base + control : `${base}/${control}`);
}

/** Whatever must not stand in a request line, percent-encoded. */
function printable(url: string): string {
  const bytes = Buffer.from(url, 'utf8').toString('latin1');
  return bytes.replace(
    /[^\x21-\x7e]|["<>\\^`{|}]/g,
    (c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
  );
}
