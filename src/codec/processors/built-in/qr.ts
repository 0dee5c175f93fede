// QR codes as events: once when one comes into the picture, and again only after it was gone for a while.

import { z } from 'zod';
import { defineProcessor } from '../contract.ts';
import type { Box, Cv, Mat, ProcessorFrame, SetupContext } from '../contract.ts';
import { CodeFinder } from './qr-finder.ts';

const options = z.object({
  againSeconds: z
    .number()
    .min(0)
    .max(86_400)
    .default(5)
    .describe('A code is told again after it was out of sight for so long'),
});

const events = { seen: z.object({ text: z.string().describe('What the code says') }) };

/** Of its text, on the picture. */
const LABEL_LENGTH = 40;
/** A code is read in a cutting with so much around it as the reader looks at to tell dark from light. */
const MARGIN_PX = 42;
/** Of the first reading's. */
const SECOND_SCALE = 0.9;
/** So much of a core codes of one picture are read for; those behind are the first ones of the next. One takes 3 ms. */
const READING_US = 200_000;

type Options = z.output<typeof options>;

interface Code {
  readonly text: string;
  readonly box: Box;
}

export default defineProcessor({
  description: 'QR codes in the picture, several at once',
  input: { width: 960, format: 'gray', fps: 3 },
  options,
  events,
  setup: (context) => new CodeReader(context),
});

class CodeReader {
  readonly #cv: Cv;
  readonly #finder: CodeFinder;
  readonly #seenMs = new Map<string, number>();
  #options: Options;
  #turn = 0;

  constructor(context: SetupContext<Options>) {
    this.#options = context.options;
    this.#cv = context.cv;
    this.#finder = new CodeFinder(context);
  }

  process(frame: ProcessorFrame) {
    const codes = this.#find(frame);
    const fresh = this.#remember(codes, frame.capturedAt.unixUs / 1000);
    return {
      drawings: codes.map(({ text, box }) => ({ kind: 'box', ...box, label: text.slice(0, LABEL_LENGTH) }) as const),
      events: fresh.map(({ text, box }) => ({ type: 'seen', boxes: [box], data: { text } }) as const),
    };
  }

  update(given: Options): void {
    this.#options = given;
  }

  close(): void {
    this.#finder.close();
  }

  #find({ mat, width, height }: ProcessorFrame): Code[] {
    const places = this.#finder.find(mat);
    const before = process.threadCpuUsage();
    const codes: Code[] = [];
    for (let count = 0; count < places.length; count++) {
      if (process.threadCpuUsage(before).user > READING_US) break;
      const corners = places[this.#turn++ % places.length]!;
      const text = this.#read(mat, corners);
      if (text !== '') codes.push({ text, box: boxAround(corners, width, height) });
    }
    return codes;
  }

  /** Empty: it cannot be read. */
  #read(mat: Mat, corners: Float32Array): string {
    const { x, y, width, height } = cuttingAround(corners, mat);
    if (!(width > 0 && height > 0 && areaOf(corners) > 0)) return '';
    const part = mat.roi(new this.#cv.Rect(x, y, width, height));
    const own = corners.map((at, index) => at - (index % 2 === 0 ? x : y));
    try {
      return this.#readPart(part, own) || this.#readSmaller(part, own);
    } finally {
      part.delete();
    }
  }

  /** Other pixels of the same code: some are read only so. */
  #readSmaller(part: Mat, corners: Float32Array): string {
    const smaller = new this.#cv.Mat();
    try {
      this.#cv.resize(part, smaller, new this.#cv.Size(0, 0), SECOND_SCALE, SECOND_SCALE, this.#cv.INTER_AREA);
      const scaled = corners.map((at) => at * SECOND_SCALE);
      return this.#readPart(smaller, scaled);
    } finally {
      smaller.delete();
    }
  }

  #readPart(part: Mat, corners: Float32Array): string {
    const { codes, texts } = this.#finder;
    const own = this.#cv.matFromArray(1, corners.length / 2, this.#cv.CV_32FC2, [...corners]);
    try {
      return codes.decodeMulti(part, own, texts) && texts.size() > 0 ? texts.get(0) : '';
    } finally {
      own.delete();
    }
  }

  /** Those that were not in sight lately. */
  #remember(codes: readonly Code[], nowMs: number): Code[] {
    const againMs = this.#options.againSeconds * 1000;
    for (const [text, seenMs] of this.#seenMs) if (nowMs - seenMs > againMs) this.#seenMs.delete(text);
    return codes.filter(({ text }) => {
      const isFresh = !this.#seenMs.has(text);
      this.#seenMs.set(text, nowMs);
      return isFresh;
    });
  }
}

function boxAround(corners: Float32Array, width: number, height: number): Box {
  const { left, top, right, bottom } = edgesOf(corners);
  return { x: left / width, y: top / height, width: (right - left) / width, height: (bottom - top) / height };
}

function cuttingAround(corners: Float32Array, { cols, rows }: Mat) {
  const { left, top, right, bottom } = edgesOf(corners);
  const [x, y] = [Math.max(0, Math.floor(left) - MARGIN_PX), Math.max(0, Math.floor(top) - MARGIN_PX)];
  const width = Math.min(cols, Math.ceil(right) + MARGIN_PX) - x;
  return { x, y, width, height: Math.min(rows, Math.ceil(bottom) + MARGIN_PX) - y };
}

/** OpenCV refuses to read what has none. NaN where a corner is nowhere. */
function areaOf(corners: Float32Array): number {
  const count = corners.length / 2;
  let twice = 0;
  for (let index = 0; index < count; index++) {
    const next = (index + 1) % count;
    twice += corners[2 * index]! * corners[2 * next + 1]! - corners[2 * next]! * corners[2 * index + 1]!;
  }
  return Math.abs(twice) / 2;
}

function edgesOf(corners: Float32Array) {
  const [xs, ys] = [corners.filter((_, index) => index % 2 === 0), corners.filter((_, index) => index % 2 === 1)];
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}
