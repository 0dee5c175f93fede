// Where QR codes are in a picture, in time that a picture full of squares cannot stretch: their corner patterns are
// counted before OpenCV's detector of codes looks at all triples of them.

import type { Cv, Mat, SetupContext } from '../contract.ts';

/** A corner pattern has seven modules; with less than one and a half pixels each no code can be read. */
const LEAST_PATTERN_PX = 7 * 1.5;
/** Of thirty codes. The detector's time goes with the third power: 0.1 s for these, 10 s for seven times as many. */
const MOST_PATTERNS = 90;
const PATTERNS_A_CODE = 3;
/** Corners of each code: x and y of four. */
const CORNER_NUMBERS = 8;
/** The pattern inside of its dark frame, which ArUco takes for a marker's: light with a dark middle, row by row in bits. */
const PATTERN_BITS = [0b1111_1100, 0b0110_0011, 0b0001_1111, 0b1];
const PATTERN = { modules: 5, wrongBits: 4, turns: 4 } as const;

interface Deletable {
  delete(): void;
}

interface Parameters extends Deletable {
  minMarkerPerimeterRate: number;
}

interface Markers extends Deletable {
  detectMarkers(picture: Mat, corners: Deletable, ids: Mat, rejected: Deletable): void;
}

export interface Texts extends Deletable {
  size(): number;
  get(index: number): string;
}

interface Codes extends Deletable {
  setArucoParameters(parameters: Parameters): void;
  detectMulti(picture: Mat, corners: Mat): boolean;
  decodeMulti(picture: Mat, corners: Mat, texts: Texts): boolean;
}

/** What the bindings have beyond their types. */
interface Bindings {
  readonly QRCodeDetectorAruco: new () => Codes;
  readonly StringVector: new () => Texts;
  readonly aruco_DetectorParameters: new () => Parameters;
  readonly aruco_Dictionary: new (bytes: Mat, markerSize: number, correctionBits: number) => Deletable;
  readonly aruco_RefineParameters: new (distance: number, errors: number, allOrders: boolean) => Deletable;
  readonly aruco_ArucoDetector: new (words: Deletable, parameters: Parameters, refine: Deletable) => Markers;
}

// OpenCV's other detector (QRCodeDetector) costs nine times as much on pictures without codes, and passes over codes
// with two pixels a module (bench/processors).
export class CodeFinder {
  readonly codes: Codes;
  readonly texts: Texts;
  readonly #patterns: Markers;
  readonly #found: Deletable & { size(): number };
  readonly #rejected: Deletable;
  readonly #ids: Mat;
  readonly #corners: Mat;

  constructor({ cv, width, height }: Pick<SetupContext<unknown>, 'cv' | 'width' | 'height'>) {
    const bindings = cv as unknown as Bindings;
    const parameters = new bindings.aruco_DetectorParameters();
    parameters.minMarkerPerimeterRate = (4 * LEAST_PATTERN_PX) / Math.max(width, height);
    this.codes = new bindings.QRCodeDetectorAruco();
    this.codes.setArucoParameters(parameters);
    this.texts = new bindings.StringVector();
    this.#patterns = patternDetector(cv, parameters);
    parameters.delete();
    this.#found = new cv.MatVector();
    this.#rejected = new cv.MatVector();
    this.#ids = new cv.Mat();
    this.#corners = new cv.Mat();
  }

  /** Corners of each code: x and y of left top, right top, right bottom, left bottom as the code is read. */
  find(picture: Mat): Float32Array[] {
    this.#patterns.detectMarkers(picture, this.#found, this.#ids, this.#rejected);
    const count = this.#found.size();
    if (count < PATTERNS_A_CODE || count > MOST_PATTERNS) return [];
    if (!this.codes.detectMulti(picture, this.#corners)) return [];
    const all = Float32Array.from(this.#corners.data32F);
    return Array.from({ length: all.length / CORNER_NUMBERS }, (_, index) => {
      return all.subarray(index * CORNER_NUMBERS, (index + 1) * CORNER_NUMBERS);
    });
  }

  close(): void {
    for (const each of [this.#corners, this.#ids, this.#rejected, this.#found]) each.delete();
    for (const each of [this.#patterns, this.texts, this.codes]) each.delete();
  }
}

function patternDetector(cv: Cv, parameters: Parameters): Markers {
  const { aruco_Dictionary, aruco_RefineParameters, aruco_ArucoDetector } = cv as unknown as Bindings;
  const { modules, wrongBits, turns } = PATTERN;
  const bytes = cv.matFromArray(
    1,
    PATTERN_BITS.length,
    cv.CV_8UC4,
    Array.from({ length: turns }, () => PATTERN_BITS).flat(),
  );
  const dictionary = new aruco_Dictionary(bytes, modules, wrongBits);
  const refine = new aruco_RefineParameters(10, 3, true);
  const detector = new aruco_ArucoDetector(dictionary, parameters, refine);
  for (const each of [bytes, dictionary, refine]) each.delete();
  return detector;
}
