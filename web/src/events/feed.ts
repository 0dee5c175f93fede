// Events as they happen, of one camera or of all: one connection for whoever on the page shows them, opened while the
// page is seen, and the newest of them, never more.

import { effect, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { address } from '../api.ts';
import type { CameraEvent } from '../../../src/gateway/api/contract-events.ts';
import { watched } from '../tiles/tiles.ts';
import { withEvents } from './newest.ts';

export type { CameraEvent };

/** So many are kept. */
const MOST_EVENTS = 200;
const RETRY_MS = 3000;
/** What comes so soon after the connection is opened happened before it. */
const PAST_MS = 400;
/** A burst is drawn once. */
const GATHER_MS = 100;

export type FeedState = 'asking' | 'open' | 'cut';
type Listener = (event: CameraEvent) => void;

class EventFeed {
  /** The newest first. */
  readonly events = signal<readonly CameraEvent[]>([]);
  readonly state = signal<FeedState>('asking');
  /** That came faster than this page could take. */
  readonly missed = signal(0);
  readonly #path: string;
  readonly #listeners = new Set<Listener>();
  #holders = 0;
  #source: EventSource | null = null;
  #openedMs = Infinity;
  #fresh: CameraEvent[] = [];
  #retry: ReturnType<typeof setTimeout> | undefined;
  #unfollow: (() => void) | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** Reads events until the returned function is called by the last one who holds it. */
  hold(): () => void {
    this.#holders += 1;
    this.#unfollow ??= effect(() => (watched.value ? this.#open() : this.#close()));
    return () => {
      this.#holders -= 1;
      if (this.#holders > 0) return;
      this.#unfollow?.();
      this.#unfollow = null;
      this.#close();
    };
  }

  /** Of events that happen from now on. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #open(): void {
    clearTimeout(this.#retry);
    if (this.#source !== null) return;
    const source = new EventSource(address(this.#path));
    this.#source = source;
    source.onopen = () => {
      this.#openedMs = performance.now();
      this.state.value = 'open';
    };
    source.onmessage = ({ data }: MessageEvent<string>) => this.#take(JSON.parse(data) as CameraEvent);
    source.addEventListener('dropped', ({ data }: MessageEvent<string>) => {
      this.missed.value += (JSON.parse(data) as { readonly count: number }).count;
    });
    source.onerror = () => this.#failed(source);
  }

  /** The browser connects again by itself after a cut, but not after a refusal. */
  #failed(source: EventSource): void {
    this.state.value = 'cut';
    this.#openedMs = Infinity;
    if (source.readyState !== EventSource.CLOSED || source !== this.#source) return;
    this.#source = null;
    this.#retry = setTimeout(() => this.#open(), RETRY_MS);
  }

  #close(): void {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = null;
    this.#openedMs = Infinity;
  }

  #take(event: CameraEvent): void {
    if (this.#fresh.push(event) === 1) setTimeout(() => this.#show(), GATHER_MS);
    if (performance.now() - this.#openedMs > PAST_MS) for (const listener of this.#listeners) listener(event);
  }

  #show(): void {
    this.events.value = withEvents(this.events.value, this.#fresh, MOST_EVENTS);
    this.#fresh = [];
  }
}

const feeds = new Map<string | null, EventFeed>();

/** The events of a camera, or of all (null), read for as long as the component is there. */
export function useFeed(camera: string | null): EventFeed {
  const feed = feedOf(camera);
  useEffect(() => feed.hold(), [feed]);
  return feed;
}

function feedOf(camera: string | null): EventFeed {
  let feed = feeds.get(camera);
  if (feed === undefined) {
    const of = camera === null ? '' : `&camera=${encodeURIComponent(camera)}`;
    feed = new EventFeed(`/api/events?recent=${MOST_EVENTS}${of}`);
    feeds.set(camera, feed);
  }
  return feed;
}
