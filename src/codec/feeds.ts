// What codec hands to the link for one subscription of pictures: a bounded reader of a JPEG hub with the stream's
// state in band, or a slate.

import { SightlineError } from '../base/errors.ts';
import type { Problem } from '../base/errors.ts';
import type { Reader } from '../base/hub.ts';
import type { Feed, FeedMessage } from '../link/types.ts';
import { Due } from '../media/due.ts';
import type { Jpeg, StreamState } from '../media/types.ts';
import type { JpegSource } from './encoding-table.ts';
import type { StreamStatus } from './stream-status.ts';

/** Pictures as they come, latest wins, until the consumer leaves. */
export class JpegFeed implements Feed {
  onReady: (() => void) | null = null;
  readonly #status: StreamStatus;
  readonly #reader: Reader<Jpeg>;
  readonly #unlisten: () => void;
  readonly #due: Due;
  readonly #withdraw: () => void;
  #said: StreamState | null = null;
  #afterGap: Jpeg | undefined;
  #end: { readonly problem: Problem | null } | null = null;

  /** `fps`: at most so many a second; null: all. */
  constructor(source: JpegSource, status: StreamStatus, fps: number | null) {
    this.#status = status;
    this.#due = new Due(fps);
    this.#withdraw = source.demand.add(new Due(fps));
    this.#reader = source.hub.attach({ start: 'group', policy: 'latest' });
    this.#reader.onReady = () => this.onReady?.();
    this.#reader.onEnd = (error) => {
      this.#end ??= { problem: SightlineError.from(error, 'stream-moved').toProblem() };
      this.onReady?.();
    };
    this.#unlisten = status.listen(() => this.onReady?.());
  }

  take(): FeedMessage | undefined {
    if (this.#end !== null) return { kind: 'end', problem: this.#end.problem };
    const { state } = this.#status;
    if (state !== null && state !== this.#said) {
      this.#said = state;
      return { kind: 'state', state };
    }
    const jpeg = this.#afterGap ?? this.#next();
    const dropped = this.#afterGap === undefined ? this.#reader.takeGap() : 0;
    this.#afterGap = dropped > 0 ? jpeg : undefined;
    if (dropped > 0) return { kind: 'gap', dropped };
    return jpeg && { kind: 'jpeg', jpeg };
  }

  close(): void {
    this.#unlisten();
    this.#withdraw();
    this.#reader.close();
  }

  /** Pictures that were made for others are passed over. */
  #next(): Jpeg | undefined {
    let jpeg = this.#reader.take();
    while (jpeg !== undefined && !this.#due.isDue(jpeg.stamp.capturedAtUs)) jpeg = this.#reader.take();
    return jpeg;
  }
}

/** A message or two that are made once: a drawn picture, then the end. */
export class SlateFeed implements Feed {
  onReady: (() => void) | null = null;
  #messages: FeedMessage[] = [];
  #closed = false;

  constructor(picture: Promise<Jpeg>) {
    picture.then(
      (jpeg) =>
        this.#finish([
          { kind: 'jpeg', jpeg },
          { kind: 'end', problem: null },
        ]),
      (error: unknown) => this.#finish([{ kind: 'end', problem: SightlineError.from(error).toProblem() }]),
    );
  }

  take(): FeedMessage | undefined {
    return this.#messages.shift();
  }

  close(): void {
    this.#closed = true;
    this.#messages = [];
  }

  #finish(messages: FeedMessage[]): void {
    if (this.#closed) return;
    this.#messages = messages;
    this.onReady?.();
  }
}
