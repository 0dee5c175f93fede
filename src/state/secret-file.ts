// Random bytes that are kept in a file of mode 0600: made once, then the same for every run and every server here.

import { randomBytes } from 'node:crypto';
import { chmod, link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';

const BYTES = 32;
const TEXT = /^[A-Za-z0-9_-]{43}$/;
const MODE = 0o600;

/** 32 random bytes as base64url. */
export function newSecret(): string {
  return randomBytes(BYTES).toString('base64url');
}

/** The secret of this file, made when there is none. Rejects with the system's error. */
export async function keptSecret(file: string): Promise<string> {
  const found = await readSecret(file);
  if (found !== null) return found;
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFile(temporary, `${newSecret()}\n`, { mode: MODE, flag: 'wx', flush: true });
    await place(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
  const made = await readSecret(file);
  if (made === null) throw new Error(`${file} holds no key although it was just written`);
  return made;
}

/** Gives the new file its name, unless another server was first; a file without a secret in it is no other server's. */
async function place(temporary: string, file: string): Promise<void> {
  try {
    await link(temporary, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Some file systems have no second names.
    if (code !== 'EEXIST' || (await readSecret(file)) === null) await rename(temporary, file);
  }
}

/** Null when there is no file, or none with a secret in it. A file that others may read is closed to them. */
export async function readSecret(file: string): Promise<string | null> {
  try {
    const text = (await readFile(file, 'utf8')).trim();
    if (!TEXT.test(text)) return null;
    if (process.platform !== 'win32' && ((await stat(file)).mode & 0o077) !== 0) await chmod(file, MODE);
    return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
