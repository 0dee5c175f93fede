// Feeds and collectors for the link's tests: real hubs behind the Feed contract, and a consumer that writes down what
// it gets.

import { Hub } from '../base/hub.ts';
import type { HubOptions, Reader, ReaderOptions } from '../base/hub.ts';
import { SightlineError } from '../base/errors.ts';
import type { Problem } from '../base/errors.ts';
import type { Jpeg, Packet, Track } from '../media/types.ts';
import type { Feed, FeedMessage, MediaPort, SubscribeRequest, Subscription } from './types.ts';

export const JPEGS: SubscribeRequest = { kind: 'jpegs', key: 'u1/main', width: null, quality: null };
export const PACKETS: SubscribeRequest = {
  kind: 'packets',
  key: 'u1/main',
  reader: { start: 'group', policy: 'groups' },
};

export function makeJpeg(sequence: number, bytes: number): Jpeg {
  const body = Buffer.alloc(bytes, sequence & 0xff);
  return { bytes: body, width: 640, height: 360, sequence, stamp: { capturedAtUs: sequence * 1000, clock: 'rtcp' } };
}

export function makePacket(sequence: number, epoch = 1): Packet {
  const key = sequence % 10 === 0;
  return {
    trackId: 0,
    epoch,
    sequence,
    group: sequence - (sequence % 10),
    ptsUs: sequence * 40_000 + 7,
    dtsUs: sequence * 40_000,
    ...(sequence % 2 === 0 ? { durationUs: 40_000 } : {}),
    key,
    discontinuity: sequence % 7 === 0,
    damaged: sequence % 5 === 0,
    stamp: { capturedAtUs: 3e9 + sequence, clock: 'arrival', ...(key ? { uncertaintyUs: 1500 } : {}) },
    data: Buffer.alloc(sequence * 37, sequence & 0xff),
  };
}

export const TRACK: Track = {
  id: 0,
  kind: 'video',
  codec: 'h264',
  width: 640,
  height: 360,
  fps: 25,
  config: Buffer.from([1, 2, 3, 254]),
};

/** A hub of Jpegs that is open at once. */
export function jpegHub(changes: Partial<HubOptions<Jpeg>> = {}): Hub<Jpeg> {
  return new Hub<Jpeg>({
    name: 'jpegs',
    traits: { bytes: (jpeg) => jpeg.bytes.length, startsGroup: () => true },
    graceMs: 0,
    keep: null,
    open: () => Promise.resolve(() => Promise.resolve()),
    ...changes,
  });
}

/** A hub's reader as a feed. */
export class JpegFeed implements Feed {
  onReady: (() => void) | null = null;
  closed = 0;
  readonly #reader: Reader<Jpeg>;
  #end: Problem | null = null;

  constructor(hub: Hub<Jpeg>, options: ReaderOptions = { start: 'next', policy: 'latest' }) {
    this.#reader = hub.attach(options);
    this.#reader.onReady = () => this.onReady?.();
    this.#reader.onEnd = (error) => {
      this.#end = SightlineError.from(error).toProblem();
      this.onReady?.();
    };
  }

  take(): FeedMessage | undefined {
    const dropped = this.#reader.takeGap();
    if (dropped > 0) return { kind: 'gap', dropped };
    const jpeg = this.#reader.take();
    if (jpeg !== undefined) return { kind: 'jpeg', jpeg };
    return this.#end === null ? undefined : { kind: 'end', problem: this.#end };
  }

  close(): void {
    this.closed++;
    this.#reader.close();
  }
}

/** Gives these messages, one after the other, then nothing. */
export class ListFeed implements Feed {
  onReady: (() => void) | null = null;
  closed = 0;
  readonly #messages: FeedMessage[];

  constructor(messages: readonly FeedMessage[]) {
    this.#messages = [...messages];
  }

  add(message: FeedMessage): void {
    this.#messages.push(message);
    this.onReady?.();
  }

  take(): FeedMessage | undefined {
    return this.#messages.shift();
  }

  close(): void {
    this.closed++;
  }
}

/** Writes down what a subscription gives, and resolves promises when something awaited is there. */
export class Collector {
  readonly messages: FeedMessage[] = [];
  readonly subscription: Subscription;
  #waiters: { until: (message: FeedMessage) => boolean; resolve: (message: FeedMessage) => void }[] = [];

  constructor(port: MediaPort, request: SubscribeRequest) {
    this.subscription = port.subscribe(request, {
      tracks: (epoch, tracks, liveSequence) => this.#add({ kind: 'tracks', epoch, tracks, liveSequence }),
      packet: (packet) => this.#add({ kind: 'packet', packet }),
      jpeg: (jpeg) => this.#add({ kind: 'jpeg', jpeg }),
      gap: (dropped) => this.#add({ kind: 'gap', dropped }),
      state: (state) => this.#add({ kind: 'state', state }),
      end: (problem) => this.#add({ kind: 'end', problem }),
    });
  }

  kinds(): string[] {
    return this.messages.map(({ kind }) => kind);
  }

  /** The first message, past or to come, that fits. */
  until(fits: (message: FeedMessage) => boolean): Promise<FeedMessage> {
    const found = this.messages.find(fits);
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve) => this.#waiters.push({ until: fits, resolve }));
  }

  async end(): Promise<Problem | null> {
    const last = await this.until(({ kind }) => kind === 'end');
    return last.kind === 'end' ? last.problem : null;
  }

  #add(message: FeedMessage): void {
    this.messages.push(message);
    const met = this.#waiters.filter(({ until }) => until(message));
    this.#waiters = this.#waiters.filter((waiter) => !met.includes(waiter));
    for (const { resolve } of met) resolve(message);
  }
}
