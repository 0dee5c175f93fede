// What a camera sees when nothing moves: for each pixel the average of what it was and how much it usually strays from
// that. Less than a third of what OpenCV's own MOG2 costs here with the noise taken out of its result (bench/processors).

import type { Cv, Mat } from '../contract.ts';

/** So many times its usual straying is still rest: leaves, flicker, noise of the dark. */
const USUAL_DEVIATIONS = 3;

export interface BackgroundOptions {
  readonly cv: Cv;
  readonly width: number;
  readonly height: number;
}

export class Background {
  /** 255 where the last frame moved. */
  readonly moving: Mat;
  readonly #cv: Cv;
  readonly #now: Mat;
  readonly #difference: Mat;
  readonly #limit: Mat;
  #average: Mat;
  #deviation: Mat;
  #spare: Mat;

  constructor({ cv, width, height }: BackgroundOptions) {
    this.#cv = cv;
    const plane = (type: number): Mat => new cv.Mat(height, width, type, new cv.Scalar(0));
    this.moving = plane(cv.CV_8UC1);
    this.#now = plane(cv.CV_32FC1);
    this.#difference = plane(cv.CV_32FC1);
    this.#limit = plane(cv.CV_32FC1);
    this.#average = plane(cv.CV_32FC1);
    this.#deviation = plane(cv.CV_32FC1);
    this.#spare = plane(cv.CV_32FC1);
  }

  /** Takes this frame as what rest looks like; how much pixels usually stray is kept. */
  restart(frame: Mat): void {
    frame.convertTo(this.#average, this.#cv.CV_32F);
    this.moving.setTo(new this.#cv.Scalar(0));
  }

  /** Sets `moving`. `threshold`: gray levels that a pixel without noise may stray by. */
  compare(frame: Mat, threshold: number): void {
    const cv = this.#cv;
    frame.convertTo(this.#now, cv.CV_32F);
    cv.absdiff(this.#now, this.#average, this.#difference);
    this.#deviation.convertTo(this.#limit, -1, USUAL_DEVIATIONS, threshold);
    cv.compare(this.#difference, this.#limit, this.moving, cv.CMP_GT);
  }

  /** Learns from the frame that was compared last. Its weight is 0 to 1, where it moved another one. */
  learn(weight: number, movingWeight: number): void {
    this.#average = this.#blend(this.#now, this.#average, [weight, movingWeight]);
    this.#deviation = this.#blend(this.#difference, this.#deviation, [weight, movingWeight]);
  }

  #blend(fresh: Mat, known: Mat, [weight, movingWeight]: readonly [number, number]): Mat {
    const blended = this.#spare;
    this.#cv.addWeighted(fresh, weight, known, 1 - weight, 0, blended);
    this.#cv.addWeighted(fresh, movingWeight, known, 1 - movingWeight, 0, this.#limit);
    this.#limit.copyTo(blended, this.moving);
    this.#spare = known;
    return blended;
  }

  close(): void {
    const planes = [this.#now, this.#difference, this.#limit, this.#average, this.#deviation, this.#spare];
    for (const plane of [this.moving, ...planes]) plane.delete();
  }
}
