// Who may ask what. Judges each request by control's table: who the caller is (cookie, token, key, user, or anyone), and
// whether that suffices for what it asks. Local to each gateway; nothing is asked back.

import type { IncomingHttpHeaders } from 'node:http';
import type { AttemptLimits } from '../../base/attempt-limit.ts';
import { nowUs } from '../../base/clock.ts';
import { digestOf, sameDigest } from '../../base/digest.ts';
import { SightlineError } from '../../base/errors.ts';
import {
  ALL_PERMISSIONS,
  type AccessTable,
  type Permission,
  type Principal,
  type SessionEntry,
  type UserEntry,
} from '../../link/access.ts';
import { NOBODY, type Caller, type Proof } from './caller.ts';
import { cookieName, credentialOf, type Credential } from './credentials.ts';
import { addressOf, isFromThisMachine } from './directions.ts';
import { Guesses } from './guesses.ts';
import { Names } from './names.ts';
import type { Judge } from './open-streams.ts';

export interface AccessOptions {
  /** The table as it is now; asked at each request. */
  readonly table: () => AccessTable;
  /** Address that the server listens on, as the config names it. */
  readonly host: string;
  /** The server can be reached from this machine only. */
  readonly isLoopback: boolean;
  readonly limits?: AttemptLimits;
}

/** The part of a request that says who asks. */
export interface AccessRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly cookies: Readonly<Record<string, string | undefined>>;
  readonly raw: {
    readonly httpVersion: string;
    readonly socket: { readonly remoteAddress?: string | undefined; readonly localPort?: number | undefined };
  };
}

interface Rules {
  readonly table: AccessTable;
  readonly names: Names;
  readonly sessions: ReadonlyMap<string, SessionEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
}

/** What reading needs: free on this machine. */
const FREE: readonly Permission[] = ['view', 'listen'];

export class Access implements Judge {
  readonly #options: AccessOptions;
  readonly #guesses: Guesses;
  #rules: Rules | null = null;

  constructor(options: AccessOptions) {
    this.#options = options;
    this.#guesses = new Guesses(options.limits);
  }

  get embed(): AccessTable['embed'] {
    return this.#current().table.embed;
  }

  /** Throws `forbidden` for a name that is not ours and for pages elsewhere that write. */
  checkNames(request: AccessRequest): void {
    this.#current().names.check(request);
  }

  /** Who asks. A wrong credential makes its sender anyone: what anyone may do, it may too. */
  identify(request: AccessRequest, tokenInQuery = false): Caller {
    const { names } = this.#current();
    const isLocal = this.#options.isLoopback && isFromThisMachine(request, names);
    const given = credentialOf(request.headers, request.url, tokenInQuery);
    const proof = given && this.#prove(given);
    if (proof && this.#guesses.accepts(addressOf(request), proof.digest)) return this.#caller(proof, isLocal);
    const cookie = request.cookies[cookieName(request.raw.socket.localPort)];
    const session: Proof | null = cookie === undefined ? null : { kind: 'session', digest: digestOf(cookie) };
    if (session && this.#principalOf(session)) return this.#caller(session, isLocal);
    return { ...this.#caller({ kind: 'none' }, isLocal), isRefused: given !== null };
  }

  /** Who asks, for an address that is open to all: a wrong credential counts, so that it is no way to try them. */
  introduce(request: AccessRequest): Principal {
    const caller = this.identify(request);
    if (caller.isRefused) this.#guesses.refuse(addressOf(request));
    return caller.principal;
  }

  /** Whom a cookie's value stands for; null when it does for nobody. */
  principalOf(cookie: string): Principal | null {
    return this.#principalOf({ kind: 'session', digest: digestOf(cookie) });
  }

  /**
   * Throws when the caller lacks a permission: `unauthorized` for anyone, `forbidden` for those who are known. Every
   * entry asks it. `uid`: the camera that it is about; null: none, or all of them.
   */
  check({ principal, isLocal }: Caller, permission: Permission, uid: string | null): void {
    if (principal.grants.includes(permission)) return;
    if (principal.kind !== 'anyone') {
      const what = uid === null ? 'this' : 'this with a camera';
      const hint = `Ask for the permission "${permission}", or come as somebody who has it.`;
      throw new SightlineError('forbidden', `${principal.id} may not do ${what}.`, { hint });
    }
    // Strangers hear the same of cameras that are there and of those that are not.
    if (!isLocal) throw new SightlineError('unauthorized', 'Only those who are known may do this.');
    const hint =
      'Open the address with #key= that `sightline` printed, or send that key as `Authorization: Bearer KEY`.';
    throw new SightlineError('unauthorized', 'Only those with the local key may do this.', { hint });
  }

  /** What to answer to a caller whose wrong credential would have been needed: it is counted. */
  refuse(request: AccessRequest): SightlineError {
    return this.#guesses.refuse(addressOf(request));
  }

  /** For an answer that goes on, by the table as it is now. */
  mayStill(caller: Caller, permission: Permission): boolean {
    return this.#caller(caller.proof, caller.isLocal).principal.grants.includes(permission);
  }

  #caller(proof: Proof, isLocal: boolean): Caller {
    const principal = this.#principalOf(proof) ?? this.#anyone(isLocal);
    return { principal, proof, isLocal, isRefused: false };
  }

  #anyone(isLocal: boolean): Principal {
    if (isLocal) return { ...NOBODY.principal, grants: FREE };
    return this.#current().table.insecure ? { ...NOBODY.principal, grants: ['view'] } : NOBODY.principal;
  }

  /** Whom a credential stands for; null when it is wrong. */
  #prove(given: Credential): Exclude<Proof, { kind: 'none' }> | null {
    const { table, users } = this.#current();
    const digest = digestOf(given.kind === 'secret' ? given.secret : given.password);
    const isToken = table.tokenDigest !== null && sameDigest(digest, table.tokenDigest);
    if (isToken) return { kind: 'token', digest };
    if (given.kind === 'secret') {
      return table.keyDigest !== null && sameDigest(digest, table.keyDigest) ? { kind: 'key', digest } : null;
    }
    const user = users.get(given.name);
    return user !== undefined && sameDigest(digest, user.digest) ? { kind: 'user', name: user.name, digest } : null;
  }

  /** Whom a proof stands for by the table as it is now; null when it does no more. */
  #principalOf(proof: Proof): Principal | null {
    const { table, users, sessions } = this.#current();
    switch (proof.kind) {
      case 'none':
        return null;
      case 'token':
      case 'key': {
        const digest = proof.kind === 'key' ? table.keyDigest : table.tokenDigest;
        return digest === proof.digest ? { id: proof.kind, kind: proof.kind, grants: ALL_PERMISSIONS } : null;
      }
      case 'user': {
        const user = users.get(proof.name);
        return user?.digest === proof.digest ? { id: user.name, kind: 'user', grants: user.grants } : null;
      }
      case 'session': {
        const session = sessions.get(proof.digest);
        return session !== undefined && session.expiresUs > nowUs() ? session.principal : null;
      }
    }
  }

  #current(): Rules {
    const table = this.#options.table();
    if (this.#rules?.table !== table) {
      const { allowedHosts, allowedOrigins } = table;
      this.#rules = {
        table,
        names: new Names({ host: this.#options.host, allowedHosts, allowedOrigins }),
        sessions: new Map(table.sessions.map((session) => [session.digest, session])),
        users: new Map(table.users.map((user) => [user.name, user])),
      };
    }
    return this.#rules;
  }
}
