// The pictures of a file, each once, as fast as they are read: no pace and no loop, unlike the file source.

import { InputDecoder } from './ffmpeg/input-decoder.ts';
import type { Frame } from './ffmpeg/frame.ts';
import { fileError, openFile } from './sources/file.ts';

/**
 * In the order in which they are shown, with times since the first one in place of capture times. The consumer releases
 * each. `file`: absolute path. Throws `file-missing`, `file-unreadable`, `codec-unsupported`.
 */
export async function* clipFrames(file: string): AsyncGenerator<Frame> {
  const decoder = await InputDecoder.open(await openFile(file, new AbortController().signal));
  try {
    for (let picture = await decoder.next(); picture !== null; picture = await decoder.next()) {
      yield picture.dated({ capturedAtUs: picture.positionUs, clock: 'device' });
    }
  } catch (error) {
    throw fileError(file, error);
  } finally {
    await decoder.close();
  }
}
