// The config file as bytes on a disk: told apart from what it was by a fingerprint, read, and written so that it is
// never half there. What its text means is not known here.

import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { open, readFile, realpath, stat } from 'node:fs/promises';
import { replaceFile } from '../base/replace-file.ts';
import { SightlineError } from '../base/errors.ts';
import { decodeConfig, demandOrdinary, unreadable } from './load.ts';

/** What a file that is not there has for a fingerprint. */
export const MISSING = 'missing';

const MODE = 0o600;
const BOM = '\ufeff';

/** Where a new file cannot take the old one's place: a mount of a single file, a folder of somebody else. */
const IN_PLACE = new Set(['EBUSY', 'EXDEV', 'EPERM', 'EACCES', 'EROFS']);

/** Changes whenever the file is written or replaced, also behind symbolic links. */
export async function fingerprint(file: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? MISSING : `unreadable ${code ?? ''}`;
  }
}

/** The whole text. Throws `config-invalid` when it cannot be read. */
export async function readConfigFile(file: string): Promise<string> {
  try {
    demandOrdinary(file, await stat(file));
    return decodeConfig(await readFile(file));
  } catch (error) {
    throw unreadable(file, error);
  }
}

/**
 * Writes the file where `base` is still what stands in it (null: where there is none); false when it is not, and
 * nothing is done. Throws `config-unwritable` with the reason; the file is then as before.
 */
export async function writeConfigFile(file: string, text: string, base: string | null): Promise<boolean> {
  try {
    if (base === null) {
      return await replaceFile(file, text, { mode: MODE, isStillWanted: () => readOrNull(file) === null });
    }
    const target = await realpath(file);
    const bytes = (await startsWithBom(target)) ? BOM + text : text;
    return await replaceOrOverwrite(target, bytes, () => readOrNull(target) === base);
  } catch (error) {
    throw unwritable(file, error);
  }
}

async function replaceOrOverwrite(target: string, text: string, isStillWanted: () => boolean): Promise<boolean> {
  const { nlink } = await stat(target);
  // Replacing one of several names of a file would part them.
  if (nlink > 1) return overwrite(target, text, isStillWanted);
  try {
    return await replaceFile(target, text, { mode: MODE, isStillWanted });
  } catch (error) {
    if (!IN_PLACE.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return overwrite(target, text, isStillWanted);
  }
}

/** In one go, so that other processes see the file half written for as short as can be; undone when it fails. */
async function overwrite(target: string, text: string, isStillWanted: () => boolean): Promise<boolean> {
  if (!isStillWanted()) return false;
  const old = readFileSync(target);
  const descriptor = openSync(target, 'r+');
  try {
    put(descriptor, Buffer.from(text));
  } catch (error) {
    put(descriptor, old);
    throw error;
  } finally {
    closeSync(descriptor);
  }
  const handle = await open(target, 'r');
  await handle.sync().finally(() => handle.close());
  return true;
}

function put(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at, bytes.length - at, at);
  ftruncateSync(descriptor, bytes.length);
}

function readOrNull(file: string): string | null {
  try {
    return decodeConfig(readFileSync(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function startsWithBom(file: string): Promise<boolean> {
  return (await readFile(file)).subarray(0, 3).equals(Buffer.from(BOM));
}

function unwritable(file: string, error: unknown): SightlineError {
  if (error instanceof SightlineError) return error;
  const { code } = error as NodeJS.ErrnoException;
  return new SightlineError('config-unwritable', `${file} cannot be written: ${WHY[code ?? ''] ?? String(error)}`, {
    cause: error,
  });
}

const WHY: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'it is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  ENOENT: 'its folder is gone',
  EIO: 'the disk reports an error',
};
