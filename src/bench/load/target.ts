// What every viewer of a run asks: the address as a person wrote it, as the bytes of one request.

import { SightlineError } from '../../base/errors.ts';

export interface Target {
  readonly host: string;
  readonly port: number;
  /** The whole request. */
  readonly request: string;
}

/** User and password of the address are sent as Basic. Throws `usage` for what is no http address. */
export function targetOf(address: string): Target {
  const url = URL.parse(address);
  if (url?.protocol !== 'http:') {
    const hint = 'Measure over plain http, at the server itself: encryption would be a cost of both ends.';
    throw new SightlineError('usage', 'Viewers of the bench watch http addresses only.', { hint });
  }
  const { hostname, port, username, password } = url;
  const userinfo = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const lines = [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    'Accept: */*',
    ...(username === '' ? [] : [`Authorization: Basic ${Buffer.from(userinfo).toString('base64')}`]),
    'Connection: close',
  ];
  const host = hostname.replace(/^\[|\]$/g, '');
  return { host, port: port === '' ? 80 : Number(port), request: `${lines.join('\r\n')}\r\n\r\n` };
}
