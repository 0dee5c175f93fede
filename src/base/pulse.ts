// A process's own measure of itself, once a second: how late its loop is, what it holds, what it should shed.

import { LoadWatch } from './load-watch.ts';
import type { LoadLevel } from './load-watch.ts';
import { LoopMonitor } from './loop-monitor.ts';

const INTERVAL_MS = 1000;

export interface Beat {
  /** 99th percentile of the event loop's delay since the last one, milliseconds. */
  readonly loopDelayMs: number;
  readonly rssBytes: number;
  readonly load: LoadLevel;
}

export class Pulse {
  readonly #monitor = new LoopMonitor();
  readonly #watch = new LoadWatch();
  readonly #timer: NodeJS.Timeout;

  constructor(beat: (beat: Beat) => void) {
    this.#timer = setInterval(() => {
      const figures = this.#monitor.read();
      beat({ ...figures, load: this.#watch.beat(figures.loopDelayMs) });
    }, INTERVAL_MS);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#monitor.close();
  }
}
