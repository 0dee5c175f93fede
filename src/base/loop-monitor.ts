// How late this process's event loop runs and how much memory it holds: the figures of a heartbeat.

import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 20;

/** Measures the delay of the event loop between reads. */
export class LoopMonitor {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  constructor() {
    this.#histogram.enable();
  }

  /** 99th percentile of the delay beyond the sampling interval since the last read, milliseconds; and resident bytes. */
  read(): { loopDelayMs: number; rssBytes: number } {
    const p99Ms = this.#histogram.count > 0 ? this.#histogram.percentile(99) / 1e6 : 0;
    this.#histogram.reset();
    return {
      loopDelayMs: Math.max(0, Math.round((p99Ms - RESOLUTION_MS) * 10) / 10),
      rssBytes: process.memoryUsage.rss(),
    };
  }

  close(): void {
    this.#histogram.disable();
  }
}
