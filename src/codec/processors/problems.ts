// What went wrong with a processor, in words: for its status, for the log, and for those who watch its stream.

import { SightlineError } from '../../base/errors.ts';
import type { Problem } from '../../base/errors.ts';
import { shortName } from './fault.ts';
import type { WorkerFault } from './protocol.ts';

/** `Processor edges failed: edges.ts:12: no luck`. */
export function describeFault(name: string, { step, message, file, line }: WorkerFault): string {
  const place = file === null ? '' : `${shortName(file)}${line === null ? '' : `:${line}`}: `;
  return `Processor ${name} ${verb(step)}: ${place}${message}`;
}

function verb(step: WorkerFault['step']): string {
  switch (step) {
    case 'load':
      return 'cannot be loaded';
    case 'options':
      return 'refuses its options';
    case 'setup':
      return 'cannot be set up';
    default:
      return 'failed';
  }
}

export function processorProblem(text: string): Problem {
  return new SightlineError('processor-failed', text).toProblem();
}

export function offProblem(name: string): Problem {
  return new SightlineError('disabled', `Processor ${name} is switched off.`).toProblem();
}
