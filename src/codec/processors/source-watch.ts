// Says that one of the files that a processor is made of has changed: by events of the folders that they lie in, and by
// a look at their times every two seconds, since some mounts send no events.

import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { nowUs, wallUs } from '../../base/clock.ts';

const POLL_MS = 2000;
/** An editor writes in several steps: a file is looked at when it has stood still for so long. */
const STILL_MS = 60;
/** A time further ahead is of another clock, or of a machine that does not know its own yet: it says nothing. */
const FUTURE_MS = 1000;

export class SourceWatch {
  readonly #onChange: () => void;
  readonly #poll: NodeJS.Timeout;
  #watchers: FSWatcher[] = [];
  #files: readonly string[] = [];
  #seen = '';
  #looking: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
    this.#poll = setInterval(() => this.#lookSoon(), POLL_MS).unref();
  }

  /** From now on these are watched. `sinceMs`: Unix time of the version that was loaded of them; a later one is a change. */
  async follow(files: readonly string[], sinceMs: number): Promise<void> {
    this.#files = files;
    const all = await Promise.all(files.map(mark));
    if (this.#closed || this.#files !== files) return;
    this.#seen = all.map(({ text }) => text).join(' ');
    const untilMs = wallUs(nowUs()) / 1000 + FUTURE_MS;
    if (all.some(({ changedMs }) => changedMs > sinceMs && changedMs <= untilMs)) this.#onChange();
    for (const watcher of this.#watchers.splice(0)) watcher.close();
    for (const folder of new Set(files.map((file) => path.dirname(file)))) this.#watch(folder);
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#poll);
    if (this.#looking !== null) clearTimeout(this.#looking);
    for (const watcher of this.#watchers.splice(0)) watcher.close();
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#lookSoon());
      // Without a watch the poll is left.
      watcher.on('error', () => watcher.close());
      this.#watchers.push(watcher);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    }
  }

  #lookSoon(): void {
    if (this.#closed) return;
    if (this.#looking !== null) clearTimeout(this.#looking);
    this.#looking = setTimeout(() => void this.#look(), STILL_MS);
  }

  async #look(): Promise<void> {
    this.#looking = null;
    const files = this.#files;
    const all = await Promise.all(files.map(mark));
    const seen = all.map(({ text }) => text).join(' ');
    if (this.#closed || files !== this.#files || seen === this.#seen) return;
    this.#seen = seen;
    this.#onChange();
  }
}

/** What changes when a file does, and when it did. */
async function mark(file: string): Promise<{ readonly text: string; readonly changedMs: number }> {
  try {
    const { mtimeMs, size, ino } = await stat(file);
    return { text: `${mtimeMs} ${size} ${ino}`, changedMs: mtimeMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return { text: 'gone', changedMs: 0 };
  }
}
