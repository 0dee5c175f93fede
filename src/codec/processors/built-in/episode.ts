// One motion from its start to its end: what moves, rests for a moment and moves again is one motion and no two.

/** Something must move in two frames on end: a single one is a flash or a damaged picture. */
const FRAMES_TO_START = 2;

export interface MotionEnd {
  /** From the first frame that moved to the last one. */
  readonly durationMs: number;
  /** Share of the picture that moved, at most. */
  readonly peak: number;
}

export type MotionTurn = { readonly kind: 'start' } | ({ readonly kind: 'end' } & MotionEnd) | null;

export class Episode {
  #frames = 0;
  #running = false;
  #firstMs = 0;
  #lastMs = 0;
  #peak = 0;

  get running(): boolean {
    return this.#running;
  }

  /** `share`: of the picture, 0 when nothing moves. `timeMs`: of the frame. `holdOffMs`: rest that ends a motion. */
  take(share: number, timeMs: number, holdOffMs: number): MotionTurn {
    if (share > 0) return this.#move(share, timeMs);
    if (!this.#running) {
      this.#frames = 0;
      return null;
    }
    if (timeMs - this.#lastMs < holdOffMs) return null;
    this.#running = false;
    this.#frames = 0;
    return { kind: 'end', durationMs: this.#lastMs - this.#firstMs, peak: this.#peak };
  }

  #move(share: number, timeMs: number): MotionTurn {
    this.#lastMs = timeMs;
    if (this.#frames++ === 0) {
      this.#firstMs = timeMs;
      this.#peak = 0;
    }
    this.#peak = Math.max(this.#peak, share);
    if (this.#running || this.#frames < FRAMES_TO_START) return null;
    this.#running = true;
    return { kind: 'start' };
  }
}
