// The sheet that an examination is written on: each step once, in their order, said as soon as it is written.

import { nowUs } from '../base/clock.ts';
import { EXAMINATION_STEPS } from '../link/examination.ts';
import type { Examination, StepName, StepReport } from '../link/examination.ts';
import type { Seen } from '../link/finding-codes.ts';
import { skipped } from './finding.ts';
import type { Finding } from './types.ts';

export class Sheet {
  readonly #onStep: (report: StepReport) => void;
  readonly #startedUs = nowUs();
  readonly #steps: StepReport[] = [];
  #sinceUs = this.#startedUs;

  constructor(onStep: (report: StepReport) => void) {
    this.#onStep = onStep;
  }

  /** Writes what a step found; true when it is worth going on. Steps before it that are not written are an error. */
  note(step: StepName, finding: Finding): boolean {
    if (EXAMINATION_STEPS[this.#steps.length] !== step) throw new RangeError(`the step ${step} is not next`);
    const now = nowUs();
    const report = { step, ...finding, tookMs: Math.round((now - this.#sinceUs) / 1000) };
    this.#sinceUs = now;
    this.#steps.push(report);
    this.#onStep(report);
    return finding.state !== 'failed';
  }

  /** Skips the steps before `step` that are not written; all that are left without it. */
  skipTo(step: StepName | null, why: Seen): void {
    const end = step === null ? EXAMINATION_STEPS.length : EXAMINATION_STEPS.indexOf(step);
    for (const left of EXAMINATION_STEPS.slice(this.#steps.length, end)) this.note(left, skipped(why));
  }

  /** The step that failed first; null while all is well. */
  get failure(): StepName | null {
    return this.#steps.find(({ state }) => state === 'failed')?.step ?? null;
  }

  /** The step to be written next. Throws when all are. */
  get next(): StepName {
    const next = EXAMINATION_STEPS[this.#steps.length];
    if (next === undefined) throw new RangeError('all steps are written');
    return next;
  }

  stateOf(step: StepName): StepReport['state'] | null {
    return this.#steps.find((report) => report.step === step)?.state ?? null;
  }

  /** What is written, as an answer. */
  examination(source: string): Examination {
    const picture = this.stateOf('first-picture');
    return {
      source,
      steps: [...this.#steps],
      picture: picture === 'passed' || picture === 'warned',
      tookMs: Math.round((nowUs() - this.#startedUs) / 1000),
    };
  }
}
