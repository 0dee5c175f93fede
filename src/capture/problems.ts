// What a camera's state says when the source itself has not failed: it is silent, or nothing can be begun with.

import { SightlineError } from '../base/errors.ts';
import type { Problem } from '../base/errors.ts';

/** No unit for the limit of silence. */
export function stalledProblem(id: string): Problem {
  return new SightlineError('camera-stalled', `${id} has sent no picture for 5 s`).toProblem();
}

/** Opened, but no first unit yet. */
export function beginlessProblem(id: string): Problem {
  return new SightlineError('camera-stalled', `${id} has given no picture to begin with for 7 s`).toProblem();
}
