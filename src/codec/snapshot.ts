// One fresh picture of a stream: the newest JPEG if it is young enough, else the kept group decoded for its last frame,
// else the next frame. All who ask at once read the same encoding, so there is one decoding for them.

import { nowUs } from '../base/clock.ts';
import type { Feed, FeedMessage } from '../link/types.ts';
import type { Jpeg } from '../media/types.ts';
import { JpegFeed } from './feeds.ts';
import type { JpegSource } from './encoding-table.ts';
import type { StreamStatus } from './stream-status.ts';

/** One fresh picture: the newest one that there is, or the first that comes. States go before it. */
export class SnapshotFeed implements Feed {
  onReady: (() => void) | null = null;
  readonly #maxAgeUs: number;
  readonly #startUs = nowUs();
  readonly #feed: JpegFeed | null;
  #found: Jpeg | null;
  #done = false;

  constructor(source: JpegSource, status: StreamStatus, maxAgeMs: number) {
    this.#maxAgeUs = maxAgeMs * 1000;
    this.#found = source.recent !== null && this.#isFresh(source.recent) ? source.recent : null;
    this.#feed = this.#found === null ? new JpegFeed(source, status, null) : null;
    if (this.#feed) this.#feed.onReady = () => this.onReady?.();
  }

  take(): FeedMessage | undefined {
    if (this.#done) return { kind: 'end', problem: null };
    for (;;) {
      const message = this.#found === null ? this.#feed?.take() : ({ kind: 'jpeg', jpeg: this.#found } as const);
      this.#found = null;
      if (message?.kind === 'gap') continue;
      if (message?.kind !== 'jpeg') return message;
      if (!this.#isFresh(message.jpeg)) continue;
      this.#done = true;
      this.#feed?.close();
      return message;
    }
  }

  close(): void {
    this.#feed?.close();
  }

  /** Age is counted from the request: what was young enough then is young enough after it has been encoded. */
  #isFresh(jpeg: Jpeg): boolean {
    return this.#startUs - jpeg.stamp.capturedAtUs <= this.#maxAgeUs;
  }
}
