// From the parameters of a media request to the camera and encoding that it is after.

import { ERROR_CODES, SightlineError } from '../../../base/errors.ts';
import type { CameraInfo, ControlView } from '../../../link/control-view.ts';
import { RequestInvalidError } from '../../api/problem.ts';
import type { Target } from './channels.ts';
import { snapEncoding } from './encoding.ts';

/** The camera of an id, or the first one; throws `not-found`. */
export function findCamera(view: ControlView, id: string | null): CameraInfo {
  const info = id === null ? view.cameras()[0] : view.byId(id);
  if (info !== undefined) return info;
  throw new SightlineError('not-found', id === null ? 'There is no camera.' : `There is no camera "${id}".`);
}

/** What a request is after; throws `request-invalid` for a stream that the camera has not. */
export function targetOf(
  info: CameraInfo,
  query: { stream?: string | undefined } & Parameters<typeof snapEncoding>[0],
): Target {
  const stream = query.stream ?? 'main';
  if (!info.streams.includes(stream)) {
    const message = `must be one of ${info.streams.join(', ')}`;
    throw new RequestInvalidError([{ parameter: 'stream', message }]);
  }
  // What a processor shows has a size of its own, which codec knows.
  const ownWidth = stream === 'main' ? info.width : 0;
  return { cameraId: info.id, key: `${info.uid}/${stream}`, encoding: snapEncoding(query, ownWidth) };
}

/** For HEAD, which opens no camera: throws when the camera's state says that GET would fail. */
export function refuseIfDown(info: CameraInfo): void {
  const { state, reason } = info.state;
  if (state !== 'failed' && state !== 'stalled' && state !== 'disabled') return;
  const code = state === 'disabled' ? 'disabled' : 'picture-timeout';
  const text = `The camera ${info.id} is ${state}.`;
  throw SightlineError.fromProblem(reason ?? { code, text, hint: ERROR_CODES[code].hint });
}
