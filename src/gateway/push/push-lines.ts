// The lines of this gateway to all cameras that are sent their pictures: one each, for as long as somebody sends.

import { SightlineError } from '../../base/errors.ts';
import type { MediaPort } from '../../link/types.ts';
import type { PushedPicture } from '../../media/types.ts';
import { PushLine } from './push-line.ts';

/** A line that nobody used for so long is closed. */
const IDLE_MS = 10_000;

export interface PushLinesOptions {
  readonly media: MediaPort;
  /** A picture that was not taken for so long is given up. */
  readonly patienceMs: number;
}

interface Entry {
  readonly line: PushLine;
  /** Anew with each picture. */
  readonly idle: NodeJS.Timeout;
}

export class PushLines {
  readonly #options: PushLinesOptions;
  readonly #lines = new Map<string, Entry>();
  #stopped = false;

  constructor(options: PushLinesOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#lines.size;
  }

  /** Sends a picture to the camera of this uid; see `PushLine.put`. */
  async put(uid: string, picture: PushedPicture): Promise<number | null> {
    if (this.#stopped) throw stopping();
    const { line, idle } = this.#lines.get(uid) ?? this.#open(uid);
    idle.refresh();
    return await line.put(picture);
  }

  stop(): void {
    this.#stopped = true;
    for (const uid of [...this.#lines.keys()]) this.#close(uid);
  }

  #open(uid: string): Entry {
    const { media, patienceMs } = this.#options;
    const line = new PushLine({ media, key: `${uid}/main`, patienceMs, onEnd: () => this.#forget(uid, line) });
    const idle = setTimeout(() => (line.idle ? this.#close(uid) : idle.refresh()), IDLE_MS);
    const entry = { line, idle };
    this.#lines.set(uid, entry);
    return entry;
  }

  #close(uid: string): void {
    const entry = this.#lines.get(uid);
    if (entry === undefined) return;
    this.#forget(uid, entry.line);
    entry.line.close(stopping());
  }

  #forget(uid: string, line: PushLine): void {
    const entry = this.#lines.get(uid);
    if (entry?.line !== line) return;
    clearTimeout(entry.idle);
    this.#lines.delete(uid);
  }
}

function stopping(): SightlineError {
  return new SightlineError('stopping', 'The server is stopping.');
}
