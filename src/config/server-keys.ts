// Which of the server's keys count: the command line over the file, and those of the start for what cannot change while
// the server runs.

import { BlockList, isIP } from 'node:net';
import { SightlineError } from '../base/errors.ts';
import type { ServerConfig } from './schema.ts';

/** What the command line and the environment say over every reading of the file. */
export interface ServerOverrides {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly workers?: number | undefined;
  /** Counts where the file has no token. */
  readonly token?: string | undefined;
}

/** New values of these count after a restart. */
export const RESTART_KEYS = ['host', 'port', 'workers', 'basePath'] as const satisfies (keyof ServerConfig)[];

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

export function withOverrides(server: ServerConfig, overrides: ServerOverrides): ServerConfig {
  return {
    ...server,
    host: overrides.host ?? server.host,
    port: overrides.port ?? server.port,
    workers: overrides.workers ?? server.workers,
    token: server.token ?? overrides.token,
  };
}

/** What is in force when the file says `next`, and the keys of it that wait for a restart. */
export function inForce(next: ServerConfig, started: ServerConfig): { server: ServerConfig; restartNeeded: string[] } {
  const { host, port, workers, basePath } = started;
  const restartNeeded = RESTART_KEYS.filter((key) => next[key] !== started[key]).map((key) => `server.${key}`);
  return { server: { ...next, host, port, workers, basePath }, restartNeeded };
}

/** Throws `unsafe-bind` when nothing would protect a server that others can reach. */
export function demandProtection(server: ServerConfig, file: string): void {
  if (server.token !== undefined || server.users.length > 0 || isLoopback(server.host)) return;
  const text = `${file}: server: without token and users anybody who reaches ${server.host} could watch the cameras`;
  throw new SightlineError('unsafe-bind', text, { hint: 'Put server.token or server.users back.' });
}

function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return host === 'localhost';
  return LOOPBACK.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
