// The pictures that events were found in, small (about 30 KB each) and only the newest: an event of last night has none
// any more, one of the last minutes shows what happened and not what is there now.

import { KEPT_PICTURES } from '../../link/processors.ts';
import type { Jpeg } from '../../media/types.ts';
import type { Frame } from '../ffmpeg/frame.ts';
import { JpegEncoder } from '../ffmpeg/jpeg-encoder.ts';

const WIDTH = 640;
const QUALITY = 70;
/** More than this at once are not worth delaying anything for. */
const MAX_WAITING = 4;

/** Of one camera. */
export class EventPictures {
  readonly #kept = new Map<number, Promise<Jpeg | null>>();
  readonly #encoder = new JpegEncoder(WIDTH, QUALITY);
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #closed = false;

  /** Keeps a picture of the frame, which is valid inside the call only; one that is kept already once. */
  keep(frame: Frame): void {
    if (this.#closed || this.#kept.has(frame.sequence) || this.#waiting >= MAX_WAITING) return;
    frame.retain();
    this.#waiting++;
    const picture = this.#turn.then(() => this.#encode(frame));
    this.#turn = picture;
    this.#kept.set(frame.sequence, picture);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_PICTURES) break;
      this.#kept.delete(oldest);
    }
  }

  /** The picture of this frame; null when it is not kept. */
  find(sequence: number): Promise<Jpeg | null> {
    return this.#kept.get(sequence) ?? Promise.resolve(null);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#turn;
    await this.#encoder.close();
    this.#kept.clear();
  }

  async #encode(frame: Frame): Promise<Jpeg | null> {
    try {
      return this.#closed ? null : await this.#encoder.encode(frame);
    } catch {
      // A picture that cannot be encoded is one that is not kept.
      return null;
    } finally {
      this.#waiting--;
      frame.release();
    }
  }
}
