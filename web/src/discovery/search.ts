// The search for cameras as the server leads it: started, followed while it fills, ended. One for the whole page.

import { signal } from '@preact/signals';
import { address, ApiError, get, post, remove, type Discovery, type DiscoveryRequest } from '../api.ts';

/** Null: nobody has looked yet. */
export const discovery = signal<Discovery | null>(null);
/** Why the last thing asked of it was not done. */
export const discoveryError = signal<ApiError | null>(null);

let following: EventSource | null = null;

/** Shows what another visit of the page began, if it is still there. */
export async function recallDiscovery(): Promise<void> {
  await saying(async () => {
    const now = await get<Discovery>('/api/discovery');
    if (now.state === 'none') return;
    discovery.value = now;
    if (now.state === 'running') follow();
  });
}

/** Looks everywhere, or, with an address, at that device alone; resolves when it has begun. False: it was refused. */
export async function startDiscovery(request: DiscoveryRequest): Promise<boolean> {
  return saying(async () => {
    discovery.value = await post<Discovery>('/api/discovery', request);
    follow();
  });
}

/** Ends it; what was found until then is not kept. */
export async function endDiscovery(): Promise<void> {
  await saying(async () => {
    await remove('/api/discovery');
    unfollow();
    discovery.value = null;
  });
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
    discovery.value = now.state === 'none' ? null : now;
    // Else the browser would connect again and again to an answer that has ended.
    if (now.state !== 'running') unfollow();
  };
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED && following === source) {
      following = null;
      discovery.value = null;
    }
  };
}

function unfollow(): void {
  following?.close();
  following = null;
}
