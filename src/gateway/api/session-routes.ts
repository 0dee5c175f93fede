// Logging in and out: control makes and ends sessions, the browser holds one in a cookie that no script reads and no other
// site sends.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { SightlineError } from '../../base/errors.ts';
import type { Principal } from '../../link/access.ts';
import type { ControlPort, LoginAttempt } from '../../link/control-port.ts';
import type { Access } from '../access/access.ts';
import { cookieName } from '../access/credentials.ts';
import { addressOf, isForwarded, isHttps } from '../access/directions.ts';
import type { Login, Session } from './contract-access.ts';
import { addOperation } from './operation.ts';

const KNOWN_WITHIN_MS = 2000;

export interface SessionRouteOptions {
  readonly control: ControlPort;
  readonly access: Access;
  /** Path below which a reverse proxy shows the server: `/` or `/cams/`. */
  readonly base: string;
}

export function addSessionRoutes(app: FastifyInstance, { control, access, base }: SessionRouteOptions): void {
  addOperation(app, 'getSession', ({ request }) => presentSession(access.introduce(request)));

  addOperation(app, 'login', async ({ request, reply, body }) => {
    const before = cookieOf(request);
    const attempt = { address: addressOf(request), credential: credentialOf(body) };
    const { cookie, maxAgeSeconds } = await control.ask('login', attempt);
    if (before !== undefined) await control.ask('logout', { cookie: before });
    const principal = await known(cookie, access, control);
    reply.setCookie(nameFor(request), cookie, { ...attributesFor(request, base), maxAge: maxAgeSeconds });
    return presentSession(principal);
  });

  addOperation(app, 'logout', async ({ request, reply }) => {
    const cookie = cookieOf(request);
    if (cookie !== undefined) await control.ask('logout', { cookie });
    reply.clearCookie(nameFor(request), attributesFor(request, base));
    return undefined;
  });
}

/** Whom a new session stands for: a worker gets the table with it a moment after control's answer. */
async function known(cookie: string, access: Access, control: ControlPort): Promise<Principal> {
  const { promise, resolve, reject } = Promise.withResolvers<Principal>();
  const look = (): void => {
    const principal = access.principalOf(cookie);
    if (principal !== null) resolve(principal);
  };
  const unsubscribe = control.onChange(look);
  const late = new SightlineError('link-closed', 'The new session has not become known here.');
  const timer = setTimeout(() => reject(late), KNOWN_WITHIN_MS);
  look();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    unsubscribe();
  }
}

function presentSession({ id, kind, grants }: Principal): Session {
  return { principal: { id, kind }, grants: [...grants] };
}

function credentialOf(login: Login): LoginAttempt['credential'] {
  if ('key' in login) return { kind: 'key', key: login.key };
  return 'token' in login ? { kind: 'token', token: login.token } : { kind: 'user', ...login };
}

function nameFor({ raw }: FastifyRequest): string {
  return cookieName(raw.socket.localPort);
}

function cookieOf(request: FastifyRequest): string | undefined {
  return request.cookies[nameFor(request)];
}

/** Below the base path only for those who come through the proxy that shows us there: others ask at the root too. */
function attributesFor({ headers }: FastifyRequest, base: string) {
  const path = isForwarded(headers) ? base : '/';
  return { httpOnly: true, sameSite: 'strict', secure: isHttps(headers), path } as const;
}
