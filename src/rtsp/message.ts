// RTSP messages (RFC 2326, 4 to 7) as plain data, and their texts. We write strictly; reading tolerates what cameras do.
// The bytes on the connection are cut into lines and bodies by interleaved.ts.

import { SightlineError } from '../base/errors.ts';

/** Header fields by lower-case name, in the order in which they came. */
export type Headers = ReadonlyMap<string, readonly string[]>;

export interface RtspResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

export interface RtspRequest {
  readonly kind: 'request';
  readonly method: string;
  readonly uri: string;
  readonly headers: Headers;
  readonly body: Buffer;
}

export type RtspMessage = RtspResponse | RtspRequest;

export type StartLine =
  | { readonly kind: 'response'; readonly status: number }
  | { readonly kind: 'request'; readonly method: string; readonly uri: string };

/** The first value of a header, null without one. */
export function headerOf(message: { readonly headers: Headers }, name: string): string | null {
  return message.headers.get(name)?.[0] ?? null;
}

/** A status line or request line; null when it is neither. Any version of RTSP is taken. */
export function parseStartLine(line: string): StartLine | null {
  const response = /^RTSP\/\d\.\d +(\d{3})(?: |$)/.exec(line);
  if (response) return { kind: 'response', status: Number(response[1]) };
  const request = /^([A-Z_]{3,20}) +(\S+) +RTSP\/\d\.\d *$/.exec(line);
  if (request) return { kind: 'request', method: request[1]!, uri: request[2]! };
  return null;
}

/** Adds a header line to a map. The values of that name so far, null when it is not a header line. */
export function addHeaderLine(line: string, headers: Map<string, string[]>): string[] | null {
  const colon = line.indexOf(':');
  if (colon <= 0) return null;
  const name = line.slice(0, colon).trim().toLowerCase();
  const value = line.slice(colon + 1).trim();
  const values = headers.get(name) ?? [];
  values.push(value);
  headers.set(name, values);
  return values;
}

/** The text of a request, ready for the wire. The URI and the values must be without line ends. */
export function formatRequest(method: string, uri: string, headers: readonly (readonly [string, string])[]): Buffer {
  return format(`${method} ${uri} RTSP/1.0`, headers);
}

/** The text of an answer to a request of the camera's. */
export function formatResponse(
  status: number,
  reason: string,
  headers: readonly (readonly [string, string])[],
): Buffer {
  return format(`RTSP/1.0 ${status} ${reason}`, headers);
}

function format(start: string, headers: readonly (readonly [string, string])[]): Buffer {
  const lines = [start, ...headers.map(([name, value]) => `${name}: ${value}`)];
  if (lines.some((line) => /[\r\n]/.test(line))) throw new SightlineError('internal', 'a line end in an RTSP header');
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

/** What a Session header says (RFC 2326, 12.37). */
export function parseSession(value: string): { id: string; timeoutS: number | null } {
  const [id = '', ...rest] = value.split(';');
  const timeout = rest.map((part) => /^\s*timeout\s*=\s*"?(\d{1,6})/i.exec(part)).find(Boolean);
  return { id: id.trim(), timeoutS: timeout ? Number(timeout[1]) : null };
}

/** The channels that a Transport header names (RFC 2326, 12.39); null when it names none. */
export function parseInterleaved(value: string): { rtp: number; rtcp: number } | null {
  const match = /interleaved\s*=\s*"?(\d{1,3})(?:\s*-\s*(\d{1,3}))?/i.exec(value);
  if (!match) return null;
  const rtp = Number(match[1]);
  const rtcp = match[2] === undefined ? rtp + 1 : Number(match[2]);
  return rtp <= 255 && rtcp <= 255 ? { rtp, rtcp } : null;
}
