// Hands each part of a channel to all who take them. A round that takes long goes on in the event loop's next turn, and
// rounds begin with another viewer each time, so that nobody is always the last.

import { nowUs } from '../../../base/clock.ts';
import type { Part } from './part.ts';

/** Who takes the parts of a channel: a viewer's connection, or a tile of one. */
export interface PartTaker {
  /** Place in the fan-out's table; owned by the fan-out, -1 outside. */
  slot: number;
  /** Takes a part or leaves it, at once; must not throw. `ordinal` counts the fan-out's parts. */
  offer(part: Part, ordinal: number): void;
}

const TURN_US = 4000;
/** The clock is read once in this many viewers. A power of two. */
const CLOCK_EVERY = 16;

export class Fanout {
  readonly #viewers: PartTaker[] = [];
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

  add(viewer: PartTaker): void {
    viewer.slot = this.#viewers.length;
    this.#viewers.push(viewer);
  }

  /** Removing twice is harmless. */
  remove(viewer: PartTaker): void {
    if (this.#viewers[viewer.slot] !== viewer) return;
    const last = this.#viewers.pop();
    if (last !== undefined && last !== viewer) {
      this.#viewers[viewer.slot] = last;
      last.slot = viewer.slot;
    }
    viewer.slot = -1;
  }

  /** Gives a viewer that has just been added what the others have already. */
  catchUp(viewer: PartTaker): void {
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
