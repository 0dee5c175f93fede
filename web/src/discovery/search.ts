// The search for cameras as the server leads it: started, followed while it fills, ended. One for the whole page.

import { signal } from '@preact/signals';
import { address, ApiError, get, post, remove, type Discovery, type DiscoveryRequest } from '../api.ts';

/** Null: nobody has looked yet. */
export const discovery = signal<Discovery | null>(null);
/** It ended before its end, by another page or with its server: what is shown may not be all. */
export const discoveryCut = signal(false);
/** Why the last thing asked of it was not done. */
export const discoveryError = signal<ApiError | null>(null);

let following: EventSource | null = null;

/** Shows what another visit of the page began, if it is still there. */
export async function recallDiscovery(): Promise<void> {
  await saying(async () => {
    const now = await get<Discovery>('/api/discovery');
    if (now.state === 'none') return;
    show(now);
    if (now.state === 'running') follow();
  });
}

/**
 * Looks everywhere, or, with an address, at that device alone; resolves when it has begun. One that another page began is
 * followed instead. False: this one was not begun.
 */
export async function startDiscovery(request: DiscoveryRequest): Promise<boolean> {
  const begun = await saying(async () => {
    show(await post<Discovery>('/api/discovery', request));
    follow();
  });
  if (!begun && discoveryError.value?.reason?.code === 'search-running') await recallDiscovery();
  return begun;
}

/** Ends it. The server forgets what was found; this page shows it until it looks again. */
export async function endDiscovery(): Promise<void> {
  unfollow();
  const ended = await saying(async () => {
    await remove('/api/discovery');
    if (discovery.value !== null) show(keptOf(discovery.value));
  });
  if (!ended && discovery.value?.state === 'running') follow();
}

function show(now: Discovery | null): void {
  discovery.value = now;
  discoveryCut.value = false;
}

/** What is left of one that was ended; null: nothing. */
function keptOf(now: Discovery): Discovery | null {
  return now.cameras.length === 0 ? null : { ...now, state: 'ended' };
}

/** Resolves with the search as it is when it has ended. */
export function untilEnded(): Promise<Discovery | null> {
  const { promise, resolve } = Promise.withResolvers<Discovery | null>();
  const unsubscribe = discovery.subscribe((now) => {
    if (now !== null && now.state === 'running') return;
    resolve(now);
    queueMicrotask(() => unsubscribe());
  });
  return promise;
}

async function saying(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    discoveryError.value = null;
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    discoveryError.value = error;
    return false;
  }
}

function follow(): void {
  unfollow();
  const source = new EventSource(address('/api/discovery/events'));
  following = source;
  source.onmessage = ({ data }: MessageEvent<string>) => {
    const now = JSON.parse(data) as Discovery;
    if (now.state === 'none') cut();
    else show(now);
    // Else the browser would connect again and again to an answer that has ended.
    if (now.state !== 'running') unfollow();
  };
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED && following === source) {
      following = null;
      cut();
    }
  };
}

/** The server knows of it no more, or lets us follow it no more. */
function cut(): void {
  const kept = discovery.value === null ? null : keptOf(discovery.value);
  show(kept);
  discoveryCut.value = true;
}

function unfollow(): void {
  following?.close();
  following = null;
}
