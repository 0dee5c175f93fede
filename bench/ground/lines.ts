// Lines that programs of the bench print.

import { createInterface } from 'node:readline';
import type { ChildProcess } from 'node:child_process';

/** The first line of a program's standard output; rejects when it ends without one. */
export async function firstLine(child: ChildProcess, what: string): Promise<string> {
  for await (const line of lines(child)) return line;
  throw new Error(`${what} ended before it was ready`);
}

/** Lines of standard output until it ends. */
export async function* lines(child: ChildProcess): AsyncGenerator<string> {
  if (child.stdout === null) return;
  yield* createInterface({ input: child.stdout });
}
