// Reads the address of a camera as a person writes it, on the command line, in the config file or in the page:
// rtsp, http, a device, a file, the test card, `push:`, or anything behind `ffmpeg:`. Pure: nothing is opened or looked for.

import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SightlineError } from '../base/errors.ts';
import { readAuthority, readHostPort, type Authority } from './address-authority.ts';
import type { Credentials, SourceAddress } from './camera.ts';
import { maskQuery, maskSecrets } from './mask.ts';
import { nearest } from './suggest.ts';
import { parseTestParameters } from './test-parameters.ts';

export interface AddressOptions {
  /** Folder that relative paths of files are resolved against. */
  readonly cwd: string;
  /** User name and password from fields of their own, taken as they are; each wins over the address's. */
  readonly username?: string | null;
  readonly password?: string | null;
}

/** What an id of a camera looks like. */
export const CAMERA_ID = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/** The same for people. */
export const CAMERA_ID_RULE = '1 to 63 of a-z, 0-9, - and _, beginning with a letter or digit';

const ALLOWED =
  'Allowed are rtsp://… rtsps://… http://… https://… a device (0, /dev/video0), a file (clip.mp4), test: push: and ffmpeg:ANY.';

/** The address of a camera that is sent its pictures: there is nothing more to say of it. */
export const PUSH_ADDRESS = 'push:';

const MAX_LENGTH = 4096;

const NETWORK_SCHEMES = ['rtsp', 'rtsps', 'http', 'https'];

/** Splits `[id=]ADDRESS`. An address with `=` in its query has no id, since no id contains `:` `/` or `?`. */
export function splitSourceArgument(text: string): { id: string | null; address: string } {
  const equals = text.indexOf('=');
  const id = text.slice(0, Math.max(0, equals));
  if (CAMERA_ID.test(id)) return { id, address: text.slice(equals + 1) };
  if (equals >= 0 && !/[:/?@\\]/.test(id) && /^(?:[a-z]+:|\d{1,3}$|\/dev\/)/i.test(text.slice(equals + 1))) {
    throw invalid(`"${id}" is not an id of a camera`, `Allowed are ${CAMERA_ID_RULE}.`);
  }
  return { id: null, address: text };
}

/**
 * Reads an address. Throws `source-invalid` with what was found (without secrets) and what is allowed.
 * How credentials are found in an address is said in address-authority.ts.
 */
export function parseAddress(text: string, options: AddressOptions): SourceAddress {
  const trimmed = text.trim();
  if (trimmed === '') throw invalid('The address is empty', ALLOWED);
  if (trimmed.length > MAX_LENGTH) {
    throw invalid(`The address is longer than ${MAX_LENGTH} characters`, ALLOWED);
  }
  if (/\p{Cc}/u.test(trimmed)) {
    throw invalid(`${shown(trimmed)} contains a control character`, 'Write it as %XX, or leave it away.');
  }
  const address = readByScheme(trimmed, options);
  if (address.kind !== 'rtsp' && address.kind !== 'http' && address.kind !== 'ffmpeg') {
    if (options.username != null || options.password != null) {
      throw invalid(`${address.display} takes no user name and no password`, 'Remove username and password.');
    }
  }
  return address;
}

function readByScheme(text: string, options: AddressOptions): SourceAddress {
  const match = /^([a-z][a-z0-9+.-]+):(.*)$/is.exec(text);
  const scheme = match?.[1]!.toLowerCase();
  const rest = match?.[2] ?? '';
  if (scheme === undefined) return readPlain(text, options.cwd);
  if (NETWORK_SCHEMES.includes(scheme)) return readNetwork(scheme, rest, options);
  if (scheme === 'test') {
    parseTestParameters(`test:${rest}`);
    return { kind: 'test', target: `test:${rest}`, display: `test:${rest}`, credentials: null };
  }
  if (scheme === 'push') return readPush(rest);
  if (scheme === 'ffmpeg') return readFfmpeg(rest, options);
  if (scheme === 'file') return readFileUrl(text, rest, options.cwd);
  throw looksLikeHost(text) ? bareHost(text) : unknownScheme(scheme, text, rest);
}

function readNetwork(scheme: string, rest: string, options: AddressOptions): SourceAddress {
  if (!rest.startsWith('//')) {
    const suggestion = `${scheme}://${rest.replace(/^\/+/, '')}`;
    throw invalid(`${scheme}: must be followed by //`, `Write ${maskSecrets(suggestion)}`);
  }
  const authority = readAuthority(rest.slice(2));
  if ('fault' in authority) {
    throw invalid(
      `${shown(`${scheme}:${rest}`)} ${authority.fault}`,
      `Write ${scheme}://HOST[:PORT]/PATH; in user and password, @ is %40, / is %2F, ? is %3F, # is %23, or use the fields username and password.`,
    );
  }
  if (authority.rest.includes('#')) {
    throw invalid(`${shown(`${scheme}:${rest}`)} has a # in its path, which no camera gets`, 'Write it as %23.');
  }
  const kind = scheme.startsWith('rtsp') ? 'rtsp' : 'http';
  const path = encodePath(kind === 'http' && !authority.rest.startsWith('/') ? `/${authority.rest}` : authority.rest);
  const address = joinNetwork(kind, `${scheme}://`, { ...authority, rest: path }, options);
  if (URL.canParse(address.target)) return address;
  throw invalid(`${shown(`${scheme}:${rest}`)} has a host name that cannot be`, 'Write the IP address of the camera.');
}

function joinNetwork(
  kind: 'rtsp' | 'http' | 'ffmpeg',
  prefix: string,
  authority: Authority,
  options: AddressOptions,
): SourceAddress {
  const place = authority.host + (authority.port === null ? '' : `:${authority.port}`);
  const mask = authority.username === null ? '' : '***@';
  return {
    kind,
    target: `${prefix}${place}${authority.rest}`,
    display: `${kind === 'ffmpeg' ? 'ffmpeg:' : ''}${prefix}${mask}${place}${maskQuery(authority.rest)}`,
    credentials: joinCredentials(authority, options),
  };
}

/** Fields win over the address, each for itself. */
function joinCredentials(found: Pick<Authority, 'username' | 'password'>, options: AddressOptions): Credentials | null {
  const username = options.username ?? found.username;
  const password = options.password ?? found.password;
  if (username === null && password === null) return null;
  if (username === null) throw invalid('There is a password but no user name', 'Add username beside password.');
  return { username, password: password ?? '' };
}

/** Percent-encodes what may not stand in a request line and leaves the rest as it was typed. */
function encodePath(path: string): string {
  return path
    .toWellFormed()
    .replace(/%(?![0-9a-f]{2})/gi, '%25')
    .replace(/[^\x21-\x7e]|["<>\\^`{|}]/gu, (character) => encodeURIComponent(character));
}

function readPush(rest: string): SourceAddress {
  if (rest !== '') throw invalid(`push: is followed by "${shown(rest)}"`, 'Write push: alone: it names no address.');
  return { kind: 'push', target: PUSH_ADDRESS, display: PUSH_ADDRESS, credentials: null };
}

function readFfmpeg(rest: string, options: AddressOptions): SourceAddress {
  if (rest.trim() === '') throw invalid('ffmpeg: is followed by nothing', 'Write ffmpeg: and what FFmpeg shall open.');
  const match = /^([a-z][a-z0-9+.-]+:\/\/)(.*)$/is.exec(rest);
  const authority = match === null ? null : readAuthority(match[2]!);
  if (match !== null && authority !== null && !('fault' in authority)) {
    return joinNetwork('ffmpeg', match[1]!.toLowerCase(), authority, options);
  }
  if (match?.[2]?.includes('@') === true && authority !== null && 'fault' in authority) {
    throw invalid(`${shown(`ffmpeg:${rest}`)} ${authority.fault}`, 'In user and password, @ is %40 and / is %2F.');
  }
  if (options.username != null || options.password != null) {
    throw invalid(`${shown(`ffmpeg:${rest}`)} names no host that takes a password`, 'Remove username and password.');
  }
  const opaque = /^[a-z][a-z0-9+.-]+:/i.test(rest);
  const target = opaque ? rest : resolve(options.cwd, rest);
  return { kind: 'ffmpeg', target, display: maskQuery(`ffmpeg:${target}`), credentials: null };
}

function readFileUrl(text: string, rest: string, cwd: string): SourceAddress {
  if (!rest.startsWith('//')) return fileAddress(rest, cwd);
  try {
    return fileAddress(fileURLToPath(text), cwd);
  } catch (error) {
    throw new SightlineError('source-invalid', `${shown(text)} is not the address of a file of this machine`, {
      hint: 'Write file:///path/clip.mp4, or the path alone.',
      cause: error,
    });
  }
}

function readPlain(text: string, cwd: string): SourceAddress {
  const number = /^(?:video)?(\d{1,3})$/.exec(text)?.[1];
  if (number !== undefined) return deviceAddress(`/dev/video${Number(number)}`);
  if (looksLikeHost(text)) throw bareHost(text);
  if (text.startsWith('/dev/')) {
    const path = resolve(text);
    if (/^\/dev\/(?:video\d+|v4l\/.+)$/.test(path)) return deviceAddress(path);
    throw invalid(`${shown(text)} is not a camera device`, 'Devices are 0, 1, …, /dev/video0 or /dev/v4l/by-id/NAME.');
  }
  if (!/[./\\]/.test(text)) {
    const close = nearest(text, ['test', 'push', 'video0']);
    const hint =
      close === 'test' || close === 'push' ? `Did you mean ${close}: ?` : `For a file of this name write ./${text}`;
    throw invalid(`${shown(text)} is not an address`, `${hint}. ${ALLOWED}`);
  }
  return fileAddress(text, cwd);
}

function deviceAddress(path: string): SourceAddress {
  return { kind: 'device', target: path, display: path, credentials: null };
}

function fileAddress(path: string, cwd: string): SourceAddress {
  if (path === '' || /[/\\]$|(?:^|\/)\.{1,2}$/.test(path)) {
    throw invalid(`${shown(path)} names a folder, not a file`, 'Write the path of a video file, such as clip.mp4.');
  }
  const absolute = resolve(cwd, path);
  return { kind: 'file', target: absolute, display: absolute, credentials: null };
}

/** `192.168.1.20`, `camera:554/x`, `user:password@host/x`: a machine without a scheme. */
function looksLikeHost(text: string): boolean {
  const place = hostPlace(text);
  const found = place === '' ? null : readHostPort(place);
  if (found === null) return false;
  return found.certainty === 2 || found.port !== null || (text.includes('@') && !/^[./\\]/.test(text));
}

function hostPlace(text: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return '';
  const tail = text.includes('@') ? text.slice(text.lastIndexOf('@') + 1) : text;
  return /^[^/?#]*/.exec(tail)![0];
}

function bareHost(text: string): SightlineError {
  const port = readHostPort(hostPlace(text))?.port ?? null;
  const scheme = port !== null && (port === 443 || port === 8443) ? 'https' : isWebPort(port) ? 'http' : 'rtsp';
  const suggestion = `${scheme}://${text}${text.slice(text.lastIndexOf('@') + 1).includes('/') ? '' : '/'}`;
  return invalid(
    `${shown(text)} says no scheme`,
    `Did you mean ${maskSecrets(suggestion)} ? Cameras mostly need a path behind the host.`,
  );
}

function isWebPort(port: number | null): boolean {
  return port !== null && (port === 80 || port === 81 || (port >= 8000 && port < 8100) || port === 4747);
}

function unknownScheme(scheme: string, text: string, rest: string): SightlineError {
  const close = nearest(scheme, [...NETWORK_SCHEMES, 'test', 'push', 'ffmpeg', 'file']);
  if (close !== null && scheme !== 'rtmp') {
    return invalid(`${shown(text)} has the unknown scheme ${scheme}:`, `Did you mean ${close}: ? ${ALLOWED}`);
  }
  const hint = rest.startsWith('//') ? `Try ffmpeg:${maskSecrets(text)}` : `For a file of this name write ./${text}`;
  return invalid(`${shown(text)} has the unknown scheme ${scheme}:`, `${hint}. ${ALLOWED}`);
}

/** What was found, masked and not endless. */
function shown(text: string): string {
  const masked = maskSecrets(text).replace(/\p{Cc}/gu, '?');
  return masked.length > 120 ? `${masked.slice(0, 119)}…` : masked;
}

function invalid(text: string, hint: string): SightlineError {
  return new SightlineError('source-invalid', text, { hint });
}
