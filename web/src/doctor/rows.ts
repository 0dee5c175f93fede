// Steps as rows of a list: those that were skipped for the same reason, one after the other, share one.

import type { ExaminationStep, StepName } from '../../../src/gateway/api/contract-examination.ts';

export interface Row extends Omit<ExaminationStep, 'step' | 'tookMs'> {
  readonly steps: readonly StepName[];
}

export function rowsOf(steps: readonly ExaminationStep[]): Row[] {
  const rows: Row[] = [];
  for (const { step, ...found } of steps) {
    const last = rows.at(-1);
    if (last?.state === 'skipped' && found.state === 'skipped' && last.saw === found.saw) {
      rows[rows.length - 1] = { ...last, steps: [...last.steps, step] };
    } else {
      rows.push({ ...found, steps: [step] });
    }
  }
  return rows;
}
