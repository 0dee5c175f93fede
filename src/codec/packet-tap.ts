// The packets of one stream as codec reads them from its origin: a subscription that is made again, with backoff, when
// the origin's process or the link went. Its owner gets packets, tracks and states until it closes the tap.

import { Backoff } from '../base/backoff.ts';
import { nowUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import type { Problem } from '../base/errors.ts';
import type { ReaderOptions } from '../base/hub.ts';
import type { MediaPort, Subscription } from '../link/types.ts';
import type { Packet, StreamKey, StreamState, Track } from '../media/types.ts';

/** What a tap calls, in order. All synchronous; none is called after `close`. */
export interface TapHandlers {
  tracks(track: Track | undefined, liveSequence: number): void;
  packet(packet: Packet): void;
  gap(dropped: number): void;
  state(state: StreamState): void;
}

export class PacketTap {
  readonly #port: MediaPort;
  readonly #key: StreamKey;
  readonly #reader: ReaderOptions;
  readonly #handlers: TapHandlers;
  readonly #backoff = new Backoff();
  #subscription: Subscription | null = null;
  #retry: NodeJS.Timeout | null = null;
  #closed = false;
  #videoTrack = -1;

  constructor(port: MediaPort, key: StreamKey, reader: ReaderOptions, handlers: TapHandlers) {
    this.#port = port;
    this.#key = key;
    this.#reader = reader;
    this.#handlers = handlers;
    this.#subscribe();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#subscription?.close();
    this.#subscription = null;
  }

  #subscribe(): void {
    const handlers = this.#handlers;
    const request = { kind: 'packets', key: this.#key, reader: this.#reader } as const;
    try {
      const subscription = this.#port.subscribe(request, {
        tracks: (_epoch, tracks, liveSequence) => {
          const video = tracks.find((track) => track.kind === 'video');
          this.#videoTrack = video?.id ?? -1;
          if (!this.#closed) handlers.tracks(video, liveSequence);
        },
        packet: (packet) => {
          this.#backoff.reset();
          if (!this.#closed && packet.trackId === this.#videoTrack) handlers.packet(packet);
        },
        gap: (dropped) => {
          if (!this.#closed) handlers.gap(dropped);
        },
        state: (state) => {
          if (!this.#closed) handlers.state(state);
        },
        end: (problem) => this.#ended(problem),
      });
      if (this.#closed) subscription.close();
      else if (this.#retry === null) this.#subscription = subscription;
    } catch (error) {
      this.#ended(SightlineError.from(error).toProblem());
    }
  }

  #ended(problem: Problem | null): void {
    this.#subscription = null;
    if (this.#closed) return;
    const reason = problem ?? new SightlineError('camera-closed', 'The stream ended.').toProblem();
    this.#handlers.state({ state: stateOf(reason), sinceUs: nowUs(), reason });
    const waitMs = this.#backoff.nextMs({ watched: true });
    this.#retry = setTimeout(() => {
      this.#retry = null;
      if (!this.#closed) this.#subscribe();
    }, waitMs);
  }
}

function stateOf(reason: Problem): StreamState['state'] {
  if (reason.code === 'disabled') return 'disabled';
  return SightlineError.fromProblem(reason).retryable ? 'opening' : 'failed';
}
