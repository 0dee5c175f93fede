// Looks at a camera that control made for a probe: subscribes to one picture and tells what came, or why none did.
// The gateway (POST /api/probe) and the command line ask through it.

import { nowUs } from '../base/clock.ts';
import { ERROR_CODES, SightlineError, type Problem } from '../base/errors.ts';
import type { Jpeg } from '../media/types.ts';
import type { CameraInfo } from './control-view.ts';
import type { ControlPort, ProbeDraft } from './control-port.ts';
import type { MediaPort, Subscription } from './types.ts';

/** A camera that sends a keyframe every ten seconds still shows one. */
const PICTURE_MS = 12_000;
/** How long the camera's own account (tracks, rate) may come after its picture. */
const ACCOUNT_MS = 2500;
const RETRY_MS = 100;
const LOOK_EVERY_MS = 50;

export interface ProbeResult {
  /** What control knew of the camera at the end; null when it never showed it. */
  readonly info: CameraInfo | null;
  readonly picture: Jpeg | null;
  /** Why there is no picture; null when there is one. */
  readonly problem: Problem | null;
  readonly tookMs: number;
}

export interface LookOptions {
  readonly control: Pick<ControlPort, 'byUid'>;
  readonly media: MediaPort;
  /** Ends the looking; the result is then the problem `stopping`. */
  readonly signal: AbortSignal;
  /** How long to wait for the picture, milliseconds. Default 12 s. */
  readonly pictureMs?: number;
}

export interface ProbeOptions extends LookOptions {
  readonly control: Pick<ControlPort, 'ask' | 'byUid'>;
  readonly draft: ProbeDraft;
}

/** Opens, looks, and closes in any case. Throws what control says of the draft: `source-invalid`, `source-forbidden`. */
export async function runProbe(options: ProbeOptions): Promise<ProbeResult> {
  const { control, draft } = options;
  const { uid } = await control.ask('openProbe', { draft });
  try {
    return await lookAt(uid, options);
  } finally {
    await control.ask('closeProbe', { uid });
  }
}

/** Looks at a camera that is there. */
export async function lookAt(uid: string, options: LookOptions): Promise<ProbeResult> {
  const startedUs = nowUs();
  const seen = await firstPicture(uid, options);
  const tookMs = (nowUs() - startedUs) / 1000;
  if (seen.picture !== null) await account(uid, options);
  return { ...seen, tookMs, info: options.control.byUid(uid) ?? null };
}

type Seen = Pick<ProbeResult, 'picture' | 'problem'>;

function firstPicture(uid: string, { control, media, signal, pictureMs = PICTURE_MS }: LookOptions): Promise<Seen> {
  const { promise, resolve } = Promise.withResolvers<Seen>();
  let subscription: Subscription | null = null;
  let retry: NodeJS.Timeout | null = null;
  const settle = (seen: Seen): void => {
    signal.removeEventListener('abort', onAbort);
    clearTimeout(deadline);
    if (retry !== null) clearTimeout(retry);
    subscription?.close();
    resolve(seen);
  };
  const fail = (problem: Problem): void => settle({ picture: null, problem });
  const onAbort = (): void => fail(new SightlineError('stopping', 'The looking was ended.').toProblem());
  const deadline = setTimeout(() => fail(control.byUid(uid)?.state.reason ?? late(pictureMs)), pictureMs);
  signal.addEventListener('abort', onAbort);
  const subscribe = (): void => {
    const request = { kind: 'snapshot', key: `${uid}/main`, width: null, quality: null, maxAgeMs: pictureMs } as const;
    subscription = media.subscribe(request, {
      jpeg: (picture) => settle({ picture, problem: null }),
      state: ({ state, reason }) => {
        if (state === 'failed' && reason !== null) fail(reason);
      },
      end: (problem) => {
        if (problem === null || isPassing(problem)) retry = setTimeout(subscribe, RETRY_MS);
        else fail(problem);
      },
    });
  };
  if (signal.aborted) onAbort();
  else subscribe();
  return promise;
}

/** `not-found`: this process has not yet heard of the new camera. */
function isPassing({ code }: Problem): boolean {
  return code === 'link-closed' || code === 'stream-moved' || code === 'not-found';
}

function late(pictureMs: number): Problem {
  const text = `No picture came within ${Math.round(pictureMs / 1000)} s.`;
  return { code: 'picture-timeout', text, hint: ERROR_CODES['picture-timeout'].hint };
}

/**
 * Waits until control shows the camera's tracks and its measured rate: they come with its report each second, which
 * changes no state and so calls nobody.
 */
async function account(uid: string, { control, signal }: LookOptions): Promise<void> {
  const isKnown = (): boolean => {
    const origin = control.byUid(uid)?.origin;
    return origin != null && origin.tracks.length > 0 && origin.fps > 0;
  };
  if (isKnown() || signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const done = (): void => resolve(undefined);
  const look = setInterval(() => isKnown() && done(), LOOK_EVERY_MS);
  const limit = setTimeout(done, ACCOUNT_MS);
  signal.addEventListener('abort', done);
  await promise;
  signal.removeEventListener('abort', done);
  clearTimeout(limit);
  clearInterval(look);
}
