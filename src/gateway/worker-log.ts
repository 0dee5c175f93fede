// The log of a gateway worker: lines go to main, which alone writes, so that lines of several processes never mix.

import pino from 'pino';
import type { Logger } from 'pino';
import { Newest } from '../link/newest.ts';
import type { LogLine } from '../link/types.ts';

/** Lines that wait while main takes none; what is over is counted and lost. */
const MAX_WAITING = 1000;

interface PinoLine extends Record<string, unknown> {
  readonly level: number;
  readonly msg?: string;
}

export class WorkerLog {
  readonly logger: Logger;
  readonly #sender: Newest;
  #waiting: LogLine[] = [];
  #lost = 0;

  constructor(level: string, send: (lines: readonly LogLine[]) => Promise<unknown>) {
    this.#sender = new Newest({ send: () => send(this.#take()) });
    this.logger = pino({ level, base: null, timestamp: false }, { write: (line) => this.#add(line) });
  }

  close(): void {
    this.#sender.close();
  }

  #add(line: string): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#lost += 1;
      return;
    }
    this.#waiting.push(parse(line));
    this.#sender.push();
  }

  #take(): LogLine[] {
    const lines = this.#waiting;
    if (this.#lost > 0)
      lines.push({ level: 'warn', message: 'lines of the log were lost', fields: { lost: this.#lost } });
    this.#waiting = [];
    this.#lost = 0;
    return lines;
  }
}

function parse(line: string): LogLine {
  const { level, msg = '', ...fields } = JSON.parse(line) as PinoLine;
  return { level: nameOf(level), message: msg, fields };
}

/** pino's numbers: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal. */
function nameOf(level: number): LogLine['level'] {
  if (level >= 50) return 'error';
  if (level >= 40) return 'warn';
  return level >= 30 ? 'info' : 'debug';
}
