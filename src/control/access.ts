// Who may ask what, as control decides it: makes the access table from the config, the local key and the logins, hands
// it out anew at each change, and answers logins. The gateways judge requests by the table.

import { createHmac, randomBytes } from 'node:crypto';
import { AttemptLimit } from '../base/attempt-limit.ts';
import { nowUs } from '../base/clock.ts';
import { digestOf, sameDigest } from '../base/digest.ts';
import { SightlineError } from '../base/errors.ts';
import type { ServerConfig } from '../config/schema.ts';
import {
  ALL_PERMISSIONS,
  type AccessTable,
  type Principal,
  type SessionEntry,
  type UserEntry,
} from '../link/access.ts';
import type { ControlQuestions, LoginAttempt } from '../link/control-port.ts';
import type { Log } from './log.ts';
import { SessionFile, type Session } from './session-file.ts';

const SESSION_SECONDS = 30 * 24 * 60 * 60;
const MAX_SESSIONS = 1000;
/** Expired sessions are refused at once by the gateways; the table forgets them at this pace. */
const SWEEP_MS = 60_000;

/** The keys of the config's `server` that decide who may do what. */
export type AccessWishes = Pick<ServerConfig, 'token' | 'users' | 'allowedHosts' | 'allowedOrigins' | 'embed'>;

export interface AccessKeeperOptions {
  readonly wishes: AccessWishes;
  /** `--insecure` was said. */
  readonly insecure: boolean;
  /** Null: nobody has a local key. */
  readonly localKey: string | null;
  /** The state folder, where sessions are kept over a restart; null: they are not. */
  readonly folder: string | null;
  /** Random and kept beside the sessions: binds each to its credential. */
  readonly secret: Buffer;
  readonly log: Log;
}

/** Why a login was refused, and what to do; nothing of what was typed. */
const WRONG = {
  key: ['This is not the local key.', 'Open the address that `sightline` printed at its last start.'],
  token: ['This is not the token.', 'Type it as server.token of the config, or SIGHTLINE_TOKEN, has it.'],
  user: ['User name or password is wrong.', 'Type both as server.users of the config has them.'],
} as const;

type Who = Pick<Session, 'kind' | 'name'>;

/** Keeps the table. */
export class AccessKeeper {
  readonly #options: AccessKeeperOptions;
  readonly #file: SessionFile | null;
  readonly #limit = new AttemptLimit();
  readonly #keyDigest: string | null;
  readonly #listeners = new Set<() => void>();
  readonly #sweep: NodeJS.Timeout;
  /** By kind, name and digest: a thousand sessions have few credentials. */
  readonly #fingerprints = new Map<string, string>();
  #wishes: AccessWishes;
  /** The oldest first. */
  #sessions: readonly Session[];
  #table: AccessTable;

  constructor(options: AccessKeeperOptions) {
    this.#options = options;
    this.#wishes = options.wishes;
    this.#keyDigest = options.localKey === null ? null : digestOf(options.localKey);
    this.#file = options.folder === null ? null : new SessionFile(options.folder, options.log);
    this.#table = this.#withoutSessions(1);
    this.#sessions = (this.#file?.read() ?? []).filter((session) => this.#holds(session));
    this.#table = { ...this.#table, sessions: this.#sessions.map((session) => this.#entry(session)) };
    this.#sweep = setInterval(() => this.#renew(this.#sessions), SWEEP_MS);
  }

  get table(): AccessTable {
    return this.#table;
  }

  /** A new session. Throws `unauthorized` and `too-many-attempts`. */
  login({ address, credential }: LoginAttempt): ControlQuestions['login']['result'] {
    if (this.#limit.isReached(address)) {
      throw new SightlineError('too-many-attempts', 'Too many wrong tries to log in.');
    }
    const who = this.#prove(credential);
    if (who === null) {
      this.#limit.failed(address);
      this.#options.log.warn({ address, by: credential.kind }, 'a login was refused');
      const [text, hint] = WRONG[credential.kind];
      throw new SightlineError('unauthorized', text, { hint });
    }
    this.#options.log.info({ address, who: who.name ?? who.kind }, 'somebody logged in');
    const cookie = randomBytes(32).toString('base64url');
    const expiresUs = nowUs() + SESSION_SECONDS * 1e6;
    const session = { ...who, digest: digestOf(cookie), fingerprint: this.#fingerprint(who), expiresUs };
    this.#renew([...this.#sessions, session].slice(-MAX_SESSIONS));
    return { cookie, maxAgeSeconds: SESSION_SECONDS };
  }

  /** Ends the session of this cookie; a cookie that stands for none is fine. */
  logout(cookie: string): void {
    const digest = digestOf(cookie);
    this.#renew(this.#sessions.filter((session) => session.digest !== digest));
  }

  /** Takes the config as it is now. Sessions whose credential has changed end. */
  apply(wishes: AccessWishes): void {
    this.#wishes = wishes;
    this.#renew(this.#sessions);
  }

  /** Called after each change of the table. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Resolves when the sessions are on disk. */
  async close(): Promise<void> {
    clearInterval(this.#sweep);
    await this.#file?.close();
  }

  /** Makes the table anew; if anything in it is different, it takes the old one's place and everybody is told. */
  #renew(sessions: readonly Session[]): void {
    const before = this.#table;
    this.#table = this.#withoutSessions(before.version);
    this.#fingerprints.clear();
    this.#sessions = sessions.filter((session) => this.#holds(session));
    const table = { ...this.#table, sessions: this.#sessions.map((session) => this.#entry(session)) };
    const isSame = JSON.stringify(table) === JSON.stringify(before);
    this.#table = isSame ? before : { ...table, version: before.version + 1 };
    if (isSame) return;
    this.#file?.write(this.#sessions);
    for (const listener of [...this.#listeners]) listener();
  }

  #withoutSessions(version: number): AccessTable {
    const { token, users, allowedHosts, allowedOrigins, embed } = this.#wishes;
    return {
      version,
      tokenDigest: token === undefined ? null : digestOf(token),
      keyDigest: this.#keyDigest,
      users: users.map(({ name, password, grants }) => ({ name, digest: digestOf(password), grants })),
      sessions: [],
      ...{ allowedHosts, allowedOrigins, embed, insecure: this.#options.insecure },
    };
  }

  #entry(session: Session): SessionEntry {
    return { digest: session.digest, principal: this.#principal(session), expiresUs: session.expiresUs };
  }

  #principal({ kind, name }: Who): Principal {
    const grants = kind === 'user' ? (this.#user(name)?.grants ?? []) : ALL_PERMISSIONS;
    return { id: name ?? kind, kind, grants };
  }

  #prove(credential: LoginAttempt['credential']): Who | null {
    const { keyDigest, tokenDigest } = this.#table;
    switch (credential.kind) {
      case 'key':
        return isSecret(credential.key, keyDigest) ? { kind: 'key', name: null } : null;
      case 'token':
        return isSecret(credential.token, tokenDigest) ? { kind: 'token', name: null } : null;
      case 'user': {
        const { name, password } = credential;
        return isSecret(password, this.#user(name)?.digest ?? null) ? { kind: 'user', name } : null;
      }
    }
  }

  #user(name: string | null): UserEntry | undefined {
    return this.#table.users.find((user) => user.name === name);
  }

  /** True while a session has not expired and its credential is the one that it began with. */
  #holds(session: Session): boolean {
    return session.expiresUs > nowUs() && session.fingerprint === this.#fingerprint(session);
  }

  /** Of the credential as it is now; tells nothing about it. */
  #fingerprint({ kind, name }: Who): string {
    const { keyDigest, tokenDigest } = this.#table;
    const digest = { key: keyDigest, token: tokenDigest, user: this.#user(name)?.digest ?? null }[kind];
    if (digest === null) return '';
    const text = `${kind} ${name ?? ''} ${digest}`;
    const known = this.#fingerprints.get(text);
    if (known !== undefined) return known;
    const made = createHmac('sha256', this.#options.secret).update(text).digest('hex');
    this.#fingerprints.set(text, made);
    return made;
  }
}

/** Compares in the same time also where there is nothing to compare with. */
function isSecret(given: string, digest: string | null): boolean {
  return sameDigest(digestOf(given), digest ?? digestOf('')) && digest !== null;
}
