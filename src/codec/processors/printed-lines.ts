// What a processor prints, on its way to the log: so many lines a second and so long, because they share the way to main
// with the word that this process is alive. What is over is counted, and the count is said.

import { nowUs } from '../../base/clock.ts';
import { FloodGuard } from '../../base/flood-guard.ts';
import type { FromWorker } from './protocol.ts';

type Level = Extract<FromWorker, { kind: 'log' }>['level'];

const MOST_A_SECOND = 30;
/** Characters of one line. */
const LONGEST = 2000;
const TELL_MS = 1000;

export class PrintedLines {
  readonly #tell: (level: Level, text: string) => void;
  readonly #guard = new FloodGuard(MOST_A_SECOND);
  #lost = 0;
  #telling: NodeJS.Timeout | null = null;

  constructor(tell: (level: Level, text: string) => void) {
    this.#tell = tell;
  }

  say(level: Level, text: string): void {
    if (this.#guard.isFlood(1, nowUs())) {
      this.#lost++;
      this.#telling ??= setTimeout(() => this.#tellLost(), TELL_MS).unref();
      return;
    }
    this.#tellLost();
    this.#tell(level, text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
  }

  #tellLost(): void {
    if (this.#telling === null) return;
    clearTimeout(this.#telling);
    this.#telling = null;
    this.#tell('warn', `${this.#lost} lines more were printed: ${MOST_A_SECOND} a second go to the log`);
    this.#lost = 0;
  }
}
