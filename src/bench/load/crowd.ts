// The viewers of one load process: opened together, counted over a window, gone together.

import { setTimeout as sleep } from 'node:timers/promises';
import { nowUs } from '../../base/clock.ts';
import type { SeenWindow, ViewerTimes } from './protocol.ts';
import type { PartSink } from './part-counter.ts';
import { targetOf } from './target.ts';
import { LoadViewer } from './viewer.ts';

/** Who has no picture by then has none. */
const SERVED_LIMIT_MS = 15_000;
const ENDED_LIMIT_MS = 10_000;
/** So many begin in one turn of the event loop: a listening socket's queue is short. */
const BATCH = 20;

export class Crowd {
  readonly #keeper: PartSink | null;
  #viewers: LoadViewer[] = [];

  /** `keeper` is told of the pictures of its one viewer; null: all are only counted. */
  constructor(keeper: PartSink | null = null) {
    this.#keeper = keeper;
  }

  async open(url: string, count: number): Promise<readonly ViewerTimes[]> {
    const target = targetOf(url);
    const opened: LoadViewer[] = [];
    for (let at = 0; at < count; at++) {
      if (at % BATCH === BATCH - 1) await new Promise((resolve) => setImmediate(resolve));
      opened.push(new LoadViewer(target, this.#keeper));
    }
    this.#viewers.push(...opened);
    await within(SERVED_LIMIT_MS, Promise.all(opened.map(({ served }) => served)));
    return opened.map(timesOf);
  }

  /** Stops when a visit gives no picture. */
  async visit(url: string, times: number): Promise<readonly ViewerTimes[]> {
    const seen: ViewerTimes[] = [];
    for (let visit = 0; visit < times && seen.at(-1)?.pictureUs !== null; visit++) {
      const viewer = new LoadViewer(targetOf(url));
      await within(SERVED_LIMIT_MS, viewer.served);
      viewer.close();
      await viewer.ended;
      seen.push(timesOf(viewer));
    }
    return seen;
  }

  async window(ms: number): Promise<SeenWindow> {
    const viewers = this.#viewers;
    const partsBefore = viewers.map(({ parts }) => parts);
    const bytesBefore = viewers.reduce((sum, { bytes }) => sum + bytes, 0);
    const cpuBefore = process.cpuUsage();
    const fromUs = nowUs();
    await sleep(ms);
    const seconds = (nowUs() - fromUs) / 1e6;
    const cpu = process.cpuUsage(cpuBefore);
    const parts = viewers.map((viewer, at) => viewer.parts - partsBefore[at]!);
    return {
      seconds,
      parts: parts.reduce((sum, count) => sum + count, 0),
      bytes: viewers.reduce((sum, { bytes }) => sum + bytes, 0) - bytesBefore,
      fps: parts.map((count) => count / seconds),
      served: viewers.filter(({ parts: all }) => all > 0).length,
      refusals: viewers.flatMap(({ refusal }) => (refusal === null ? [] : [refusal])),
      broken: viewers.filter(({ broken }) => broken).length,
      cores: (cpu.user + cpu.system) / 1e6 / seconds,
    };
  }

  async leave(): Promise<void> {
    const viewers = this.#viewers;
    this.#viewers = [];
    for (const viewer of viewers) viewer.close();
    await Promise.all(viewers.map(({ ended }) => ended));
  }

  /** All whole parts since they were opened, after the server has ended every response, or has not in time. */
  async ended(): Promise<number> {
    await within(ENDED_LIMIT_MS, Promise.all(this.#viewers.map(({ ended }) => ended)));
    const parts = this.#viewers.reduce((sum, viewer) => sum + viewer.parts, 0);
    await this.leave();
    return parts;
  }
}

function timesOf({ headersUs, partUs, pictureUs }: LoadViewer): ViewerTimes {
  return { headersUs, partUs, pictureUs };
}

/** Waits for the work, but no longer. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const limit = sleep(ms, undefined, { signal: over.signal }).catch(() => undefined);
  await Promise.race([work, limit]);
  over.abort();
}
