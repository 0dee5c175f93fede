// An examination as lines of a terminal: a word for each state beside its colour, steps that were skipped for one reason
// on one line, and at the end what it comes to.

import { styleText } from 'node:util';
import { EXAMINATION_STEPS } from '../link/examination.ts';
import type { Examination, StepName, StepReport, StepState } from '../link/examination.ts';

const NAMES: Readonly<Record<StepName, string>> = {
  name: 'Name',
  route: 'Route',
  reach: 'Reach',
  port: 'Port',
  server: 'Server',
  login: 'Login',
  path: 'Path',
  tracks: 'Tracks',
  stream: 'Stream',
  keyframes: 'Keyframes',
  timestamps: 'Timestamps',
  clock: 'Clock',
  loss: 'Loss',
  'first-picture': 'First picture',
  decoding: 'Decoding',
};

const WORDS: Readonly<Record<StepState, readonly [word: string, colour: 'green' | 'yellow' | 'red' | 'gray']>> = {
  passed: ['passed', 'green'],
  warned: ['look', 'yellow'],
  failed: ['FAILED', 'red'],
  skipped: ['skipped', 'gray'],
};

const CLEAR = '\r\x1b[2K';
const NAME_WIDTH = 15;
const WORD_WIDTH = 9;
const USUAL_WIDTH = 100;
const NARROWEST = 40;

export interface Terminal {
  readonly columns?: number;
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export class DoctorPrinter {
  readonly #out: Terminal & NodeJS.WritableStream;
  /** Skipped for the same reason, not yet printed. */
  #held: StepReport[] = [];

  constructor(out: Terminal & NodeJS.WritableStream) {
    this.#out = out;
  }

  begin(source: string): void {
    this.#out.write(`Looking at ${source}\n`);
    this.#await(EXAMINATION_STEPS[0]);
  }

  step(report: StepReport): void {
    const isSame = this.#held[0]?.saw === report.saw && report.state === 'skipped';
    if (!isSame) this.#release();
    if (report.state === 'skipped') this.#held.push(report);
    else this.#print(NAMES[report.step], report);
    this.#await(EXAMINATION_STEPS[EXAMINATION_STEPS.indexOf(report.step) + 1]);
  }

  end(examination: Examination): void {
    this.#release();
    if (!examination.picture) return;
    const { looks } = summaryOf(examination);
    const seconds = (examination.tookMs / 1000).toFixed(1);
    const rest = looks === 0 ? '' : `; ${looks === 1 ? 'one step is' : `${looks} steps are`} worth a look`;
    this.#out.write(`There is a picture${rest} (${seconds} s).\n`);
  }

  #release(): void {
    const [first, last] = [this.#held[0], this.#held.at(-1)];
    this.#held = [];
    if (first === undefined || last === undefined) return;
    const name = first === last ? NAMES[first.step] : `${NAMES[first.step]} …`;
    const to = first === last ? '' : ` (to ${NAMES[last.step]})`;
    this.#print(name, { ...first, saw: `${first.saw}${to}` });
  }

  /** On a terminal, what is looked at stands in the last line until it is known. */
  #await(step: StepName | undefined): void {
    if (this.#out.isTTY !== true) return;
    this.#out.write(`${CLEAR}${step === undefined ? '' : `${NAMES[step].padEnd(NAME_WIDTH)}…`}`);
  }

  #print(name: string, { state, saw, advice }: StepReport): void {
    const [word, colour] = WORDS[state];
    const painted = styleText(colour, word.padEnd(WORD_WIDTH), { validateStream: true, stream: this.#out });
    const width = Math.max(NARROWEST, (this.#out.columns ?? USUAL_WIDTH) - NAME_WIDTH - WORD_WIDTH);
    const indent = ' '.repeat(NAME_WIDTH + WORD_WIDTH);
    const lines = [...wrapped(saw, width), ...wrapped(advice === '' ? '' : `-> ${advice}`, width)];
    this.#await(undefined);
    this.#out.write(`${name.padEnd(NAME_WIDTH)}${painted}${lines.join(`\n${indent}`)}\n`);
  }
}

/** What it comes to: the step that failed first, and how many are worth a look. */
export function summaryOf({ steps }: Examination): {
  readonly failed: string;
  readonly advice: string;
  readonly looks: number;
} {
  const step = steps.find(({ state }) => state === 'failed');
  const failed =
    step === undefined ? 'There is no picture: stopped before.' : `There is no picture: ${NAMES[step.step]} failed.`;
  const looks = steps.filter(({ state }) => state === 'warned').length;
  return { failed, advice: step?.advice ?? '', looks };
}

/** Lines of at most `width` characters, broken between words. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return text === '' ? [] : lines;
}
