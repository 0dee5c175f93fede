// The lines that a person would want in the log: a camera changed its state, a process died. Never a secret: only
// masked addresses and problems come here.

import type { CameraInfo } from '../link/control-view.ts';
import type { StreamState } from '../media/types.ts';
import type { Supervised } from './supervised.ts';

type Line = (fields: object, message: string) => void;

/** The part of pino that control uses. */
export interface Log {
  readonly debug: Line;
  readonly info: Line;
  readonly warn: Line;
  readonly error: Line;
}

const SENTENCES: Readonly<Record<StreamState['state'], string>> = {
  idle: 'camera is closed: nobody watches',
  opening: 'camera is being opened',
  live: 'camera is live',
  stalled: 'camera sends no pictures',
  failed: 'camera cannot be shown',
  disabled: 'camera is switched off',
};

/** Says that a camera's state changed, if it did. */
export function logState(log: Log, camera: CameraInfo, before: StreamState): void {
  const { state, reason } = camera.state;
  if (state === before.state && reason?.text === before.reason?.text) return;
  const track = camera.origin?.tracks[0];
  const fields = {
    camera: camera.id,
    ...(state === 'live' && track ? { codec: track.codec, size: `${track.width}x${track.height}` } : {}),
    ...(reason ? { code: reason.code, reason: reason.text, hint: reason.hint } : {}),
  };
  log[state === 'failed' || state === 'stalled' ? 'warn' : 'info'](fields, SENTENCES[state]);
}

export function logDeath(log: Log, child: Supervised, reason: string, expected: boolean): void {
  const fields = { process: child.title, pid: child.pid, reason };
  if (expected) log.debug(fields, 'process ended');
  else log.error(fields, 'process died and is being replaced');
}
