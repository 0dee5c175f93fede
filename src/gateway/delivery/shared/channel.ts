// One encoding of one stream, as it comes from the link, shared by everyone who watches it. Subscribed while it has
// users; a subscription that ends is made again, and its viewers get slates meanwhile.

import { Backoff } from '../../../base/backoff.ts';
import { nowUs } from '../../../base/clock.ts';
import { SightlineError, type Problem } from '../../../base/errors.ts';
import type { MediaPort, Subscription } from '../../../link/types.ts';
import type { Jpeg, StreamKey, StreamState } from '../../../media/types.ts';
import { ChannelState } from './channel-state.ts';
import type { Encoding } from './encoding.ts';
import { Fanout } from './fanout.ts';
import { picturePart } from './part.ts';
import { endsForGood } from './reason.ts';
import type { Slates } from './slates.ts';
import { Trouble } from './trouble.ts';

/** Fewer a second are never asked for: a channel that gives less looks silent, and its newest picture old. */
const LEAST_FPS = 2;
/** A picture that came longer ago is not handed to a new viewer as its first. */
const NEWEST_IS_FRESH_US = 1e6;

export interface ChannelOptions {
  readonly key: StreamKey;
  /** What the camera is called now. */
  readonly name: () => string;
  readonly encoding: Encoding;
  readonly media: MediaPort;
  readonly slates: Slates;
  readonly silenceMs: number;
  /** Pictures a second that are wanted at first; Infinity: all. */
  readonly rate: number;
  /** What a person should read as the reason; gets what the channel itself knows. */
  readonly explain: (known: Problem | null) => Problem;
}

interface Waiter {
  resolve(): void;
  reject(error: SightlineError): void;
}

export class Channel {
  readonly fanout = new Fanout();
  /** Changes in order with the pictures of `fanout`. */
  readonly state: ChannelState;
  readonly #options: ChannelOptions;
  readonly #trouble: Trouble;
  readonly #backoff = new Backoff();
  readonly #waiters = new Set<Waiter>();
  #subscription: Subscription | null = null;
  #retry: NodeJS.Timeout | null = null;
  #newest: Jpeg | null = null;
  #newestAtUs = 0;
  #known: Problem | null = null;
  #fps: number | null;
  /** So long a silence is none, where pictures come rarely. */
  #patienceMs = 0;
  #closed = false;

  constructor(options: ChannelOptions) {
    this.#options = options;
    this.#fps = askedFps(options.rate);
    const silenceMs = (): number => Math.max(options.silenceMs, this.#patienceMs);
    this.#trouble = new Trouble({
      name: options.name,
      slates: options.slates,
      silenceMs,
      explain: () => this.explain(),
      publish: (part) => this.fanout.publish(part),
    });
    this.state = new ChannelState({ silenceMs, explain: () => this.explain() });
    this.#subscribe();
  }

  /** The newest picture, however old. */
  get newest(): Jpeg | null {
    return this.#newest;
  }

  /** Why there is no picture. */
  explain(): Problem {
    return this.#options.explain(this.#known);
  }

  /** True when a new viewer can begin at once: where pictures come rarely, with the newest that there is. */
  get isFresh(): boolean {
    const freshUs = Math.max(NEWEST_IS_FRESH_US, this.#patienceMs * 1000);
    return this.#newest !== null && nowUs() - this.#newestAtUs < freshUs;
  }

  /** Resolves when there is a fresh picture; rejects after `timeoutMs` or an end for good with the reason, or on abort. */
  async fresh(timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (this.isFresh) return;
    await new Promise<void>((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter = {
        resolve: () => {
          settle();
          resolve();
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      };
      const onAbort = (): void => waiter.reject(new SightlineError('stopping', 'The request ended before a picture.'));
      const timer = setTimeout(() => waiter.reject(SightlineError.fromProblem(this.explain())), timeoutMs);
      signal.addEventListener('abort', onAbort);
      this.#waiters.add(waiter);
      if (signal.aborted) onAbort();
      else if (this.#known !== null && endsForGood(this.#known)) this.#rejectAll(this.#known);
    });
  }

  /** How many pictures a second are wanted from now on; Infinity: all. */
  demand(rate: number): void {
    const fps = askedFps(rate);
    if (fps === this.#fps) return;
    this.#fps = fps;
    if (this.#closed || this.#subscription === null) return;
    // The new one first, so that whoever makes the pictures goes on.
    const before = this.#subscription;
    this.#subscribe();
    before.close();
  }

  close(): void {
    this.#closed = true;
    this.#subscription?.close();
    this.#subscription = null;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    this.#trouble.close();
    this.state.close();
  }

  #subscribe(): void {
    let ended = false as boolean;
    this.#subscription = null;
    const { key, encoding, media } = this.#options;
    const subscription = media.subscribe(
      { kind: 'jpegs', key, ...encoding, fps: this.#fps },
      {
        jpeg: (jpeg) => this.#picture(jpeg),
        state: (state) => this.#said(state),
        end: (problem) => {
          ended = true;
          this.#end(problem);
        },
      },
    );
    if (!ended) this.#subscription = subscription;
  }

  #picture(jpeg: Jpeg): void {
    // A stream that moved to another process may bring again what has been shown.
    if (this.#newest !== null && jpeg.sequence <= this.#newest.sequence) return;
    this.#newest = jpeg;
    this.#newestAtUs = nowUs();
    if (this.#known !== null) this.#known = null;
    if (this.#backoff.failures > 0) this.#backoff.reset();
    // Who takes pixels takes no slates.
    if (jpeg.pixels === undefined) this.#trouble.picture(jpeg.width, jpeg.height);
    this.state.picture(this.#newestAtUs);
    this.fanout.publish(picturePart(jpeg));
    if (this.#waiters.size > 0) for (const waiter of [...this.#waiters]) waiter.resolve();
  }

  #said(state: StreamState): void {
    this.#patienceMs = state.patienceMs ?? 0;
    if (state.reason !== null) this.#known = state.reason;
    if (state.state === 'failed' && state.reason !== null && endsForGood(state.reason)) this.#rejectAll(state.reason);
    this.#trouble.state(state);
    this.state.said(state);
  }

  #end(problem: Problem | null): void {
    this.#subscription = null;
    if (problem !== null) this.#known = problem;
    if (this.#closed) return;
    if (problem !== null && endsForGood(problem)) this.#rejectAll(problem);
    // Before anybody is told: the last one who hears of it may leave at once, and with that close this channel.
    this.#retry = setTimeout(
      () => {
        this.#retry = null;
        this.#subscribe();
      },
      this.#backoff.nextMs({ watched: true }),
    );
    this.state.ended(problem ?? this.explain());
    this.#trouble.state(this.state.current);
  }

  #rejectAll(problem: Problem): void {
    for (const waiter of [...this.#waiters]) waiter.reject(SightlineError.fromProblem(problem));
  }
}

function askedFps(rate: number): number | null {
  return rate === Infinity ? null : Math.max(rate, LEAST_FPS);
}
