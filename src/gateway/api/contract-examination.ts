// What POST /api/cameras/{id}/doctor answers, a line each: steps from name to picture, then what it comes to. Types only,
// so that the page and the client need nothing of it at run time.

import type { Examination, StepReport } from '../../link/examination.ts';

export type { StepName, StepState } from '../../link/examination.ts';
export type {
  Advice,
  AdviceValues,
  OfferedCodec,
  Said,
  Seen,
  SeenValues,
  SpeakerKind,
  Wording,
} from '../../link/finding-codes.ts';

/** One step, as it ended. */
export type ExaminationStep = StepReport;

/** The last line. */
export type ExaminationEnd = Omit<Examination, 'steps'>;

export type ExaminationLine = ExaminationStep | ExaminationEnd;
