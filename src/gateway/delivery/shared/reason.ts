// Why a camera has no picture, in the words of whoever knows best: control, then the stream itself, then the clock.

import { ERROR_CODES, SightlineError, type Problem } from '../../../base/errors.ts';
import type { ControlView } from '../../../link/control-view.ts';

/** `known`: what the subscription said last. */
export function explainCamera(view: ControlView, cameraId: string, known: Problem | null): Problem {
  const info = view.byId(cameraId);
  const reason = info?.state.reason ?? info?.origin?.reason ?? info?.codec?.problem ?? known;
  if (reason !== null) return reason;
  const text =
    info?.state.state === 'live'
      ? `The camera ${cameraId} sends data, but no whole picture came out of it.`
      : `The camera ${cameraId} has sent no picture yet.`;
  return { code: 'picture-timeout', text, hint: ERROR_CODES['picture-timeout'].hint };
}

/** True when waiting does not help a new request: it is told at once. */
export function endsForGood(problem: Problem): boolean {
  const error = SightlineError.fromProblem(problem);
  return !error.retryable || problem.code === 'too-many-encodings';
}
