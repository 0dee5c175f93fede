// The state of a channel, as viewers that take messages beside pictures should be told it, in order with them. `live`
// means that pictures come: neither an origin's word nor an open connection makes it so.

import { nowUs } from '../../../base/clock.ts';
import type { Problem } from '../../../base/errors.ts';
import type { StreamState } from '../../../media/types.ts';
import { endsForGood } from './reason.ts';

const LOOK_EVERY_MS = 1000;

export interface ChannelStateOptions {
  /** A channel without a picture for so long is stalled, whatever its origin says. */
  readonly silenceMs: () => number;
  /** Why there is no picture, in the words of whoever knows best. */
  readonly explain: () => Problem;
}

export class ChannelState {
  readonly #options: ChannelStateOptions;
  readonly #listeners = new Set<(state: StreamState) => void>();
  #current: StreamState = { state: 'opening', sinceUs: nowUs(), reason: null };
  #pictureUs = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: ChannelStateOptions) {
    this.#options = options;
  }

  get current(): StreamState {
    return this.#current;
  }

  /** `listener` is called at each change, before the picture that brought it. Returns what ends it. */
  listen(listener: (state: StreamState) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** A picture came, at `atUs`. Called for each. */
  picture(atUs: number): void {
    this.#pictureUs = atUs;
    if (this.#current.state === 'live') return;
    const everyMs = Math.min(LOOK_EVERY_MS, this.#options.silenceMs() / 2);
    this.#timer ??= setInterval(() => this.#look(), everyMs);
    this.#change({ state: 'live', sinceUs: atUs, reason: null });
  }

  /** What the origin, or codec, says of the stream. */
  said(state: StreamState): void {
    if (state.state !== 'live') this.#change(state);
  }

  /** The subscription ended; it is made again. */
  ended(problem: Problem): void {
    const { state } = this.#current;
    const next = stateOf(problem);
    if (state !== next || this.#current.reason?.code !== problem.code) {
      this.#change({ state: next, sinceUs: nowUs(), reason: problem });
    }
  }

  close(): void {
    this.#rest();
    this.#listeners.clear();
  }

  #look(): void {
    if (nowUs() - this.#pictureUs < this.#options.silenceMs() * 1000) return;
    this.#change({ state: 'stalled', sinceUs: this.#pictureUs, reason: this.#options.explain() });
  }

  #change(next: StreamState): void {
    this.#current = next;
    if (next.state !== 'live') this.#rest();
    for (const listener of [...this.#listeners]) listener(next);
  }

  #rest(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}

function stateOf(problem: Problem): StreamState['state'] {
  if (problem.code === 'disabled') return 'disabled';
  return endsForGood(problem) ? 'failed' : 'opening';
}
