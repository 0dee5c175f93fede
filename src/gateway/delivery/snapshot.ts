// One fresh picture: the newest of an open channel when it is young enough, else one that the camera's side finds.
// Everyone who asks for the same at the same time gets the same answer.

import type { FastifyReply } from 'fastify';
import { nowUs } from '../../base/clock.ts';
import { ERROR_CODES, SightlineError, type Problem } from '../../base/errors.ts';
import type { ControlView } from '../../link/control-view.ts';
import type { MediaPort, Subscription } from '../../link/types.ts';
import type { Jpeg } from '../../media/types.ts';
import type { SnapshotQuery } from '../api/contract-pictures.ts';
import type { Channels, Target } from './shared/channels.ts';
import { explainCamera } from './shared/reason.ts';
import { stillHeaders } from './shared/still.ts';
import { findCamera, refuseIfDown, targetOf } from './shared/target.ts';

const RETRY_MS = 100;

export interface SnapshotOptions {
  readonly view: ControlView;
  readonly media: MediaPort;
  readonly channels: Channels;
  /** How long a request waits for its picture. */
  readonly deadlineMs: number;
}

export class Snapshots {
  readonly #options: SnapshotOptions;
  readonly #underWay = new Map<string, Promise<Jpeg>>();
  readonly #stopped = new AbortController();

  constructor(options: SnapshotOptions) {
    this.#options = options;
  }

  async get(reply: FastifyReply, query: SnapshotQuery, id: string): Promise<void> {
    const info = findCamera(this.#options.view, id);
    const target = targetOf(info, query);
    const newest = this.#options.channels.newest(target);
    // Of a camera that gives none any more even a picture that is young enough is not shown.
    const isGiving = info.state.state !== 'stalled' && info.state.state !== 'failed';
    const isYoung = newest !== null && nowUs() - newest.stamp.capturedAtUs <= query.maxAgeMs * 1000;
    const jpeg = isYoung && isGiving ? newest : await this.#fetch(target, query.maxAgeMs);
    await reply.headers(stillHeaders(jpeg)).send(jpeg.bytes);
  }

  /** HEAD: answers from the camera's state and what is open already; opens nothing. */
  head(reply: FastifyReply, query: SnapshotQuery, id: string): void {
    const info = findCamera(this.#options.view, id);
    const newest = this.#options.channels.newest(targetOf(info, query));
    refuseIfDown(info);
    const plain = { 'content-type': 'image/jpeg', 'cache-control': 'no-store' };
    void reply.headers(newest === null ? plain : stillHeaders(newest)).send();
  }

  stop(): void {
    this.#stopped.abort();
  }

  #fetch(target: Target, maxAgeMs: number): Promise<Jpeg> {
    const { key, encoding } = target;
    const name = `${key} ${encoding.width} ${encoding.quality} ${maxAgeMs}`;
    let fetching = this.#underWay.get(name);
    if (fetching === undefined) {
      fetching = this.#ask(target, maxAgeMs).finally(() => this.#underWay.delete(name));
      this.#underWay.set(name, fetching);
    }
    return fetching;
  }

  #ask(target: Target, maxAgeMs: number): Promise<Jpeg> {
    const { promise, resolve, reject } = Promise.withResolvers<Jpeg>();
    const { signal } = this.#stopped;
    let subscription: Subscription | null = null;
    let retry: NodeJS.Timeout | null = null;
    let known: Problem | null = null;
    let isRare = false;
    const settle = (): void => {
      signal.removeEventListener('abort', onStop);
      clearTimeout(deadline);
      if (retry !== null) clearTimeout(retry);
      subscription?.close();
    };
    const fail = (problem: Problem): void => {
      settle();
      reject(SightlineError.fromProblem(problem));
    };
    const onStop = (): void => fail(new SightlineError('stopping', 'The server is stopping.').toProblem());
    const deadline = setTimeout(() => fail(this.#late(target, known, isRare)), this.#options.deadlineMs);
    signal.addEventListener('abort', onStop);
    const subscribe = (): void => {
      const request = { kind: 'snapshot', key: target.key, ...target.encoding, maxAgeMs } as const;
      subscription = this.#options.media.subscribe(request, {
        jpeg: (jpeg) => {
          settle();
          resolve(jpeg);
        },
        state: ({ state, reason, patienceMs }) => {
          isRare = patienceMs !== undefined;
          known = reason ?? known;
          if (state === 'failed' && reason !== null && !SightlineError.fromProblem(reason).retryable) fail(reason);
        },
        end: (problem) => {
          if (problem === null || isPassing(problem)) retry = setTimeout(subscribe, RETRY_MS);
          else fail(problem);
        },
      });
    };
    if (signal.aborted) onStop();
    else subscribe();
    return promise;
  }

  #late(target: Target, known: Problem | null, isRare: boolean): Problem {
    const reason = explainCamera(this.#options.view, target, known);
    if (reason.code !== 'picture-timeout') return reason;
    const text = `The camera ${target.cameraId} gave no fresh picture within ${this.#options.deadlineMs} ms.`;
    const hint = isRare
      ? 'Its pictures come rarely: ask with ?maxAgeMs= for the newest that there is.'
      : ERROR_CODES['picture-timeout'].hint;
    return { code: 'picture-timeout', text, hint };
  }
}

/** A part of the server is being replaced or ended; whether there is a camera, its directory says. */
function isPassing({ code }: Problem): boolean {
  return code === 'link-closed' || code === 'stream-moved' || code === 'stopping';
}
