// What somebody sends through the API as a camera, judged and turned into keys of the config file: network addresses
// (and push:, which is none) only, secrets apart from the address, and stored secrets never to another host than the one that they are for. Pure.

import { SightlineError } from '../base/errors.ts';
import { parseAddress } from '../config/address.ts';
import type { SourceAddress } from '../config/camera.ts';
import type { CameraConfig } from '../config/load.ts';
import { BUILT_IN_PROCESSORS } from '../config/schema.ts';
import type { CameraValues } from '../config/store-types.ts';
import type { CameraChange, CameraDraft, ProbeDraft } from '../link/control-port.ts';

const MASKED_USER = /^([a-z][a-z0-9+.-]*:\/\/)\*\*\*@/i;
const MASKED_PARAMETER = /[?&;][^=&;]*=\*\*\*(?:[&;]|$)/;
/** Relative paths are never meant here. */
const CWD = '/';

/** Keys of a new camera. Throws `source-invalid`, `source-forbidden`. */
export function valuesOfDraft(draft: CameraDraft): CameraValues & { readonly source: string } {
  const { name, always, enabled, tlsVerify, username, password } = draft;
  const source = draft.source.trim();
  if (MASKED_USER.test(source)) throw masked('no secret is stored for a new camera');
  return { ...apart(source, { username, password }), name, always, enabled, tlsVerify };
}

/**
 * Keys that a change of a camera sets (null: takes away). Throws `source-invalid`, `source-forbidden`. Where stored
 * secrets leave the address for keys of their own, values hold them: see `movesSecrets`.
 */
export function valuesOfChange(before: CameraConfig, change: CameraChange): CameraValues {
  const { name, always, enabled, tlsVerify, username, password, processors } = change;
  if (processors !== undefined) checkProcessors(before, processors);
  const plain = { name, always, enabled, tlsVerify, processors };
  const given = { username, password };
  const source = change.source?.trim() ?? before.source.display;
  if (source === before.source.display) return { ...plain, ...secretsOf(before.source, given) };
  const bare = source.replace(MASKED_USER, '$1');
  if (isSamePlace(networkAddress(bare), before.source)) {
    const own = networkAddress(bare).credentials;
    if (own !== null) return { ...plain, ...apart(bare, given) };
    return { ...plain, ...secretsOf(before.source, given, true), source: bare };
  }
  if (bare !== source) throw masked('stored user name and password serve at their own scheme, host and port only');
  const values = apart(bare, given);
  return { ...plain, ...values, username: values.username ?? null, password: values.password ?? null };
}

/** The API switches processors and sets their options; which file one runs is for who writes the config file. */
function checkProcessors(before: CameraConfig, changes: NonNullable<CameraValues['processors']>): void {
  for (const [name, change] of Object.entries(changes)) {
    const known = before.processors.find((each) => each.name === name);
    if (known === undefined && !BUILT_IN_PROCESSORS.includes(name)) {
      throw new SightlineError('request-invalid', `The camera ${before.id} has no processor "${name.slice(0, 64)}".`, {
        hint: `Built in are ${BUILT_IN_PROCESSORS.join(', ')}; one of your own is named in the config file.`,
      });
    }
    if (change === null && known?.module.kind === 'file') {
      throw new SightlineError('request-invalid', `The processor ${name} is a file: it is not removed here.`, {
        hint: 'Switch it off with "enabled": false, or take it out of the config file.',
      });
    }
  }
}

/** What a probe opens. With `like`, that camera's secrets serve at its own host. */
export function probeOf(draft: ProbeDraft, like: CameraConfig | null): { source: SourceAddress; tlsVerify: boolean } {
  const tlsVerify = draft.tlsVerify ?? like?.tlsVerify ?? true;
  const text = draft.source.trim();
  const isLike = like !== null && text === like.source.display;
  if (isLike && like.source.kind === 'push') throw notLookedAt();
  if (isLike && draft.username === undefined && draft.password === undefined) return { source: like.source, tlsVerify };
  const bare = isLike ? like.source.target : text.replace(MASKED_USER, '$1');
  const address = networkAddress(bare);
  if (address.kind === 'push') throw notLookedAt();
  const stored = like !== null && isSamePlace(address, like.source) ? like.source.credentials : null;
  if (!isLike && bare !== text && stored === null) throw masked('a stored secret serves at its own host only');
  const username = draft.username ?? address.credentials?.username ?? stored?.username ?? null;
  const password = draft.password ?? address.credentials?.password ?? stored?.password ?? null;
  return { source: parseAddress(bare, { cwd: CWD, username, password }), tlsVerify };
}

function notLookedAt(): SightlineError {
  return new SightlineError('source-invalid', 'push: is not looked at: its pictures are sent to it', {
    hint: 'Save it, then send it a picture with PUT /cameras/{id}/frame.',
  });
}

/** True when the values hold secrets that were not given but taken out of the address, as it stands in the file. */
export function movesSecrets(
  before: CameraConfig,
  change: CameraChange,
  { username, password }: CameraValues,
): boolean {
  const stored = before.source.credentials;
  if (stored === null || !MASKED_USER.test(before.source.display)) return false;
  const takes = (given: string | null | undefined, value: string | null | undefined, own: string): boolean =>
    given === undefined && value === own;
  return takes(change.username, username, stored.username) || takes(change.password, password, stored.password);
}

interface Secrets {
  readonly username?: string | null | undefined;
  readonly password?: string | null | undefined;
}

/**
 * The keys of user and password where the camera stays at its host. An address that holds them itself gives them up
 * when they are changed, or when it is written anew (`moves`).
 */
function secretsOf(before: SourceAddress, { username, password }: Secrets, moves = false): CameraValues {
  const values = username === null ? { username, password: password ?? null } : { username, password };
  const touched = values.username !== undefined || values.password !== undefined;
  if (!MASKED_USER.test(before.display) || !(touched || moves)) return values;
  return {
    source: before.target,
    username: values.username === undefined ? before.credentials?.username : values.username,
    password: values.password === undefined ? before.credentials?.password : values.password,
  };
}

/** Source, user and password in keys of their own; what was given wins over what stands in the address. */
function apart(text: string, { username, password }: Secrets): CameraValues & { readonly source: string } {
  const address = networkAddress(text);
  const own = MASKED_USER.test(address.display) ? address.credentials : null;
  return {
    source: own === null ? text : address.target,
    username: username === undefined ? own?.username : username,
    password: password === undefined ? own?.password : password,
  };
}

/** What may be added here: cameras of the network, and those that are sent their pictures, which name no address. */
function networkAddress(text: string): SourceAddress {
  const address = parseAddress(text, { cwd: CWD });
  if (address.kind === 'push') return address;
  if (address.kind !== 'rtsp' && address.kind !== 'http') {
    throw new SightlineError('source-forbidden', `${address.display} is no rtsp, rtsps, http, https or push: address`);
  }
  if (MASKED_PARAMETER.test(address.target)) throw masked('a parameter of the address is ***');
  return address;
}

/** True when secrets meant for one may be sent to the other: same scheme, host and port. */
function isSamePlace(one: SourceAddress, other: SourceAddress): boolean {
  const [a, b] = [URL.parse(one.target), URL.parse(other.target)];
  if (a === null || b === null || a.protocol !== b.protocol) return false;
  return a.hostname.toLowerCase() === b.hostname.toLowerCase() && portOf(a) === portOf(b);
}

const PORTS: Readonly<Record<string, string>> = { 'rtsp:': '554', 'rtsps:': '322', 'http:': '80', 'https:': '443' };

function portOf(url: URL): string {
  return url.port === '' ? (PORTS[url.protocol] ?? '') : url.port;
}

function masked(why: string): SightlineError {
  return new SightlineError('source-invalid', `The address has *** in place of a secret: ${why}`, {
    hint: 'Write user name and password anew.',
  });
}
