// Who the server takes this browser for, and what that lets its person do: the page shows only what can be done. The
// login itself is a cookie that scripts cannot read.

import { signal } from '@preact/signals';
import { ApiError, get, post, whenUnauthorized, type Login, type Session } from './api.ts';

/** Null until the server has said so. */
export const session = signal<Session | null>(null);
/** True once the server has answered that it wants a login before it shows anything. */
export const locked = signal(false);
/** Why the key of the address was not taken. */
export const keyProblem = signal<ApiError | null>(null);

whenUnauthorized(() => {
  locked.value = true;
});

export type Grant = Session['grants'][number];

export function may(grant: Grant): boolean {
  return session.value?.grants.includes(grant) === true;
}

/** Asks who we are; a server that cannot be asked changes nothing. */
export async function learnSession(): Promise<void> {
  try {
    take(await get<Session>('/api/session'));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}

/** Rejects with an ApiError: `unauthorized`, `too-many-attempts`. */
export async function logIn(login: Login): Promise<void> {
  take(await post<Session>('/api/login', login));
  keyProblem.value = null;
}

export async function logOut(): Promise<void> {
  await post('/api/logout', {});
  await learnSession();
}

/** `#key=…`, as the server prints it, is traded for a login and leaves the address bar before anything else happens. */
export async function tradeKey(): Promise<void> {
  const key = new URLSearchParams(location.hash.slice(1)).get('key');
  if (key === null) return;
  history.replaceState(null, '', location.pathname + location.search);
  try {
    await logIn({ key });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    keyProblem.value = error;
  }
}

function take(now: Session): void {
  session.value = now;
  locked.value = !now.grants.includes('view');
}
