// The opening of a live camera: waits for its first decoded picture, so that a wrong address or password is an error of
// `openCamera` and not a loop that never begins.

import { SightlineError } from '../base/errors.ts';
import type { Problem } from '../base/errors.ts';
import type { PictureSize, Pictures } from './pictures.ts';

export interface OpeningOptions {
  /** Failures are tried again until `signal` aborts. */
  readonly keepTrying: boolean;
  readonly signal: AbortSignal;
}

/** Resolves with the size of the first picture. Rejects with why there is none; when `signal` aborts, with anything. */
export async function firstPicture(pictures: Pictures, { keepTrying, signal }: OpeningOptions): Promise<PictureSize> {
  const { promise, resolve, reject } = Promise.withResolvers<PictureSize>();
  const reader = pictures.hub.attach({ start: 'group', policy: 'latest' });
  reader.onReady = () => {
    using frame = reader.take();
    if (frame) resolve({ width: frame.width, height: frame.height });
  };
  reader.onEnd = reject;
  const look = (): void => {
    const problem = whyNot(pictures);
    if (problem !== null && !keepTrying) reject(SightlineError.fromProblem(problem));
  };
  const unlisten = pictures.listen(look);
  const abort = (): void => reject(new SightlineError('stopping', 'The opening was given up.'));
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  look();
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', abort);
    unlisten();
    reader.close();
  }
}

function whyNot({ state: { state, reason } }: Pictures): Problem | null {
  return state === 'live' ? null : reason;
}
