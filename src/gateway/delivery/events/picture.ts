// The picture that an event was found in: codec keeps the newest, and hands one over when it is asked for.

import { SightlineError, type Problem } from '../../../base/errors.ts';
import type { KeptEvent } from '../../../link/processors.ts';
import type { MediaPort, Subscription } from '../../../link/types.ts';
import type { Jpeg } from '../../../media/types.ts';

export interface FetchOptions {
  readonly media: MediaPort;
  readonly deadlineMs: number;
  readonly stopped: AbortSignal;
}

/** Rejects with `not-found` when it is not kept, `picture-timeout` when no answer came, `stopping`. */
export async function fetchPicture(event: KeptEvent, { media, deadlineMs, stopped }: FetchOptions): Promise<Jpeg> {
  const { promise, resolve, reject } = Promise.withResolvers<Jpeg>();
  const stop = (): void => reject(new SightlineError('stopping', 'The server is stopping.'));
  const late = (): void => reject(new SightlineError('picture-timeout', 'The picture did not come in time.'));
  let subscription: Subscription | null = null;
  const deadline = setTimeout(late, deadlineMs);
  stopped.addEventListener('abort', stop);
  try {
    stopped.throwIfAborted();
    const request = { kind: 'kept', key: `${event.uid}/main`, sequence: event.sequence } as const;
    subscription = media.subscribe(request, { jpeg: resolve, end: (problem) => reject(refusalOf(problem)) });
    return await promise;
  } finally {
    clearTimeout(deadline);
    stopped.removeEventListener('abort', stop);
    subscription?.close();
  }
}

/** A picture that was not kept through whatever happened to the camera or to codec does not come back. */
export function notKept(): SightlineError {
  return new SightlineError('not-found', 'The picture of this event is not kept any more.', {
    hint: 'Only the newest pictures of each camera are kept.',
  });
}

function refusalOf(problem: Problem | null): SightlineError {
  return problem?.code === 'stopping' ? SightlineError.fromProblem(problem) : notKept();
}
