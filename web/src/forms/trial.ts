// Trying an address before it is saved: POST /api/probe opens it and tells what is there. A new try replaces one that is
// under way, and a form that goes away takes its try with it.

import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, post, type Probe, type ProbeRequest } from '../api.ts';
import { failureOfError, failureOfReason, failureOfTyped, type Failure } from './failure.ts';
import { placeOf, problemOf } from './typed-address.ts';

/** A probe is given up by the server itself well before. */
const LIMIT_MS = 40_000;

export type Trial =
  | { readonly kind: 'none' }
  | { readonly kind: 'asking'; readonly host: string; readonly startedMs: number }
  | { readonly kind: 'found'; readonly host: string; readonly probe: Probe & { readonly picture: string } }
  | { readonly kind: 'failed'; readonly failure: Failure };

const NONE: Trial = { kind: 'none' };

export interface TrialControl {
  readonly trial: Trial;
  /** What is wrong, when that is known. */
  readonly failure: Failure | null;
  /** Asks; what is wrong before asking is said at once. `stored`: the address is one that the server has shown. */
  readonly start: (request: ProbeRequest, stored?: boolean) => void;
  /** Says what is wrong without asking. */
  readonly fail: (failure: Failure) => void;
  /** Gives up what is under way and forgets what was found. */
  readonly clear: () => void;
}

export function useTrial(): TrialControl {
  const [trial, setTrial] = useState<Trial>(NONE);
  const current = useRef<AbortController | null>(null);
  const stop = (): void => {
    current.current?.abort();
    current.current = null;
  };
  useEffect(() => stop, []);
  const start = (request: ProbeRequest, stored = false): void => {
    stop();
    const typed = stored ? null : problemOf(request.source);
    if (typed !== null) {
      setTrial({ kind: 'failed', failure: failureOfTyped(typed) });
      return;
    }
    const asking = new AbortController();
    current.current = asking;
    setTrial({ kind: 'asking', host: placeOf(request.source).host, startedMs: performance.now() });
    void probe(request, asking.signal).then((outcome) => {
      if (current.current === asking) setTrial(outcome);
    });
  };
  const clear = (): void => {
    stop();
    setTrial(NONE);
  };
  const fail = (failure: Failure): void => {
    stop();
    setTrial({ kind: 'failed', failure });
  };
  return { trial, failure: trial.kind === 'failed' ? trial.failure : null, start, fail, clear };
}

async function probe(request: ProbeRequest, signal: AbortSignal): Promise<Trial> {
  const place = placeOf(request.source);
  try {
    const found = await post<Probe>('/api/probe', request, { signal, timeoutMs: LIMIT_MS });
    const { problem, picture } = found;
    if (picture !== null) return { kind: 'found', host: place.host, probe: { ...found, picture } };
    if (problem === null) return NONE;
    return { kind: 'failed', failure: failureOfReason(problem, place, (request.username ?? '') !== '') };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { kind: 'failed', failure: failureOfError(error) };
  }
}
