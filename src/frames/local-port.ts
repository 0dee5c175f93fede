// The media port of a camera that stands in this very process: its feed's messages go straight to who subscribed, without
// the link's wire between. The reader is the decoder's queue, which takes everything and bounds itself.

import { SightlineError } from '../base/errors.ts';
import type { CaptureCamera } from '../capture/camera.ts';
import { feedOf } from '../capture/feeds.ts';
import type { Feed, FeedMessage, MediaPort, SubscriptionHandlers } from '../link/types.ts';

export function localPort(camera: CaptureCamera): MediaPort {
  return {
    subscribe: (request, handlers) => {
      const delivery = new Delivery(feedOf(camera, request), handlers);
      return { close: () => delivery.close() };
    },
  };
}

class Delivery {
  readonly #feed: Feed;
  readonly #handlers: SubscriptionHandlers;
  #closed = false;

  constructor(feed: Feed, handlers: SubscriptionHandlers) {
    this.#feed = feed;
    this.#handlers = handlers;
    feed.onReady = () => this.#drain();
    // Not before the subscriber knows its subscription.
    queueMicrotask(() => this.#drain());
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#feed.onReady = null;
    this.#feed.close();
  }

  #drain(): void {
    while (!this.#closed) {
      const message = this.#feed.take();
      if (message === undefined) return;
      this.#pass(message);
    }
  }

  #pass(message: FeedMessage): void {
    const handlers = this.#handlers;
    switch (message.kind) {
      case 'tracks':
        handlers.tracks?.(message.epoch, message.tracks, message.liveSequence);
        break;
      case 'packet':
        handlers.packet?.(message.packet);
        break;
      case 'gap':
        handlers.gap?.(message.dropped);
        break;
      case 'state':
        handlers.state?.(message.state);
        break;
      case 'end':
        this.close();
        handlers.end(message.problem);
        break;
      case 'jpeg':
      case 'taken':
        throw new SightlineError('internal', 'only packets are subscribed to here');
    }
  }
}
