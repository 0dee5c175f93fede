// Tells control what this gateway serves: at each change of a number of viewers, and each second for the counters.

import type { ControlPort } from '../link/control-port.ts';
import type { Requests } from './requests.ts';
import type { Viewers } from './viewers.ts';

const REPORT_EVERY_MS = 1000;

export class Reporter {
  readonly #control: ControlPort;
  readonly #viewers: Viewers;
  readonly #requests: Requests;
  readonly #timer: NodeJS.Timeout;
  #due = false;
  #stopped = false;

  constructor(control: ControlPort, viewers: Viewers, requests: Requests) {
    this.#control = control;
    this.#viewers = viewers;
    this.#requests = requests;
    this.#timer = setInterval(() => this.#report(), REPORT_EVERY_MS);
    viewers.onChange(() => this.#changed());
  }

  /** The last report, then none. Stopping twice is harmless. */
  stop(): void {
    if (this.#stopped) return;
    this.#report();
    this.#stopped = true;
    clearInterval(this.#timer);
  }

  /** Several changes of one tick are one report. */
  #changed(): void {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => this.#report());
  }

  #report(): void {
    this.#due = false;
    if (this.#stopped) return;
    this.#viewers.forget((uid) => this.#control.byUid(uid) !== undefined);
    this.#control.report({ counts: this.#viewers.counts(), requests: this.#requests.counts() });
  }
}
