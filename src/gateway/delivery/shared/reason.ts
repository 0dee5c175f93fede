// Why a camera has no picture, in the words of whoever knows best: control, then the stream itself, then the clock.

import { ERROR_CODES, SightlineError, type Problem } from '../../../base/errors.ts';
import type { ControlView } from '../../../link/control-view.ts';
import type { StreamKey } from '../../../media/types.ts';

/** What a viewer watches: the camera goes on under its uid when it is renamed. */
interface Watched {
  readonly cameraId: string;
  readonly key: StreamKey;
}

/** `known`: what the subscription said last. */
export function explainCamera(view: ControlView, { cameraId, key }: Watched, known: Problem | null): Problem {
  const info = view.byUid(uidOf(key));
  const reason = info?.state.reason ?? info?.origin?.reason ?? info?.codec?.problem ?? known;
  if (reason !== null) return reason;
  const text =
    info?.state.state === 'live'
      ? `The camera ${info.id} sends data, but no whole picture came out of it.`
      : `The camera ${info?.id ?? cameraId} has sent no picture yet.`;
  return { code: 'picture-timeout', text, hint: ERROR_CODES['picture-timeout'].hint };
}

export function uidOf(key: StreamKey): string {
  return key.slice(0, key.indexOf('/'));
}

/** True when waiting does not help a new request: it is told at once. */
export function endsForGood(problem: Problem): boolean {
  const error = SightlineError.fromProblem(problem);
  return !error.retryable || problem.code === 'too-many-encodings';
}
