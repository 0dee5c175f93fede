// What happened, for people: the newest lines in memory, and on disk so that last night can still be read after a
// restart. Written in batches behind everybody's back; a full disk costs lines, never a camera.

import { wallUs, nowUs } from '../base/clock.ts';
import type { JournalLine } from '../link/control-port.ts';
import { JournalFile } from './journal-file.ts';
import type { Log, Note } from './log.ts';

/** Lines of everything that are kept in memory, and of each camera beyond those. */
const KEPT = 300;
const KEPT_OF_CAMERA = 30;

export class Journal {
  readonly #file: JournalFile | null;
  /** The oldest first. */
  #lines: JournalLine[] = [];
  readonly #ofCamera = new Map<string, JournalLine[]>();

  /** `folder`: where journal.jsonl stands; null: nothing is kept on disk. */
  constructor(folder: string | null, log: Log) {
    this.#file = folder === null ? null : new JournalFile(folder, log);
    for (const line of this.#file?.read() ?? []) this.#keep(line);
  }

  note({ level, about, text, code }: Note): void {
    const atUs = Math.round(wallUs(nowUs()));
    const line = { atUs, level, uid: about?.uid ?? null, camera: about?.id ?? null, text, code };
    this.#keep(line);
    this.#file?.append(line);
  }

  /** The newest first; of one camera, or of everything. */
  read(uid: string | null, limit: number): readonly JournalLine[] {
    const lines = uid === null ? this.#lines : this.#about(uid);
    return lines.slice(Math.max(0, lines.length - limit)).reverse();
  }

  /** Forgets the lines about cameras that are no more, but for those among the newest of all. */
  retain(uids: ReadonlySet<string>): void {
    for (const uid of this.#ofCamera.keys()) if (!uids.has(uid)) this.#ofCamera.delete(uid);
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    await this.#file?.close();
  }

  #keep(line: JournalLine): void {
    this.#lines.push(line);
    if (this.#lines.length > 2 * KEPT) this.#lines = this.#lines.slice(-KEPT);
    if (line.uid === null) return;
    const mine = this.#ofCamera.get(line.uid) ?? [];
    mine.push(line);
    if (mine.length > KEPT_OF_CAMERA) mine.shift();
    this.#ofCamera.set(line.uid, mine);
  }

  #about(uid: string): readonly JournalLine[] {
    const mine = this.#ofCamera.get(uid) ?? [];
    const known = new Set(mine);
    const older = this.#lines.filter((line) => line.uid === uid && !known.has(line));
    return [...older, ...mine];
  }
}
