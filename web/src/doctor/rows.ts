// Steps as rows of a list: those that were skipped for the same reason, one after the other, share one.

import type { ExaminationStep, StepName, StepState } from '../../../src/gateway/api/contract-examination.ts';

export interface Row {
  readonly steps: readonly StepName[];
  readonly state: StepState;
  readonly saw: string;
  readonly advice: string;
}

export function rowsOf(steps: readonly ExaminationStep[]): Row[] {
  const rows: Row[] = [];
  for (const { step, state, saw, advice } of steps) {
    const last = rows.at(-1);
    if (last?.state === 'skipped' && state === 'skipped' && last.saw === saw) {
      rows[rows.length - 1] = { ...last, steps: [...last.steps, step] };
    } else {
      rows.push({ steps: [step], state, saw, advice });
    }
  }
  return rows;
}
