// Reads the config file when it stands still: an editor that takes it away for a moment, or writes it in two pieces, must
// not look like somebody who removed cameras. Used by store.ts, which decides what becomes of a reading.

import { setTimeout as wait } from 'node:timers/promises';
import { nowUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import { fingerprint, MISSING, readConfigFile } from './config-file.ts';
import { loadReading } from './load.ts';
import type { LoadOptions, Reading } from './load.ts';
import { serverDefaults } from './schema.ts';

/** What stands in the file. */
export interface Standing {
  /** Null: there is no file. */
  readonly text: string | null;
  readonly reading: Reading;
}

export interface Found {
  /** Fingerprint of the file that was read. */
  readonly print: string;
  /** What it says, or why that cannot be told. */
  readonly found: Standing | SightlineError;
}

/** Stands for a file that is not there yet. */
export const NO_FILE: Standing = { text: null, reading: { config: { server: serverDefaults, cameras: [] }, raw: {} } };

/** A file is read when it stood still for this long. */
const SETTLE_MS = 80;
/** Cameras are gone when they were gone for this long. */
const GONE_SETTLE_MS = 200;
/** A file may be away, or empty, for this long before that is a fault. */
const ABSENT_MS = 1000;

export class SettledReader {
  readonly #load: Omit<LoadOptions, 'text'>;
  readonly #signal: AbortSignal;

  constructor(load: Omit<LoadOptions, 'text'>, signal: AbortSignal) {
    this.#load = load;
    this.#signal = signal;
  }

  /** The file once it stands still. `before`: what stood in it. Rejects when the signal aborts. */
  async read(before: Standing): Promise<Found> {
    const first = await this.#settle(before, SETTLE_MS);
    const loses = !(first.found instanceof SightlineError) && losesCameras(before, first.found);
    return loses ? this.#settle(before, GONE_SETTLE_MS) : first;
  }

  async #settle(before: Standing, stillMs: number): Promise<Found> {
    const { file } = this.#load;
    const beganUs = nowUs();
    for (let last = await fingerprint(file); ;) {
      await wait(stillMs, undefined, { signal: this.#signal });
      const print = await fingerprint(file);
      const isLate = nowUs() - beganUs >= ABSENT_MS * 1000;
      const isAway = print === MISSING && before.text !== null;
      if (print === last && (isLate || !isAway)) {
        const { found, isEmpty } = await this.#readNow(before, print);
        if ((isLate || !isEmpty) && (await fingerprint(file)) === print) return { print, found };
      }
      last = print;
    }
  }

  async #readNow(before: Standing, print: string): Promise<{ found: Found['found']; isEmpty: boolean }> {
    if (print === MISSING && before.text === null) return { found: NO_FILE, isEmpty: false };
    let text = null;
    try {
      text = await readConfigFile(this.#load.file);
      // Touched, or written by ourselves a moment ago: the same text says the same.
      if (text === before.text) return { found: before, isEmpty: false };
      return { found: { text, reading: loadReading({ ...this.#load, text }) }, isEmpty: false };
    } catch (error) {
      if (!(error instanceof SightlineError)) throw error;
      return { found: error, isEmpty: text?.trim() === '' };
    }
  }
}

function losesCameras(before: Standing, after: Standing): boolean {
  const ids = new Set(after.reading.config.cameras.map((camera) => camera.id));
  return before.reading.config.cameras.some((camera) => !ids.has(camera.id));
}
