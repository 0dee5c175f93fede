// Where the server may listen: the address of a name, whether somebody protects it, and what a failure means to a person.
// The gateway listens itself, or control listens for its workers.

import { lookup } from 'node:dns/promises';
import { SightlineError, type ErrorCode } from '../base/errors.ts';
import type { AccessTable } from './access.ts';

/** Beyond this machine somebody must have been named who may ask: the local key names nobody. */
export function refuseUnprotected(host: string, { tokenDigest, users, insecure }: AccessTable): void {
  if (tokenDigest !== null || users.length > 0 || insecure) return;
  const what = `Anybody who reaches ${host} could watch the cameras: no token and no user is configured.`;
  throw new SightlineError('unsafe-bind', what);
}

/** The address to listen on. Rejects with `address-unavailable`. */
export async function resolveHost(host: string): Promise<string> {
  try {
    return (await lookup(host, { order: 'ipv4first' })).address;
  } catch (error) {
    throw new SightlineError('address-unavailable', `The address ${host} is not known.`, { cause: error });
  }
}

const BIND_ERRORS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  EADDRINUSE: ['port-in-use', 'is already in use'],
  EACCES: ['port-forbidden', 'is not allowed to us'],
  EADDRNOTAVAIL: ['address-unavailable', 'does not belong to this machine'],
  EAFNOSUPPORT: ['address-unavailable', 'is of a kind that this machine does not support'],
  EINVAL: ['address-unavailable', 'cannot be listened on'],
};

/** Why we cannot listen: `port-in-use`, `port-forbidden`, `address-unavailable`; whatever else it was stays as it is. */
export function toBindError(error: unknown, host: string, port: number): SightlineError {
  const [code, what] = BIND_ERRORS[(error as NodeJS.ErrnoException).code ?? ''] ?? [];
  if (code === undefined) return SightlineError.from(error);
  return new SightlineError(code, `${host} port ${port} ${what ?? ''}.`, { cause: error });
}
