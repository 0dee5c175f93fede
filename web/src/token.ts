// The server's token, where it wants one: given in the page's address or typed once, kept for this tab only, sent as a
// header where the page asks and as ?token= where an <img> does.

import { signal } from '@preact/signals';

const KEPT_AS = 'sightline-token';

/** Null when none was given; then nothing is sent, which is right on loopback. */
export const token = signal<string | null>(takeFromAddress() ?? sessionStorage.getItem(KEPT_AS));

/** Takes the token out of the address bar, so that it is neither seen nor copied from there. */
function takeFromAddress(): string | null {
  const address = new URL(location.href);
  const given = address.searchParams.get('token');
  if (given === null) return null;
  address.searchParams.delete('token');
  history.replaceState(null, '', address);
  sessionStorage.setItem(KEPT_AS, given);
  return given;
}

export function setToken(value: string): void {
  sessionStorage.setItem(KEPT_AS, value);
  token.value = value;
}

export function authorization(): Record<string, string> {
  return token.value === null ? {} : { authorization: `Bearer ${token.value}` };
}

/** The path as an <img> asks for it: with these parameters, and with the token where there is one. */
export function withQuery(path: string, parameters: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(parameters);
  if (token.value !== null) query.set('token', token.value);
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}
