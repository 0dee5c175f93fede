// Opens an HTTP camera as the server does and dates what it sends, for the steps of the stream.

import { nowUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import { createHttpSource } from '../ingest/sources/http.ts';
import type { SourceUnit, Track } from '../media/types.ts';
import type { Ground } from './types.ts';

export interface HttpFacts {
  readonly track: Track | null;
  readonly pictures: number;
  readonly bytes: number;
  readonly firstUs: number;
  readonly lastUs: number;
  readonly longestPauseUs: number;
  /** Its pictures say when they were taken. */
  readonly isDated: boolean;
}

/** One session; `close` ends it. */
export class HttpWatch implements AsyncDisposable {
  readonly #stop = new AbortController();
  readonly #first = Promise.withResolvers<SightlineError | null>();
  readonly #run: Promise<void>;
  #facts: HttpFacts = { track: null, pictures: 0, bytes: 0, firstUs: 0, lastUs: 0, longestPauseUs: 0, isDated: false };
  #failure: SightlineError | null = null;

  constructor({ source, tlsVerify, digestOnly, guard, signal }: Ground) {
    const sink = {
      begin: ([track]: readonly Track[]): void => {
        this.#facts = { ...this.#facts, track: track ?? null };
      },
      unit: (unit: SourceUnit) => this.#take(unit),
      quirk: () => undefined,
    };
    const running = createHttpSource({ address: source, tlsVerify, digestOnly, guard }).run(
      sink,
      AbortSignal.any([signal, this.#stop.signal]),
    );
    this.#run = running.then(
      () => this.#end(new SightlineError('camera-closed', 'the camera ended the stream')),
      (error: unknown) => this.#end(SightlineError.from(error)),
    );
  }

  /** Resolves with the first picture (null), or with why there is none. */
  get first(): Promise<SightlineError | null> {
    return this.#first.promise;
  }

  get facts(): HttpFacts {
    return this.#facts;
  }

  /** Why it ended; null while it runs. */
  get failure(): SightlineError | null {
    return this.#failure;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#run;
  }

  #take({ data, stamp }: SourceUnit): void {
    const now = nowUs();
    const { pictures, bytes, firstUs, lastUs, longestPauseUs } = this.#facts;
    this.#facts = {
      ...this.#facts,
      ...{ pictures: pictures + 1, bytes: bytes + data.length, lastUs: now, isDated: stamp.clock === 'sender' },
      firstUs: pictures === 0 ? now : firstUs,
      longestPauseUs: pictures === 0 ? 0 : Math.max(longestPauseUs, now - lastUs),
    };
    this.#first.resolve(null);
  }

  #end(reason: SightlineError): void {
    this.#failure ??= reason;
    this.#first.resolve(reason);
  }
}
