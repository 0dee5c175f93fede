// The last steps: the first picture, decoded in another process as for a viewer, and whether decoding goes on well.
// Watches the pictures of a camera through the link; the judging below is pure.

import { nowUs } from '../base/clock.ts';
import type { ErrorCode, Problem } from '../base/errors.ts';
import type { Advice } from '../link/finding-codes.ts';
import type { CodecReport } from '../link/types.ts';
import type { Subscription } from '../link/types.ts';
import { failed, hintOf, named, passed, skipped, warned } from './finding.ts';
import type { Finding, PictureView } from './types.ts';

/** Whoever asks for a quality gets what was decoded, also of a camera that sends JPEG. */
const QUALITY = 80;
const RETRY_MS = 100;
/** Codec reports each second. */
const REPORT_MS = 1500;
const LOOK_MS = 50;

/** Another session of ours may be in the way: these may pass when it has ended. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  ...(['camera-busy', 'camera-closed', 'camera-refused', 'camera-timeout', 'camera-unreachable'] as const),
  ...(['camera-stalled', 'link-closed', 'stream-moved', 'not-found'] as const),
]);

export interface PictureFacts {
  readonly picture: { readonly width: number; readonly height: number; readonly afterMs: number } | null;
  /** Pictures that came. */
  readonly count: number;
  /** Why there is no picture, or none any more. */
  readonly problem: Problem | null;
  /** What codec reported of this time; null without a report. */
  readonly decoding: Pick<CodecReport, 'decoded' | 'bad' | 'concealed' | 'problem'> | null;
}

export interface PictureWish {
  readonly signal: AbortSignal;
  /** Resolves when no more pictures are needed: then the first one, if it is still awaited, has `lateMs`. */
  readonly enough: Promise<unknown>;
  readonly lateMs: number;
  /** Called when the camera is open for its pictures, or said that it will not be for now. */
  readonly onSettled: () => void;
}

/** Watches from now on. Rejects only with the reason of the signal. */
export async function watchPictures(view: PictureView, wish: PictureWish): Promise<PictureFacts> {
  const viewer = new Viewer(view);
  try {
    await viewer.watch(wish);
    return await viewer.facts(wish.signal);
  } finally {
    viewer.close();
  }
}

class Viewer {
  readonly #view: PictureView;
  readonly #startedUs = nowUs();
  readonly #before: CodecReport | null;
  readonly #over = Promise.withResolvers<undefined>();
  #subscription: Subscription | null = null;
  #retry: NodeJS.Timeout | null = null;
  #late: NodeJS.Timeout | null = null;
  #picture: PictureFacts['picture'] = null;
  #problem: Problem | null = null;
  #count = 0;
  #isEnough = false;

  constructor(view: PictureView) {
    this.#view = view;
    this.#before = view.control.byUid(view.uid)?.codec ?? null;
    this.#subscribe();
  }

  /** Until there is enough, or what is wrong will not pass. */
  async watch({ signal, enough, lateMs, onSettled }: PictureWish): Promise<void> {
    const stop = (): void => this.#over.reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const onEnough = (): void => {
      this.#isEnough = true;
      if (this.#picture !== null) this.#over.resolve(undefined);
      else this.#late = setTimeout(() => this.#over.resolve(undefined), lateMs);
    };
    void enough.then(onEnough, onEnough);
    const look = setInterval(() => this.#isSettled() && onSettled(), LOOK_MS);
    try {
      await this.#over.promise;
    } finally {
      signal.removeEventListener('abort', stop);
      clearInterval(look);
      if (this.#late !== null) clearTimeout(this.#late);
    }
  }

  /** With codec's report, which may come a second later. */
  async facts(signal: AbortSignal): Promise<PictureFacts> {
    const untilUs = nowUs() + REPORT_MS * 1000;
    while (this.#picture !== null && this.#decoded() === 0 && nowUs() < untilUs) {
      signal.throwIfAborted();
      const { promise, resolve } = Promise.withResolvers<undefined>();
      setTimeout(() => resolve(undefined), LOOK_MS);
      await promise;
    }
    const report = this.#view.control.byUid(this.#view.uid);
    const codec = report?.codec ?? null;
    const problem = this.#problem ?? (this.#picture === null ? (report?.state.reason ?? null) : null);
    const decoding = codec === null ? null : this.#since(codec);
    return { picture: this.#picture, count: this.#count, problem, decoding };
  }

  close(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#subscription?.close();
  }

  #isSettled(): boolean {
    const { control, uid } = this.#view;
    return this.#picture !== null || this.#problem !== null || (control.byUid(uid)?.origin?.sessions ?? 0) > 0;
  }

  #since({ bad, concealed, problem }: CodecReport): NonNullable<PictureFacts['decoding']> {
    const before = this.#before ?? { bad: 0, concealed: 0 };
    return {
      ...{ decoded: this.#decoded(), problem },
      ...{ bad: bad - before.bad, concealed: concealed - before.concealed },
    };
  }

  #decoded(): number {
    const now = this.#view.control.byUid(this.#view.uid)?.codec?.decoded ?? 0;
    return now - (this.#before?.decoded ?? 0);
  }

  #subscribe(): void {
    const { media, uid } = this.#view;
    const request = { kind: 'jpegs', key: `${uid}/main`, width: null, quality: QUALITY, fps: null } as const;
    this.#subscription = media.subscribe(request, {
      jpeg: ({ width, height }) => {
        this.#count++;
        this.#problem = null;
        this.#picture ??= { width, height, afterMs: (nowUs() - this.#startedUs) / 1000 };
        if (this.#isEnough) this.#over.resolve(undefined);
      },
      state: ({ state, reason }) => {
        if (reason !== null && state !== 'live') this.#say(reason);
      },
      end: (problem) => {
        if (problem !== null) this.#say(problem);
        this.#retry = setTimeout(() => this.#subscribe(), RETRY_MS);
      },
    });
  }

  /** Without a picture so far, a problem that will not pass ends the watching. */
  #say(problem: Problem): void {
    this.#problem = problem;
    if (this.#picture === null && !PASSING.has(problem.code) && problem.code !== 'picture-timeout') {
      this.#over.resolve(undefined);
    }
  }
}

const UNDECODABLE: ReadonlySet<ErrorCode> = new Set(['decode-failed', 'quarantined', 'codec-unsupported']);

/** What `decoding` names is not said twice. */
export function judgePicture({ picture, problem }: PictureFacts): Finding {
  if (picture !== null) return passed({ code: 'picture-came', values: picture });
  if (problem === null) {
    return failed({ code: 'picture-none', values: {} }, { code: 'as-problem', values: { problem: 'picture-timeout' } });
  }
  if (UNDECODABLE.has(problem.code)) return skipped({ code: 'picture-undecodable', values: {} });
  return failed({ code: 'picture-none-because', values: named(problem) }, hintOf(problem));
}

/** `isWhole`: nothing was lost on the way, so that what cannot be decoded is the camera's own. */
export function judgeDecoding({ picture, problem, decoding, count }: PictureFacts, isWhole: boolean): Finding {
  const undecodable = problem !== null && UNDECODABLE.has(problem.code) ? problem : null;
  if (picture === null) {
    if (undecodable === null) return skipped({ code: 'decoding-nothing', values: {} });
    return failed({ code: 'problem', values: named(undecodable) }, hintOf(undecodable));
  }
  const wrong = decoding?.problem ?? undecodable;
  if (wrong !== null) return warned({ code: 'decoding-ended', values: named(wrong) }, hintOf(wrong));
  const { decoded: pictures = count, bad: refused = 0, concealed = 0 } = decoding ?? {};
  const bad = refused + concealed;
  if (bad === 0) return passed({ code: 'decoding-sound', values: { pictures } });
  if (!isWhole) return skipped({ code: 'decoding-bad-by-loss', values: { pictures, bad } });
  // Where pictures come out in part, the codec is known: what it was given was damaged.
  const advised: Advice =
    concealed > 0
      ? { code: 'stream-damaged', values: {} }
      : { code: 'as-problem', values: { problem: 'decode-failed' } };
  return warned({ code: 'decoding-bad', values: { pictures, bad } }, advised);
}
