// Reads Sightline's log while it is measured: who came, who went, and how many pictures each was sent. The log is read
// without a pause, so that the server never waits for its reader.

import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** What the lines have that are read here. */
interface LogLine {
  readonly msg?: unknown;
  readonly sent?: unknown;
}

export class SentCount extends EventEmitter<{ left: []; end: [] }> {
  /** The newest line, for saying why it ended. */
  lastLine = '';
  #watching = 0;
  #sent = 0;

  constructor(log: Readable) {
    super();
    const lines = createInterface({ input: log });
    lines.on('line', (line) => this.#read(line));
    lines.on('close', () => this.emit('end'));
  }

  /** Waits until every viewer has gone; gives the pictures that all were sent. */
  async whenAllLeft(signal: AbortSignal): Promise<number> {
    while (this.#watching > 0) await once(this, 'left', { signal });
    return this.#sent;
  }

  #read(line: string): void {
    this.lastLine = line;
    const { msg, sent } = parsed(line);
    if (msg === 'viewer came') this.#watching++;
    if (msg !== 'viewer went') return;
    this.#watching--;
    this.#sent += typeof sent === 'number' ? sent : 0;
    this.emit('left');
  }
}

/** A line that is no JSON is a person's: a warning of the runtime. */
function parsed(line: string): LogLine {
  if (!line.startsWith('{')) return {};
  try {
    return JSON.parse(line) as LogLine;
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
