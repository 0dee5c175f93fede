// The frames of a camera on their way to one processor: thinned to the rate that it asked for, and of those that wait
// only the newest. What it was too slow for is counted here, and costs neither the camera nor other processors anything.

import type { Hub, Reader } from '../../base/hub.ts';
import { Due } from '../../media/due.ts';
import type { Frame } from '../ffmpeg/frame.ts';

export class FrameInlet {
  /** Frames that were due. */
  taken = 0;
  /** Of these, those that a newer one took the place of. */
  skipped = 0;
  readonly #frames: Hub<Frame>;
  readonly #onFrame: () => void;
  #due = new Due(null);
  #fps = 0;
  #reader: Reader<Frame> | null = null;
  #held: Frame | null = null;
  #telling: NodeJS.Immediate | null = null;

  /** `onFrame`: there is a newer one, told behind everything that the camera's own pictures need at once. */
  constructor(frames: Hub<Frame>, onFrame: () => void) {
    this.#frames = frames;
    this.#onFrame = onFrame;
  }

  /** At most so many frames a second. */
  set fps(fps: number) {
    if (fps === this.#fps) return;
    this.#fps = fps;
    this.#due = new Due(fps);
  }

  /** The newest frame that nobody has taken; owned by the inlet. */
  get held(): Frame | null {
    return this.#held;
  }

  /** Somebody has taken it. */
  letGo(): void {
    this.#held?.release();
    this.#held = null;
  }

  /** Begins to read; harmless when it does. */
  open(): void {
    if (this.#reader !== null) return;
    const reader = this.#frames.attach({ start: 'next', policy: 'latest' });
    reader.onReady = () => this.#take(reader);
    // The frame hub ends its readers when codec closes.
    reader.onEnd = () => this.close();
    this.#reader = reader;
  }

  close(): void {
    this.#reader?.close();
    this.#reader = null;
    if (this.#telling !== null) clearImmediate(this.#telling);
    this.#telling = null;
    this.letGo();
  }

  #take(reader: Reader<Frame>): void {
    const frame = reader.take();
    if (frame === undefined) return;
    if (!this.#due.isDue(frame.stamp.capturedAtUs)) {
      frame.release();
      return;
    }
    this.taken++;
    if (this.#held !== null) {
      this.skipped++;
      this.#held.release();
    }
    this.#held = frame;
    this.#telling ??= setImmediate(() => {
      this.#telling = null;
      this.#onFrame();
    });
  }
}
