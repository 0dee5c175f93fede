// Logins as they are kept in the state folder (`sessions.json`, mode 0600), so that people stay logged in over a restart:
// digests of cookies and fingerprints of credentials, from which neither can be had back.

import { readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { wallUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import type { Log } from './log.ts';

const hex = z.string().regex(/^[0-9a-f]{64}$/);

const fileSchema = z.object({
  sessions: z.array(
    z.object({
      digest: hex,
      kind: z.enum(['key', 'token', 'user']),
      name: z.string().nullable(),
      fingerprint: hex,
      expiresUnixUs: z.number(),
    }),
  ),
});

export interface Session {
  /** SHA-256 of the cookie's value, hex. */
  readonly digest: string;
  readonly kind: 'key' | 'token' | 'user';
  /** Of the user; null for key and token. */
  readonly name: string | null;
  /** Of the credential that it began with; a session without one never holds. */
  readonly fingerprint: string;
  /** Monotonic, microseconds. */
  readonly expiresUs: number;
}

export class SessionFile {
  readonly #path: string;
  readonly #log: Log;
  #writing: Promise<void> = Promise.resolve();
  #next: readonly Session[] | null = null;

  constructor(folder: string, log: Log) {
    this.#path = path.join(folder, 'sessions.json');
    this.#log = log;
  }

  /** What is there; nothing when it cannot be read: people log in again. */
  read(): readonly Session[] {
    try {
      const { sessions } = fileSchema.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
      return sessions.map(({ expiresUnixUs, ...session }) => ({ ...session, expiresUs: expiresUnixUs - wallUs(0) }));
    } catch (error) {
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (!isMissing) this.#log.warn({ file: this.#path, why: SightlineError.from(error).message }, 'logins are lost');
      return [];
    }
  }

  /** Writes them soon; of several that wait, the newest. */
  write(sessions: readonly Session[]): void {
    const isWaiting = this.#next !== null;
    this.#next = sessions;
    if (!isWaiting) this.#writing = this.#writing.then(() => this.#writeNext());
  }

  /** Resolves when everything is on disk. */
  close(): Promise<void> {
    return this.#writing;
  }

  async #writeNext(): Promise<void> {
    const sessions = (this.#next ?? []).map(({ expiresUs, ...session }) => {
      return { ...session, expiresUnixUs: Math.round(wallUs(expiresUs)) };
    });
    this.#next = null;
    try {
      await replaceFile(this.#path, JSON.stringify({ sessions }));
    } catch (error) {
      this.#log.warn({ file: this.#path, why: SightlineError.from(error).message }, 'logins are not kept');
    }
  }
}

/** A reader sees the old text or the new one, also after a power cut. */
async function replaceFile(target: string, text: string): Promise<void> {
  const temporary = `${target}.new`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, target);
}
