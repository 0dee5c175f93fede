// Writes a file so that whoever reads it, and whoever finds it after a power cut, sees the old text or the new one and
// never a part: a temporary file beside it, fsync, rename, fsync of the folder.

import { randomBytes } from 'node:crypto';
import { renameSync } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';

export interface ReplaceOptions {
  /** Permissions of a file that is new; one that is there keeps its own and its owner. */
  readonly mode: number;
  /** Called right before the new file takes the place of the old; false: it does not. Must not wait. */
  readonly isStillWanted?: () => boolean;
}

/**
 * Replaces a file, or makes it. False when `isStillWanted` said so; nothing is changed then, nor when it throws (with
 * the system's error: ENOSPC, EROFS, EBUSY for a file that is a mount of its own, EPERM where its owner cannot be kept).
 */
export async function replaceFile(file: string, text: string, options: ReplaceOptions): Promise<boolean> {
  const folder = path.dirname(file);
  const temporary = path.join(folder, `.${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await fill(handle, file, { text, mode: options.mode });
    if (options.isStillWanted?.() === false) return false;
    renameSync(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(folder);
  return true;
}

async function fill(handle: FileHandle, file: string, content: { text: string; mode: number }): Promise<void> {
  try {
    await keepTraits(handle, file, content.mode);
    await handle.writeFile(content.text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function keepTraits(handle: FileHandle, file: string, mode: number): Promise<void> {
  const old = await statOrNull(file);
  if (old !== null && process.platform !== 'win32') {
    const own = await handle.stat();
    if (own.uid !== old.uid || own.gid !== old.gid) await handle.chown(old.uid, old.gid);
  }
  await handle.chmod(old === null ? mode : old.mode & 0o7777);
}

async function statOrNull(file: string) {
  try {
    return await stat(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Makes the rename itself last; false where the system cannot do that. The new file is in its place either way. */
async function syncFolder(folder: string): Promise<boolean> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
    return true;
  } catch {
    return false;
  }
}
