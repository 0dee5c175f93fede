// HTTP authentication as cameras use it, for RTSP and HTTP alike: Digest (RFC 7616, and RFC 2069 without qop) and
// Basic (RFC 7617). Header texts are byte strings (latin1), as sockets and Node's HTTP client give and take them.

import { createHash, randomBytes } from 'node:crypto';
import { LoginMemory } from './login-memory.ts';

/** One challenge of a WWW-Authenticate header: scheme and parameter names in lower case, values unquoted. */
export interface Challenge {
  readonly scheme: string;
  readonly params: ReadonlyMap<string, string>;
}

/** Whom to answer for. */
interface Credentials {
  readonly username: string;
  readonly password: string;
}

const MAX_HEADER = 8192;
const MAX_CHALLENGES = 16;
const MAX_PARAMS = 32;

/** Every challenge of one or more WWW-Authenticate headers (RFC 9110, 11.6.1). Never throws; what it cannot read it skips. */
export function parseChallenges(header: string | readonly string[]): Challenge[] {
  const found: Challenge[] = [];
  for (const text of typeof header === 'string' ? [header] : header) parseHeader(text.slice(0, MAX_HEADER), found);
  return found;
}

// A word, then `=` and a value (quoted or not) when it is a parameter; without `=` it is a scheme.
const ITEM = /([^\s,="]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^\s,"]*)))?|"/gs;

function parseHeader(text: string, into: Challenge[]): void {
  let params: Map<string, string> | null = null;
  for (const match of text.matchAll(ITEM)) {
    const [, word, quoted, plain] = match;
    if (word === undefined) continue;
    if (quoted === undefined && plain === undefined) {
      if (into.length >= MAX_CHALLENGES) return;
      params = new Map();
      into.push({ scheme: word.toLowerCase(), params });
    } else if (params && params.size < MAX_PARAMS) {
      params.set(word.toLowerCase(), quoted === undefined ? (plain ?? '') : quoted.replace(/\\(.)/gs, '$1'));
    }
  }
}

interface Algorithm {
  readonly hash: 'md5' | 'sha256';
  readonly session: boolean;
}

const ALGORITHMS: ReadonlyMap<string, Algorithm> = new Map([
  ['md5', { hash: 'md5', session: false }],
  ['md5-sess', { hash: 'md5', session: true }],
  ['sha-256', { hash: 'sha256', session: false }],
  ['sha-256-sess', { hash: 'sha256', session: true }],
]);

function algorithmOf(challenge: Challenge): Algorithm | undefined {
  return ALGORITHMS.get((challenge.params.get('algorithm') ?? 'md5').toLowerCase());
}

function offersAuth(challenge: Challenge): boolean | null {
  const qop = challenge.params.get('qop');
  if (qop === undefined || qop.trim() === '') return null;
  return qop
    .toLowerCase()
    .split(/[\s,]+/)
    .includes('auth');
}

function strength(challenge: Challenge): number {
  if (challenge.scheme === 'basic') return 1;
  if (challenge.scheme !== 'digest' || !challenge.params.has('nonce') || offersAuth(challenge) === false) return 0;
  const algorithm = algorithmOf(challenge);
  if (!algorithm) return 0;
  return algorithm.hash === 'sha256' ? 3 : 2;
}

/** The strongest challenge that can be answered: SHA-256 Digest, MD5 Digest, Basic; Basic never beside any Digest. */
export function chooseChallenge(challenges: readonly Challenge[]): Challenge | null {
  const digestOnly = challenges.some((challenge) => challenge.scheme === 'digest');
  let best: Challenge | null = null;
  for (const challenge of challenges) {
    if (digestOnly && challenge.scheme !== 'digest') continue;
    if (strength(challenge) > (best ? strength(best) : 0)) best = challenge;
  }
  return best;
}

/** Answers the challenges of one server for one user. Feed every 401 to `accept`; put `header` into every request. */
export class Authorizer {
  readonly #credentials: Credentials | null;
  readonly #memory: LoginMemory;
  #challenge: Challenge | null = null;
  #digestSeen = false;
  #basicRefused = false;
  /** An answer to `#challenge` was sent and not known to have been accepted. */
  #unconfirmed = false;
  #count = 0;
  #cnonce = '';

  /** `memory`: of earlier sessions with the same camera. Default: none was. */
  constructor(credentials: Credentials | null, memory = new LoginMemory()) {
    this.#credentials = credentials;
    this.#memory = memory;
  }

  /**
   * Takes the challenges of a 401. True: ask again with `header`. False: the credentials were refused, or there is
   * nothing to answer with. A stale nonce, and a new one after `confirm`, are worth another try. Callers still limit
   * the tries of one request, for a server may call every nonce stale.
   */
  accept(wwwAuthenticate: string | readonly string[]): boolean {
    const challenges = parseChallenges(wwwAuthenticate);
    if (challenges.some((challenge) => challenge.scheme === 'digest')) this.#digestSeen = true;
    const chosen = chooseChallenge(challenges);
    if (!chosen || !this.#credentials) return false;
    this.#basicRefused = chosen.scheme === 'basic' && (this.#digestSeen || this.#memory.login === 'digest');
    if (this.#basicRefused) return false;
    const stale = chosen.params.get('stale')?.toLowerCase() === 'true';
    const sameNonce = chosen.params.get('nonce') === this.#challenge?.params.get('nonce');
    const upgraded = chosen.scheme === 'digest' && this.#challenge?.scheme === 'basic';
    if (this.#unconfirmed && !upgraded && !(stale && !sameNonce)) return false;
    this.#challenge = chosen;
    this.#count = 0;
    this.#cnonce = randomBytes(16).toString('hex');
    this.#unconfirmed = false;
    return true;
  }

  /** Says that a request with our answer was accepted: a later 401 then means a new nonce, not wrong credentials. */
  confirm(): void {
    if (this.#unconfirmed && this.#challenge)
      this.#memory.note(this.#challenge.scheme === 'basic' ? 'basic' : 'digest');
    this.#unconfirmed = false;
  }

  /** True when the last `accept` was false because the password was asked for in clear, after Digest. */
  get basicRefused(): boolean {
    return this.#basicRefused;
  }

  /** True from the first challenge that was taken. */
  get answering(): boolean {
    return this.#challenge !== null;
  }

  /** The value of the Authorization header, null before a challenge. `uri` exactly as in the request line. */
  header(method: string, uri: string): string | null {
    if (!this.#challenge || !this.#credentials) return null;
    this.#unconfirmed = true;
    if (this.#challenge.scheme === 'basic') {
      const { username, password } = this.#credentials;
      return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
    }
    return this.#digest(this.#challenge, this.#credentials, `${method}:${uri}`, uri);
  }

  #digest(challenge: Challenge, credentials: Credentials, a2: string, uri: string): string {
    const { hash, session } = algorithmOf(challenge)!;
    const h = (bytes: string): string => createHash(hash).update(bytes, 'latin1').digest('hex');
    const value = (name: string): string => challenge.params.get(name) ?? '';
    const realm = value('realm');
    const nonce = value('nonce');
    const user = byteString(credentials.username);
    const secret = h(`${user}:${realm}:${byteString(credentials.password)}`);
    const ha1 = session ? h(`${secret}:${nonce}:${this.#cnonce}`) : secret;
    const nc = (++this.#count).toString(16).padStart(8, '0');
    const qop = offersAuth(challenge) === true;
    const middle = qop ? `${nonce}:${nc}:${this.#cnonce}:auth` : nonce;
    const hidden = value('userhash').toLowerCase() === 'true';

    const parts = [
      userPart(hidden ? h(`${user}:${realm}`) : credentials.username, value('charset')),
      `realm=${quote(realm)}`,
      `nonce=${quote(nonce)}`,
      `uri=${quote(uri)}`,
      `response="${h(`${ha1}:${middle}:${h(a2)}`)}"`,
    ];
    if (challenge.params.has('algorithm')) parts.push(`algorithm=${value('algorithm').replace(/[^\w-]/g, '')}`);
    if (challenge.params.has('opaque')) parts.push(`opaque=${quote(value('opaque'))}`);
    if (qop) parts.push(`qop=auth, nc=${nc}`);
    if (qop || session) parts.push(`cnonce="${this.#cnonce}"`);
    if (hidden) parts.push('userhash=true');
    return `Digest ${parts.join(', ')}`;
  }
}

/** A text as the bytes of its UTF-8 form, one character a byte. */
function byteString(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** RFC 7616, 3.4.4: `username*` where the name needs it and the server knows UTF-8, else `username`. */
function userPart(username: string, charset: string): string {
  const plain = /^[\x20-\x7e]*$/.test(username);
  if (plain || charset.toLowerCase() !== 'utf-8') return `username=${quote(byteString(username))}`;
  return `username*=UTF-8''${encodeURIComponent(username).replace(/['()*]/g, percent)}`;
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** A quoted string; what no header line may carry is left out. */
function quote(bytes: string): string {
  return `"${bytes.replace(/[\p{Cc}--[\x80-\x9f]]|[\u0100-\u{10ffff}]/gv, '').replace(/["\\]/g, '\\$&')}"`;
}
