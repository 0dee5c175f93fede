// The state folder of one server: opened at its start, asked by control for uids and facts, written a moment after each
// change and at the end. Where it cannot be written the server runs all the same, from memory, and says so once.

import { createHmac } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { nowUs, wallIso } from '../base/clock.ts';
import { uuidV7 } from '../base/uuid.ts';
import type { SourceAddress } from '../config/camera.ts';
import { keptSecret, newSecret, readSecret } from './secret-file.ts';
import { readState, setAside, updateState } from './state-file.ts';
import type { Entries, Entry } from './state-file.ts';
import type { CameraIdentity, CameraMemory, PictureSize } from './types.ts';

export interface StateLog {
  warn(fields: object, message: string): void;
}

/** Of a camera that no config has any more, what is known is kept for this long. */
const KEPT_GONE_US = 30 * 24 * 3600 * 1e6;
const WRITE_DELAY_MS = 200;
/** Sources of one camera that were given through the API and may still come back. */
const MAX_GUARDED = 8;

interface Opened {
  readonly path: string | null;
  readonly localKey: string;
  readonly secret: Buffer;
  readonly entries: Entries;
}

export class StateFolder implements CameraMemory {
  readonly path: string | null;
  readonly localKey: string;
  readonly secret: Buffer;
  readonly #log: StateLog;
  #entries: Map<string, Entry>;
  /** Cameras of this run's config: whoever else writes the file, they are not gone. */
  readonly #live = new Set<string>();
  /** Changed here since the last write. */
  #changed = new Set<string>();
  readonly #forgotten = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  #warned = false;

  private constructor(opened: Opened, log: StateLog) {
    this.path = opened.path;
    this.localKey = opened.localKey;
    this.secret = opened.secret;
    this.#entries = new Map(opened.entries);
    this.#log = log;
    this.#dropLongGone();
  }

  /** Opens the folder, made with mode 0700 when it is not there. `folder` null: nothing is kept. Never rejects for a disk. */
  static async open(folder: string | null, log: StateLog): Promise<StateFolder> {
    if (folder === null) return new StateFolder(inMemory(), log);
    try {
      return new StateFolder(await openFolder(folder, log), log);
    } catch (error) {
      log.warn({ folder, reason: reasonOf(error) }, `the state folder cannot be used: ${CONSEQUENCE}`);
      return new StateFolder(await asFarAsReadable(folder), log);
    }
  }

  uidOf(id: string): string {
    const uid = this.#find(id) ?? uuidV7();
    this.#live.add(uid);
    const entry = this.#entries.get(uid);
    if (entry === undefined) this.#set(uid, { id });
    else if (entry.goneSince !== undefined) this.#set(uid, { ...entry, goneSince: undefined });
    return uid;
  }

  rename(uid: string, newId: string): void {
    const former = this.#find(newId);
    if (former === uid) return;
    if (former !== undefined) this.forget(former);
    this.#live.add(uid);
    this.#set(uid, { ...this.#entries.get(uid), id: newId, goneSince: undefined });
  }

  retain(ids: Iterable<string>): void {
    const wanted = new Set(ids);
    for (const [uid, entry] of this.#entries) {
      if (wanted.has(entry.id)) continue;
      this.#live.delete(uid);
      if (entry.goneSince === undefined) this.#set(uid, { ...entry, goneSince: wallIso(nowUs()) });
    }
  }

  forget(uid: string): void {
    if (!this.#entries.delete(uid)) return;
    this.#live.delete(uid);
    this.#changed.delete(uid);
    this.#forgotten.add(uid);
    this.#writeSoon();
  }

  sizeOf(uid: string): PictureSize | null {
    const { width = 0, height = 0 } = this.#entries.get(uid) ?? {};
    return width > 0 && height > 0 ? { width, height } : null;
  }

  setSize(uid: string, { width, height }: PictureSize): void {
    const entry = this.#entries.get(uid);
    if (entry === undefined || (entry.width === width && entry.height === height)) return;
    this.#set(uid, { ...entry, width, height });
  }

  identityOf(uid: string): CameraIdentity | null {
    return this.#entries.get(uid)?.identity ?? null;
  }

  setIdentity(uid: string, identity: CameraIdentity): void {
    const entry = this.#entries.get(uid);
    if (entry === undefined || JSON.stringify(entry.identity) === JSON.stringify(identity)) return;
    this.#set(uid, { ...entry, identity });
  }

  guard(uid: string, source: SourceAddress): void {
    const entry = this.#entries.get(uid);
    const print = this.#fingerprint(source);
    if (entry === undefined || entry.guarded?.includes(print) === true) return;
    this.#set(uid, { ...entry, guarded: [...(entry.guarded ?? []), print].slice(-MAX_GUARDED) });
  }

  isGuarded(uid: string, source: SourceAddress): boolean {
    const entry = this.#entries.get(uid);
    if (entry?.guarded === undefined) return false;
    if (entry.guarded.includes(this.#fingerprint(source))) return true;
    this.#set(uid, { ...entry, guarded: undefined });
    return false;
  }

  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writing = this.#writing.then(() => this.#write());
    await this.#writing;
  }

  close(): Promise<void> {
    return this.flush();
  }

  /** Of several cameras with this id (two servers met it at the same time), the one in use here, else the oldest. */
  #find(id: string): string | undefined {
    const uids = [...this.#entries].filter(([, entry]) => entry.id === id).map(([uid]) => uid);
    return uids.find((uid) => this.#live.has(uid)) ?? uids.sort()[0];
  }

  #fingerprint({ kind, target }: SourceAddress): string {
    return createHmac('sha256', this.secret)
      .update(JSON.stringify([kind, target]))
      .digest('hex')
      .slice(0, 32);
  }

  #dropLongGone(): void {
    const limit = Date.parse(wallIso(nowUs() - KEPT_GONE_US));
    for (const [uid, { goneSince }] of [...this.#entries]) {
      if (goneSince !== undefined && !(Date.parse(goneSince) > limit)) this.forget(uid);
    }
  }

  #set(uid: string, entry: Entry): void {
    this.#entries.set(uid, entry);
    this.#changed.add(uid);
    this.#writeSoon();
  }

  #writeSoon(): void {
    if (this.path === null) return;
    this.#timer ??= setTimeout(() => void this.flush(), WRITE_DELAY_MS);
  }

  async #write(): Promise<void> {
    if (this.path === null || (this.#changed.size === 0 && this.#forgotten.size === 0)) return;
    const changed = this.#changed;
    this.#changed = new Set();
    try {
      const written = await updateState(path.join(this.path, STATE), (disk) => this.#merge(disk, changed));
      // What came in while it was written is newer.
      for (const [uid, entry] of written)
        if (!this.#changed.has(uid) && !this.#forgotten.has(uid)) this.#entries.set(uid, entry);
    } catch (error) {
      for (const uid of changed) this.#changed.add(uid);
      if (!this.#warned)
        this.#log.warn(
          { folder: this.path, reason: reasonOf(error) },
          `the state folder cannot be written: ${CONSEQUENCE}`,
        );
      this.#warned = true;
    }
  }

  #merge(disk: Entries, changed: ReadonlySet<string>): Entries {
    const merged = new Map<string, Entry>();
    for (const [uid, entry] of disk) if (!this.#forgotten.has(uid)) merged.set(uid, entry);
    for (const [uid, entry] of this.#entries) {
      const theirs = merged.get(uid);
      if (changed.has(uid) || (theirs === undefined && this.#live.has(uid))) merged.set(uid, entry);
      else if (theirs?.goneSince !== undefined && this.#live.has(uid))
        merged.set(uid, { ...theirs, goneSince: undefined });
    }
    return merged;
  }
}

const STATE = 'state.json';
const CONSEQUENCE = 'after a restart the local key, the revisions and the uids of cameras are others';

async function openFolder(folder: string, log: StateLog): Promise<Opened> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  const file = path.join(folder, STATE);
  let entries = await readState(file);
  if (entries === 'broken') {
    log.warn({ kept: await setAside(file) }, 'state.json could not be understood and was put aside: a new one is made');
    entries = new Map();
  }
  const localKey = await keptSecret(path.join(folder, 'key'));
  const secret = Buffer.from(await keptSecret(path.join(folder, 'secret')), 'base64url');
  await keepOutOfGit(folder);
  return { path: folder, localKey, secret, entries };
}

/** The folder holds keys, and often stands in a repository beside the config. */
async function keepOutOfGit(folder: string): Promise<void> {
  try {
    await writeFile(path.join(folder, '.gitignore'), '*\n', { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function inMemory(): Opened {
  return { path: null, localKey: newSecret(), secret: Buffer.from(newSecret(), 'base64url'), entries: new Map() };
}

/** What a folder on a read-only disk still tells. */
async function asFarAsReadable(folder: string): Promise<Opened> {
  const { localKey, secret, entries } = inMemory();
  const [state, key, kept] = await Promise.allSettled([
    readState(path.join(folder, STATE)),
    readSecret(path.join(folder, 'key')),
    readSecret(path.join(folder, 'secret')),
  ]);
  const text = kept.status === 'fulfilled' ? kept.value : null;
  return {
    path: null,
    localKey: (key.status === 'fulfilled' ? key.value : null) ?? localKey,
    secret: text === null ? secret : Buffer.from(text, 'base64url'),
    entries: state.status === 'fulfilled' && state.value !== 'broken' ? state.value : entries,
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
