// What a processor shows of a frame: its own picture, or the original with its drawings on it, as a Frame with the
// capture time of the one that it came from. Nothing is made while nobody watches.

import type { Hub } from '../../base/hub.ts';
import { drawnCopy } from '../ffmpeg/made-frame.ts';
import { PictureMaker } from '../ffmpeg/picture-maker.ts';
import type { Frame } from '../ffmpeg/frame.ts';
import { frameHub } from '../frame-hub.ts';
import { drawAll } from './drawing.ts';
import type { Done } from './thread.ts';

/** A processor that gave nothing to see for so many frames shows nothing. */
const SHOWS_NOTHING_AFTER = 30;

export class Showing {
  readonly #maker = new PictureMaker();
  #kind: 'picture' | 'drawings' | 'nothing' | null = null;
  #barren = 0;

  /** Null until it is known. */
  get kind(): 'picture' | 'drawings' | 'nothing' | null {
    return this.#kind;
  }

  /** The caller owns the one reference of what it gets. Throws `decode-failed` without memory. */
  show({ picture, drawings }: Done, original: Frame, watched: boolean): Frame | null {
    if (picture === null && drawings === null) {
      if (++this.#barren >= SHOWS_NOTHING_AFTER) this.#kind ??= 'nothing';
      return null;
    }
    this.#kind = picture === null ? 'drawings' : 'picture';
    if (!watched) return null;
    if (picture !== null) {
      const { epoch, sequence, stamp } = original;
      return this.#maker.make(new Uint8Array(picture.buffer), picture, { epoch, sequence, stamp });
    }
    return drawnCopy(original, (canvas) => drawAll(canvas, drawings ?? []));
  }

  close(): void {
    this.#maker.close();
  }
}

/** The hub of what a processor shows. `onDemand` is called when its first reader came and when its last one left. */
export function createPictureHub(onDemand: () => void): Hub<Frame> {
  return frameHub('pictures of a processor', () => {
    onDemand();
    return Promise.resolve(() => {
      queueMicrotask(onDemand);
      return Promise.resolve();
    });
  });
}
