// Where WebSockets fail: one snapshot a second for a tile that is in sight. Few are under way at a time, because a
// browser gives six connections to a host and the page has other questions.

import { address, snapshotPath } from '../api.ts';
import type { TileWish } from './connection.ts';

const EVERY_MS = 1000;
const LIMIT_MS = 5000;
const AT_A_TIME = 3;
const FROZEN_AFTER_MS = 3000;

export interface Still {
  readonly bitmap: ImageBitmap;
  readonly bytes: number;
  /** Age when that is too old for a live picture, else null. */
  readonly fresh: number | null;
}

let underWay = 0;
const queue: (() => void)[] = [];

export class StillsLoop {
  readonly #take: (still: Still) => void;
  #wish: TileWish | null = null;
  #stop: AbortController | null = null;
  #sequence = '';
  #changedMs = 0;

  constructor(take: (still: Still) => void) {
    this.#take = take;
  }

  /** Asks for pictures of this camera and width, or for none any more. */
  want(wish: TileWish | null): void {
    this.#wish = wish;
    if (wish === null) {
      this.#stop?.abort();
      this.#stop = null;
    } else if (this.#stop === null) {
      this.#stop = new AbortController();
      this.#changedMs = performance.now();
      void this.#run(this.#stop.signal);
    }
  }

  async #run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const startedMs = performance.now();
      await inTurn(() => this.#once(stop));
      await pause(Math.max(100, EVERY_MS - (performance.now() - startedMs)));
    }
  }

  async #once(stop: AbortSignal): Promise<void> {
    if (this.#wish === null) return;
    const { camera, stream, width } = this.#wish;
    const url = new URL(address(snapshotPath(camera, stream)));
    url.searchParams.set('maxAgeMs', String(EVERY_MS));
    if (width !== null) url.searchParams.set('width', String(width));
    try {
      const response = await fetch(url, {
        cache: 'no-store',
        signal: AbortSignal.any([stop, AbortSignal.timeout(LIMIT_MS)]),
      });
      if (!response.ok) return;
      const body = await response.blob();
      const bitmap = await createImageBitmap(body);
      if (stop.aborted) bitmap.close();
      else this.#take({ bitmap, bytes: body.size, fresh: this.#silentMs(response.headers.get('x-sequence')) });
    } catch (error) {
      // The tile's word says why there is none: from the status, or from the silence.
      if (error instanceof TypeError || error instanceof DOMException) return;
      throw error;
    }
  }

  #silentMs(sequence: string | null): number | null {
    const nowMs = performance.now();
    if (sequence === null || sequence !== this.#sequence) this.#changedMs = nowMs;
    this.#sequence = sequence ?? '';
    const silentMs = nowMs - this.#changedMs;
    return silentMs > FROZEN_AFTER_MS ? silentMs : null;
  }
}

async function inTurn(work: () => Promise<void>): Promise<void> {
  if (underWay >= AT_A_TIME) await new Promise<void>((resolve) => queue.push(resolve));
  underWay += 1;
  try {
    await work();
  } finally {
    underWay -= 1;
    queue.shift()?.();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
