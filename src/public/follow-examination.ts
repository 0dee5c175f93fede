// An examination of a camera as an async iterator, for browsers and for Node: reads the lines of a fetch as they come.

import type { ExaminationEnd, ExaminationLine, ExaminationStep } from '../gateway/api/contract-examination.ts';
import { textPieces } from './text-pieces.ts';

/** Gives each step, and at the end what it comes to. `cut`: makes the error of an answer that ended too early. */
export async function* followExamination(
  open: () => Promise<Response>,
  cut: () => Error,
): AsyncGenerator<ExaminationStep, ExaminationEnd, undefined> {
  for await (const line of textPieces(await open(), '\n')) {
    const said = JSON.parse(line) as ExaminationLine;
    if (!('step' in said)) return said;
    yield said;
  }
  throw cut();
}
