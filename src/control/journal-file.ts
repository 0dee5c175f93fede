// The journal on disk: one JSON object a line, mode 0600, a second file of older lines beside it.

import { readFileSync } from 'node:fs';
import { appendFile, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { JournalLine } from '../link/control-port.ts';
import type { Log } from './log.ts';

const NAME = 'journal.jsonl';
const OLD_NAME = 'journal.old.jsonl';
const MAX_BYTES = 1024 * 1024;
/** Lines that wait for a disk that takes none; more are lost. */
const MAX_WAITING = 1000;
const WRITE_EVERY_MS = 200;

const lineSchema = z.object({
  atUs: z.number(),
  level: z.enum(['info', 'warn', 'error']),
  uid: z.string().nullable(),
  camera: z.string().nullable(),
  text: z.string(),
  code: z.string().nullable(),
});

export class JournalFile {
  readonly #file: string;
  readonly #old: string;
  readonly #log: Log;
  #waiting: string[] = [];
  #bytes: number | null = null;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  #failed = false;

  constructor(folder: string, log: Log) {
    this.#file = path.join(folder, NAME);
    this.#old = path.join(folder, OLD_NAME);
    this.#log = log;
  }

  /** Lines of earlier runs, the oldest first. What cannot be read is passed over. */
  read(): JournalLine[] {
    return [this.#old, this.#file].flatMap((file) => linesOf(file));
  }

  /** Never waits, never throws. */
  append(line: JournalLine): void {
    if (this.#waiting.length >= MAX_WAITING) return;
    this.#waiting.push(`${JSON.stringify(line)}\n`);
    this.#timer ??= setTimeout(() => this.#write(), WRITE_EVERY_MS);
  }

  async close(): Promise<void> {
    this.#write();
    await this.#writing;
  }

  #write(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writing = this.#writing.then(() => this.#append());
  }

  async #append(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const { length } = this.#waiting;
    try {
      // What stands there already may end in the middle of a line.
      const isFirst = this.#bytes === null;
      await this.#makeRoom();
      const text = (isFirst && this.#bytes !== 0 ? '\n' : '') + this.#waiting.slice(0, length).join('');
      await appendFile(this.#file, text, { mode: 0o600 });
      this.#waiting = this.#waiting.slice(length);
      this.#bytes = (this.#bytes ?? 0) + Buffer.byteLength(text);
      this.#failed = false;
    } catch (error) {
      this.#bytes = null;
      if (!this.#failed) this.#log.warn({ file: this.#file, reason: String(error) }, 'the journal cannot be written');
      this.#failed = true;
    }
  }

  /** At its limit the file becomes the old one. */
  async #makeRoom(): Promise<void> {
    this.#bytes ??= await stat(this.#file).then(
      ({ size }) => size,
      () => 0,
    );
    if (this.#bytes < MAX_BYTES) return;
    await rename(this.#file, this.#old);
    this.#bytes = 0;
  }
}

function linesOf(file: string): JournalLine[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error) return [];
    throw error;
  }
  return text.split('\n').flatMap((line) => {
    const read = lineSchema.safeParse(parse(line));
    return read.success ? [read.data] : [];
  });
}

/** Undefined for what is no JSON: a line that a power cut left half written. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
