// Reads a camera's password from where no list of processes shows it: the first line of the standard input.

import { createInterface } from 'node:readline';
import { SightlineError } from '../base/errors.ts';

/** For `--password-stdin`. Throws `usage` when there is no line. */
export async function passwordFromInput(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) {
    lines.close();
    return line;
  }
  throw new SightlineError('usage', '--password-stdin: the standard input is empty');
}
