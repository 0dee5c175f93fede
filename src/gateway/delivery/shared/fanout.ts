// Hands each part of a channel to all its viewers. A round that takes long goes on in the event loop's next turn, and
// rounds begin with another viewer each time, so that nobody is always the last.

import { nowUs } from '../../../base/clock.ts';
import type { Part } from './part.ts';
import type { ViewerSocket } from './viewer-socket.ts';

const TURN_US = 4000;
/** The clock is read once in this many viewers. A power of two. */
const CLOCK_EVERY = 16;

export class Fanout {
  readonly #viewers: ViewerSocket[] = [];
  /** Every second picture is given to nobody: the process sheds load. */
  halved = false;
  #skipped = false;
  #part: Part | null = null;
  #ordinal = 0;
  #cursor = 0;
  #left = 0;
  #continues = false;
  readonly #continue = (): void => {
    this.#continues = false;
    this.#round();
  };

  get size(): number {
    return this.#viewers.length;
  }

  add(viewer: ViewerSocket): void {
    viewer.slot = this.#viewers.length;
    this.#viewers.push(viewer);
  }

  /** Removing twice is harmless. */
  remove(viewer: ViewerSocket): void {
    if (this.#viewers[viewer.slot] !== viewer) return;
    const last = this.#viewers.pop();
    if (last !== undefined && last !== viewer) {
      this.#viewers[viewer.slot] = last;
      last.slot = viewer.slot;
    }
    viewer.slot = -1;
  }

  /** Gives a viewer that has just been added what the others have already. */
  catchUp(viewer: ViewerSocket): void {
    if (this.#part !== null) viewer.offer(this.#part, this.#ordinal);
  }

  /** Begins a round with a new part; a round that is still under way goes on with the newer part. */
  publish(part: Part): void {
    this.#skipped = this.halved && !part.slate && !this.#skipped;
    if (this.#skipped) return;
    this.#part = part;
    this.#ordinal += 1;
    this.#left = this.#viewers.length;
    if (!this.#continues) this.#round();
  }

  each(visit: (viewer: ViewerSocket) => void): void {
    for (const viewer of [...this.#viewers]) visit(viewer);
  }

  #round(): void {
    const deadlineUs = nowUs() + TURN_US;
    while (this.#left > 0 && this.#viewers.length > 0) {
      if (this.#cursor >= this.#viewers.length) this.#cursor = 0;
      this.#viewers[this.#cursor]!.offer(this.#part!, this.#ordinal);
      this.#cursor += 1;
      this.#left -= 1;
      if (this.#left % CLOCK_EVERY === 0 && this.#left > 0 && nowUs() > deadlineUs) {
        this.#continues = true;
        setImmediate(this.#continue);
        return;
      }
    }
    this.#cursor += (this.#viewers.length >> 3) + 1;
  }
}
