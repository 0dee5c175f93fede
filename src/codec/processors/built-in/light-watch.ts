// Tells a change of light, a cut or a camera that turned from motion: much of the picture is another one than a frame
// ago. What comes then is learned anew, and for a moment nothing counts. Judged by the mean of cells, which noise spares.

import type { Cv, Mat } from '../contract.ts';

/** Side of a cell, pixels of the small picture. */
const CELL = 8;
/** Gray levels by which a cell is another one: with all others in the same direction, or by itself. */
const LIGHT_LEVELS = 2;
const CUT_LEVELS = 6;
/** Light goes up or down in this share of the picture, and in so few of these cells the other way. */
const LIGHT_SHARE = 0.45;
const LIGHT_DISSENT = 0.1;
const CUT_SHARE = 0.6;
/** A picture that changes as a whole again and again is motion. */
const CUT_PAUSE_S = 2;
/** Exposure and white balance find their rest in about this time. */
const SETTLING_S = 0.5;

/** `changed`: with this frame, also with the first one. `settling`: it has just changed. */
export type Light = 'changed' | 'settling' | 'steady';

export class LightWatch {
  readonly #cv: Cv;
  readonly #cells: Mat;
  #before: Uint8Array | null = null;
  #calmS = 0;

  constructor(cv: Cv) {
    this.#cv = cv;
    this.#cells = new cv.Mat();
  }

  /** `stepS`: seconds since the frame before. */
  judge(frame: Mat, stepS: number): Light {
    const size = new this.#cv.Size(Math.ceil(frame.cols / CELL), Math.ceil(frame.rows / CELL));
    this.#cv.resize(frame, this.#cells, size, 0, 0, this.#cv.INTER_AREA);
    const now = Uint8Array.from(this.#cells.data);
    const before = this.#before;
    this.#before = now;
    this.#calmS += stepS;
    if (before === null || isLight(before, now) || (this.#calmS > CUT_PAUSE_S && isCut(before, now))) {
      this.#calmS = 0;
      return 'changed';
    }
    return this.#calmS < SETTLING_S ? 'settling' : 'steady';
  }

  close(): void {
    this.#cells.delete();
  }
}

function isLight(before: Uint8Array, now: Uint8Array): boolean {
  const brighter = count(before, now, (step) => step > LIGHT_LEVELS);
  const darker = count(before, now, (step) => step < -LIGHT_LEVELS);
  const [most, fewest] = brighter > darker ? [brighter, darker] : [darker, brighter];
  return most > now.length * LIGHT_SHARE && fewest < most * LIGHT_DISSENT;
}

function isCut(before: Uint8Array, now: Uint8Array): boolean {
  return count(before, now, (step) => Math.abs(step) > CUT_LEVELS) > now.length * CUT_SHARE;
}

function count(before: Uint8Array, now: Uint8Array, counts: (step: number) => boolean): number {
  return now.reduce((sum, level, index) => sum + (counts(level - before[index]!) ? 1 : 0), 0);
}
