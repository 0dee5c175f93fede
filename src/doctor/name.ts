// The first step: which addresses the source's host name has, asked of the system as a connection would ask it.

import { lookup } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { SightlineError } from '../base/errors.ts';
import { failed, hintOf, named, passed } from './finding.ts';
import type { Finding, Ground } from './types.ts';

const LIMIT_MS = 5000;
const MOST_SHOWN = 4;

export interface NameFacts {
  readonly finding: Finding;
  /** In the order of preference; empty when there is none. */
  readonly addresses: readonly string[];
}

/** Looks the name up. Rejects only with the reason of the signal. */
export async function lookUpName(ground: Ground): Promise<NameFacts> {
  const { host } = ground.place;
  try {
    const found = await ask(ground);
    const addresses = [...new Set(found.map(({ address }) => address))];
    if (isIP(host) !== 0) return { finding: passed({ code: 'name-is-address', values: { host } }), addresses };
    const values = { host, addresses: addresses.slice(0, MOST_SHOWN) };
    return { finding: passed({ code: 'name-found', values }), addresses };
  } catch (error) {
    ground.signal.throwIfAborted();
    return { finding: judgeFailure(host, error), addresses: [] };
  }
}

async function ask({ place: { host, port }, guard, signal }: Ground): Promise<readonly LookupAddress[]> {
  signal.throwIfAborted();
  const judged = guard.lookupFor(host, port);
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family }];
  const { promise, resolve, reject } = Promise.withResolvers<readonly LookupAddress[]>();
  const stop = (): void => reject(signal.reason as Error);
  const timer = setTimeout(() => reject(new SightlineError('camera-unknown-host', 'late')), LIMIT_MS);
  signal.addEventListener('abort', stop, { once: true });
  (judged ?? lookup)(host, { all: true }, (error: Error | null, found: string | LookupAddress[]) => {
    if (error !== null) reject(error);
    else resolve(typeof found === 'string' ? [{ address: found, family: isIP(found) }] : found);
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

/** `error`: the system's, or the guard's refusal. */
export function judgeFailure(host: string, error: unknown): Finding {
  if (error instanceof SightlineError && error.code === 'source-forbidden') {
    const problem = error.toProblem();
    return failed({ code: 'problem', values: named(problem) }, hintOf(problem));
  }
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'EAI_AGAIN' || code === 'camera-unknown-host') {
    return failed({ code: 'name-server-silent', values: { host } }, { code: 'write-ip', values: {} });
  }
  const advice = host.endsWith('.local') ? 'check-name-mdns' : 'check-name';
  return failed({ code: 'name-unknown', values: { host } }, { code: advice, values: {} });
}
