// QR codes as events: once when one comes into the picture, and again only after it was gone for a while.

import { z } from 'zod';
import { defineProcessor } from '../contract.ts';
import type { Box, Mat, ProcessorFrame, SetupContext } from '../contract.ts';

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
/** Numbers of each code: four corners, x and y. */
const CORNER_NUMBERS = 8;

type Options = z.output<typeof options>;

/** What the bindings have beyond their types. */
interface Bindings {
  readonly QRCodeDetectorAruco: new () => Detector;
  readonly StringVector: new () => Texts;
}

interface Detector {
  detectAndDecodeMulti(picture: Mat, texts: Texts, corners: Mat): boolean;
  delete(): void;
}

interface Texts {
  size(): number;
  get(index: number): string;
  delete(): void;
}

interface Code {
  readonly text: string;
  readonly box: Box;
}

// OpenCV's other detector (QRCodeDetector) costs nine times as much on pictures without codes, and passes over codes
// with two pixels a module (bench/processors).
export default defineProcessor({
  description: 'QR codes in the picture, several at once',
  input: { width: 960, format: 'gray', fps: 3 },
  options,
  events,
  setup: (context) => new CodeReader(context),
});

class CodeReader {
  readonly #texts: Texts;
  readonly #detector: Detector;
  readonly #corners: Mat;
  readonly #seenMs = new Map<string, number>();
  #options: Options;

  constructor({ cv, options: given }: SetupContext<Options>) {
    this.#options = given;
    const { QRCodeDetectorAruco, StringVector } = cv as unknown as Bindings;
    this.#detector = new QRCodeDetectorAruco();
    this.#texts = new StringVector();
    this.#corners = new cv.Mat();
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
    this.#corners.delete();
    this.#texts.delete();
    this.#detector.delete();
  }

  #find({ mat, width, height }: ProcessorFrame): Code[] {
    if (!this.#detector.detectAndDecodeMulti(mat, this.#texts, this.#corners)) return [];
    const corners = this.#corners.data32F;
    return Array.from({ length: this.#texts.size() }, (_, index) => {
      const text = this.#texts.get(index);
      const own = corners.subarray(index * CORNER_NUMBERS, (index + 1) * CORNER_NUMBERS);
      return { text, box: boxAround(own, width, height) };
    }).filter(({ text }) => text !== '');
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
  const [xs, ys] = [corners.filter((_, index) => index % 2 === 0), corners.filter((_, index) => index % 2 === 1)];
  const [left, top] = [Math.min(...xs) / width, Math.min(...ys) / height];
  return { x: left, y: top, width: Math.max(...xs) / width - left, height: Math.max(...ys) / height - top };
}
