// Doctor's own RTSP session with the camera: described, set up and played like the server's, but everything that comes
// goes into a StreamWatch.

import { SightlineError } from '../base/errors.ts';
import { RtspClient } from '../rtsp/client.ts';
import type { Channels } from '../rtsp/client.ts';
import { LoginMemory } from '../rtsp/login-memory.ts';
import type { SessionDescription } from '../rtsp/sdp.ts';
import type { VideoChoice } from '../rtsp/video-choice.ts';
import { StreamWatch } from './stream-watch.ts';
import type { Ground } from './types.ts';

const LOOK_MS = 50;

/** Call `describe`, then `play`, and dispose of it in any case. */
export class WatchedSession implements AsyncDisposable {
  readonly #client: RtspClient;
  readonly #signal: AbortSignal;
  #watch: StreamWatch | null = null;
  #channels: Channels = { rtp: 0, rtcp: 1 };
  #ended: SightlineError | null = null;

  constructor({ source, place, tlsVerify, digestOnly, guard, signal }: Ground) {
    this.#signal = signal;
    this.#client = new RtspClient({
      ...{ url: place.url, credentials: source.credentials, tlsVerify, guard, signal },
      login: new LoginMemory(digestOnly ? 'digest' : null),
      frame: (channel, bytes, start, end) => this.#frame(channel, bytes, start, end),
      quirk: () => undefined,
    });
  }

  /** Why the camera's side ended; null while it lives. */
  get ended(): SightlineError | null {
    return this.#ended;
  }

  describe(): Promise<SessionDescription> {
    return this.#client.describe();
  }

  /** Sets one medium up and starts it. Rejects with what the camera refused. */
  async play({ media, payload }: VideoChoice): Promise<StreamWatch> {
    const watch = new StreamWatch(payload);
    this.#watch = watch;
    this.#channels = await this.#client.setup(media);
    await this.#client.play();
    void this.#client.ended.then((reason) => (this.#ended = SightlineError.from(reason)));
    return watch;
  }

  /** Resolves when `isDone`, when the session has ended, or after `limitMs`. Rejects with the reason of the signal. */
  async until(isDone: () => boolean, limitMs: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const done = (): void => resolve(undefined);
    const stop = (): void => reject(this.#signal.reason as Error);
    const limit = setTimeout(done, limitMs);
    const look = setInterval(() => (this.#ended !== null || isDone()) && done(), LOOK_MS);
    this.#signal.addEventListener('abort', stop, { once: true });
    if (this.#signal.aborted) stop();
    try {
      await promise;
    } finally {
      clearTimeout(limit);
      clearInterval(look);
      this.#signal.removeEventListener('abort', stop);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#client.close();
  }

  #frame(channel: number, bytes: Buffer, start: number, end: number): void {
    const at = this.#client.readAtUs;
    if (channel === this.#channels.rtcp) this.#watch?.control(bytes, start, end, at);
    else this.#watch?.media(bytes, start, end, at);
  }
}
