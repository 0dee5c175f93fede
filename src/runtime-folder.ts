// The folder of mode 0700 in which the processes of one server have their media sockets, made at its start.

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SightlineError } from './base/errors.ts';

/** The system's limit for a socket's path (macOS has the smallest), less the longest name of a socket in the folder. */
const MAX_FOLDER_LENGTH = 103 - '/4194304.sock'.length;
/** Stands in for a temporary folder with too long a path. */
const SHORT_FOLDER = '/tmp';
const NAME = 'sightline-';
const RANDOM_LENGTH = 6;

/** Makes the folder and gives its path. Throws `folder-unusable`. */
export async function makeRuntimeFolder(parent: string = tmpdir()): Promise<string> {
  const isLong = path.join(parent, NAME).length + RANDOM_LENGTH > MAX_FOLDER_LENGTH;
  const chosen = isLong && process.platform !== 'win32' ? SHORT_FOLDER : parent;
  try {
    return await mkdtemp(path.join(chosen, NAME));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SightlineError(
      'folder-unusable',
      `No folder can be made in ${chosen}: ${WHY[code ?? ''] ?? code ?? ''}.`,
      {
        cause: error,
      },
    );
  }
}

const WHY: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'it is read-only',
  ENOSPC: 'it is full',
  EDQUOT: 'its quota is used up',
  ENOENT: 'it does not exist',
  ENOTDIR: 'it is no folder',
};
