// The parameters of a test card's address, `test:?codec=mjpeg&width=1280&height=720&fps=30`: checked when the address
// is read, read again by the source that draws the card.

import { SightlineError } from '../base/errors.ts';
import { nearest } from './suggest.ts';

export interface TestParameters {
  /** `h264` is encoded and decoded like a camera's stream; `mjpeg` is passed through. */
  readonly codec: 'h264' | 'mjpeg';
  /** Pixels, even. */
  readonly width: number;
  readonly height: number;
  readonly fps: number;
}

const DEFAULTS: TestParameters = { codec: 'h264', width: 1280, height: 720, fps: 30 };

/** Smallest and largest value of each number. */
const RANGES = { width: [160, 3840], height: [90, 2160], fps: [1, 60] } as const;

const NAMES = ['codec', 'width', 'height', 'fps'] as const;

const ALLOWED = 'codec=h264 or mjpeg, width=160 to 3840, height=90 to 2160 (both even), fps=1 to 60';

/** Reads `test:` or `test:?name=value&…`. Throws `source-invalid` with what was found and what is allowed. */
export function parseTestParameters(address: string): TestParameters {
  const query = /^test:(?:\?(.*))?$/is.exec(address);
  if (query === null) throw invalid(`${address} is not an address of the test card: write test: or test:?fps=30`);
  const found: { -readonly [K in keyof TestParameters]: TestParameters[K] } = { ...DEFAULTS };
  const seen = new Set<string>();
  for (const [name, value] of new URLSearchParams(query[1] ?? '')) {
    const known = NAMES.find((candidate) => candidate === name);
    if (known === undefined) throw unknownName(name);
    if (seen.has(name)) throw invalid(`test: has the parameter ${name} twice`);
    seen.add(name);
    if (known === 'codec') found.codec = readCodec(value);
    else found[known] = readNumber(known, value);
  }
  return found;
}

function readCodec(value: string): TestParameters['codec'] {
  if (value === 'h264' || value === 'mjpeg') return value;
  throw invalid(`test: has codec=${value}, allowed are h264 and mjpeg`);
}

function readNumber(name: keyof typeof RANGES, value: string): number {
  const [least, most] = RANGES[name];
  const number = /^\d{1,5}$/.test(value) ? Number(value) : NaN;
  const even = name === 'fps' || number % 2 === 0;
  if (number >= least && number <= most && even) return number;
  const kind = name === 'fps' ? 'a whole number' : 'an even number';
  throw invalid(`test: has ${name}=${value}, allowed is ${kind} from ${least} to ${most}`);
}

function unknownName(name: string): SightlineError {
  const close = nearest(name, NAMES);
  return invalid(`test: has no parameter "${name}"${close === null ? '' : `: did you mean ${close}?`}`);
}

function invalid(text: string): SightlineError {
  return new SightlineError('source-invalid', text, { hint: `The test card takes ${ALLOWED}.` });
}
