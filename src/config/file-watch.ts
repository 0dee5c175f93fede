// Says that a file may have changed: by events of the folders that it lies in (editors and mounts replace files, which a
// watch on the file itself does not survive), and every two seconds anyway, since some mounts send no events.

import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';

const POLL_MS = 2000;
/** Events of this time are one. */
const GATHER_MS = 20;

interface Watched {
  readonly watcher: FSWatcher;
  readonly inode: number;
}

export class FileWatch {
  readonly #file: string;
  readonly #onHint: () => void;
  readonly #folders = new Map<string, Watched>();
  readonly #poll: NodeJS.Timeout;
  #gathering: NodeJS.Timeout | null = null;
  #arming: Promise<void> = Promise.resolve();
  #closed = false;

  /** `onHint` is called when it is worth looking at the file again. */
  constructor(file: string, onHint: () => void) {
    this.#file = file;
    this.#onHint = onHint;
    this.#poll = setInterval(() => {
      this.rearm();
      this.#onHint();
    }, POLL_MS).unref();
    this.rearm();
  }

  /** Watches the folders that the file lies in now: its own, and the one that a symbolic link leads to. */
  rearm(): void {
    this.#arming = this.#arming.then(() => this.#arm());
  }

  /** Resolves when every folder is being watched that can be. */
  armed(): Promise<void> {
    return this.#arming;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#poll);
    if (this.#gathering !== null) clearTimeout(this.#gathering);
    await this.#arming;
    for (const folder of [...this.#folders.keys()]) this.#drop(folder);
  }

  async #arm(): Promise<void> {
    const wanted = new Map<string, number>();
    for (const folder of [path.dirname(this.#file), await realFolder(this.#file)]) {
      const inode = folder === null ? null : await inodeOf(folder);
      if (folder !== null && inode !== null) wanted.set(folder, inode);
    }
    for (const [folder, { inode }] of this.#folders) if (wanted.get(folder) !== inode) this.#drop(folder);
    if (this.#closed) return;
    for (const [folder, inode] of wanted) if (!this.#folders.has(folder)) this.#watch(folder, inode);
  }

  #watch(folder: string, inode: number): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#gather());
      // Without a watch the poll is left, which tries to watch again.
      watcher.on('error', () => this.#drop(folder));
      this.#folders.set(folder, { watcher, inode });
    } catch (error) {
      // The folder went away, or the system has no watches left: the poll is left here too.
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    }
  }

  #drop(folder: string): void {
    this.#folders.get(folder)?.watcher.close();
    this.#folders.delete(folder);
  }

  #gather(): void {
    if (this.#closed) return;
    this.#gathering ??= setTimeout(() => {
      this.#gathering = null;
      this.rearm();
      this.#onHint();
    }, GATHER_MS).unref();
  }
}

async function realFolder(file: string): Promise<string | null> {
  try {
    return path.dirname(await realpath(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return null;
  }
}

async function inodeOf(folder: string): Promise<number | null> {
  try {
    return (await stat(folder)).ino;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return null;
  }
}
