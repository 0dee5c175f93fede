// What is wished of a camera, as control compares it, shows it and says it: no facts, no secrets in what is shown.

import { nowUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import type { Problem } from '../base/errors.ts';
import type { CameraConfig } from '../config/load.ts';
import type { CameraWishes } from '../link/control-view.ts';
import type { StreamState } from '../media/types.ts';

/** What is wished of a camera now. */
export interface RecordWishes {
  readonly config: CameraConfig;
  readonly revision: string;
  /** Its source came through the API: it may not be dialled anywhere. */
  readonly guarded: boolean;
}

export function restingState(config: CameraConfig): StreamState {
  const reason = config.enabled ? null : disabledProblem(config.id);
  return { state: config.enabled ? 'idle' : 'disabled', sinceUs: nowUs(), reason };
}

/** Everything that a person can wish, and what a session is about; for comparing only: they hold the secrets. */
export function essenceOf({ config, guarded }: RecordWishes): string {
  return JSON.stringify([config, guarded]);
}

export function sessionOf({ config: { source, tlsVerify }, guarded }: RecordWishes): string {
  return JSON.stringify([source.kind, source.target, source.credentials, tlsVerify, guarded]);
}

export function wishesOf({ name, source, always, enabled, tlsVerify }: CameraConfig): CameraWishes {
  return {
    name,
    source: source.display,
    username: source.credentials?.username ?? null,
    password: (source.credentials?.password ?? '') !== '',
    always,
    enabled,
    tlsVerify,
  };
}

export function disabledProblem(id: string): Problem {
  return new SightlineError('disabled', `${id} is switched off in the config`).toProblem();
}

export function quarantinedProblem(id: string): Problem {
  return new SightlineError('quarantined', `decoding ${id} ended its process five times in ten minutes`).toProblem();
}
