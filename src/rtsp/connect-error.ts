// Why a connection could not be made, as an error that a person can act on.

import { SightlineError } from '../base/errors.ts';
import type { ErrorCode } from '../base/errors.ts';
import type { RtspAddress } from './address.ts';

const NAMED: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ECONNREFUSED: ['camera-refused', 'was refused'],
  ENOTFOUND: ['camera-unknown-host', 'failed: no such host'],
  EAI_AGAIN: ['camera-unknown-host', 'failed: the name could not be looked up'],
  EHOSTUNREACH: ['camera-unreachable', 'failed: the host cannot be reached'],
  ENETUNREACH: ['camera-unreachable', 'failed: the network cannot be reached'],
  ETIMEDOUT: ['camera-unreachable', 'failed: no answer'],
  ECONNRESET: ['camera-closed', 'was reset'],
  EPIPE: ['camera-closed', 'was closed'],
};

/** The error of a socket that did not connect. */
export function connectError(error: Error, address: RtspAddress): SightlineError {
  // The guard has refused to dial.
  if (error instanceof SightlineError) return error;
  const code = codeOf(error);
  const named = NAMED[code];
  if (named) return new SightlineError(named[0], `connect to ${address.name} ${named[1]}`, { cause: error });
  if (address.tls) {
    const wrong = code.startsWith('ERR_SSL') || code === 'EPROTO';
    const what = wrong ? 'the port does not speak TLS as we do' : 'the certificate was not accepted';
    return new SightlineError('camera-tls', `connect to ${address.name} failed: ${what} (${code})`, { cause: error });
  }
  return new SightlineError('camera-unreachable', `connect to ${address.name} failed (${code})`, { cause: error });
}

/** The code of a system error, also of several tries to several addresses in one. */
function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code;
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  return first instanceof Error ? codeOf(first) : 'unknown';
}
