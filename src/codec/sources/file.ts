// The file source: plays a video file in real time, looping for ever, as if it were a camera.

import { stat } from 'node:fs/promises';
import { SightlineError } from '../../base/errors.ts';
import { HINTS } from '../../base/hints.ts';
import type { SourceAddress } from '../../config/camera.ts';
import type { Source, SourceSink } from '../../media/types.ts';
import { InputFailure, MediaInput } from '../ffmpeg/input.ts';
import { FILE_INPUT } from './white-lists.ts';
import { playPaced } from './paced.ts';

/** `address.target` is the absolute path. */
export function createFileSource({ address }: { readonly address: SourceAddress }): Source {
  const path = address.target;
  return {
    async run(sink: SourceSink, signal: AbortSignal): Promise<void> {
      const open = (): Promise<MediaInput> => MediaInput.open(`file:${path}`, FILE_INPUT, signal);
      try {
        await playPaced(await openFile(path, signal), open, sink, signal);
      } catch (error) {
        if (signal.aborted) return;
        throw fileError(path, error);
      }
    },
  };
}

/** Opens a video file. Throws `file-missing`, `file-unreadable`. */
export async function openFile(path: string, signal: AbortSignal): Promise<MediaInput> {
  try {
    await requireFile(path);
    return await MediaInput.open(`file:${path}`, FILE_INPUT, signal);
  } catch (error) {
    throw fileError(path, error);
  }
}

async function requireFile(path: string): Promise<void> {
  const found = await stat(path);
  if (found.isDirectory()) throw new SightlineError('file-unreadable', `${path} is a folder, not a video file.`);
  if (!found.isFile()) throw new SightlineError('file-unreadable', `${path} is not a regular file.`);
  if (found.size === 0) throw new SightlineError('file-unreadable', `${path} is empty.`);
}

const UNREADABLE = 'file-unreadable';

/** What went wrong with a file, for people. */
export function fileError(path: string, error: unknown): SightlineError {
  if (error instanceof SightlineError) return error;
  if (error instanceof InputFailure) {
    const text = `${path} could not be played: ${error.message}.`;
    return new SightlineError(UNREADABLE, text, { cause: error });
  }
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new SightlineError('file-missing', `There is no file ${path}.`, { cause: error });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    const options = { hint: HINTS.readableFile, cause: error };
    return new SightlineError(UNREADABLE, `${path} may not be read by this user.`, options);
  }
  return SightlineError.from(error, UNREADABLE);
}
