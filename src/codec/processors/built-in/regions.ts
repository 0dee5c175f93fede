// From a mask of pixels to boxes of what moves: pixels are counted in cells, so that single ones (noise) fall out and
// parts of one thing that nearly touch stay together.

import type { Box, Cv, Mat } from '../contract.ts';

/** Side of a cell, pixels of the small picture. */
const CELL = 8;
/** A cell moves when a quarter of it does: as OpenCV averages it. */
const CELL_SHARE = 64;
/** Numbers that OpenCV gives of each component. */
const STATS = 5;
const MAX_REGIONS = 20;

export class Regions {
  readonly #cv: Cv;
  readonly #columns: number;
  readonly #rows: number;
  readonly #cells: Mat;
  readonly #labels: Mat;
  readonly #stats: Mat;
  readonly #centroids: Mat;
  readonly #kernel: Mat;

  constructor(cv: Cv, width: number, height: number) {
    this.#cv = cv;
    this.#columns = Math.max(1, Math.round(width / CELL));
    this.#rows = Math.max(1, Math.round(height / CELL));
    this.#cells = new cv.Mat();
    this.#labels = new cv.Mat();
    this.#stats = new cv.Mat();
    this.#centroids = new cv.Mat();
    this.#kernel = cv.Mat.ones(3, 3, cv.CV_8UC1);
  }

  /** The largest first. `minShare`: of the picture, smaller ones are left out. */
  find(moving: Mat, minShare: number): { readonly boxes: readonly Box[]; readonly share: number } {
    const cv = this.#cv;
    cv.resize(moving, this.#cells, new cv.Size(this.#columns, this.#rows), 0, 0, cv.INTER_AREA);
    cv.threshold(this.#cells, this.#cells, CELL_SHARE, 255, cv.THRESH_BINARY);
    if (cv.countNonZero(this.#cells) === 0) return { boxes: [], share: 0 };
    cv.morphologyEx(this.#cells, this.#cells, cv.MORPH_CLOSE, this.#kernel);
    const count = cv.connectedComponentsWithStats(this.#cells, this.#labels, this.#stats, this.#centroids);
    const all = this.#columns * this.#rows;
    const found: { box: Box; share: number }[] = [];
    for (let label = 1; label < count; label++) {
      const [x, y, width, height, area] = this.#stats.data32S.subarray(
        label * STATS,
        (label + 1) * STATS,
      ) as unknown as Five;
      if (area / all < minShare) continue;
      const box = { x: x / this.#columns, y: y / this.#rows };
      found.push({ box: { ...box, width: width / this.#columns, height: height / this.#rows }, share: area / all });
    }
    found.sort((a, b) => b.share - a.share);
    const boxes = merged(found.slice(0, MAX_REGIONS).map(({ box }) => box));
    return { boxes, share: found.reduce((sum, { share }) => sum + share, 0) };
  }

  close(): void {
    for (const mat of [this.#cells, this.#labels, this.#stats, this.#centroids, this.#kernel]) mat.delete();
  }
}

type Five = readonly [number, number, number, number, number];

/** Boxes that overlap become one. */
export function merged(boxes: readonly Box[]): Box[] {
  const done: Box[] = [];
  for (let box of boxes) {
    for (let other = done.findIndex((each) => overlap(each, box)); other >= 0;) {
      box = around(box, done.splice(other, 1)[0]!);
      other = done.findIndex((each) => overlap(each, box));
    }
    done.push(box);
  }
  return done;
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function around(a: Box, b: Box): Box {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  const [right, bottom] = [Math.max(a.x + a.width, b.x + b.width), Math.max(a.y + a.height, b.y + b.height)];
  return { x, y, width: right - x, height: bottom - y };
}
