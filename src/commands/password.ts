// Reads a camera's password from where no list of processes shows it: the first line of the standard input, or the keys
// that a person types, without showing them.

import { createInterface } from 'node:readline';
import { SightlineError } from '../base/errors.ts';

/**
 * For commands that open one camera: from the standard input where that was said, else asked for when a user was named at a
 * terminal; null: none. Throws as the two ways do.
 */
export async function passwordFor(username: string | null, isFromInput: boolean): Promise<string | null> {
  if (isFromInput) return passwordFromInput();
  return username !== null && process.stdin.isTTY ? passwordFromTerminal(`Password of ${username}: `) : null;
}

/** For `--password-stdin`. Throws `usage` when there is no line. */
export async function passwordFromInput(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) {
    lines.close();
    return line;
  }
  throw new SightlineError('usage', '--password-stdin: the standard input is empty');
}

const CTRL_C = '\x03';
const CTRL_D = '\x04';
const ERASERS: ReadonlySet<string> = new Set(['\x7f', '\b']);

/** Asks on the terminal, without echo. Throws `usage` where there is no terminal, `stopping` for Ctrl-C. */
export async function passwordFromTerminal(question: string): Promise<string> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) {
    throw new SightlineError('usage', 'There is no terminal to ask for the password on', {
      hint: 'Add --password-stdin and write the password to the standard input.',
    });
  }
  // Before the question: who answers it at once would else be echoed.
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  try {
    stderr.write(question);
    return await typed(stdin);
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}

function typed(stdin: NodeJS.ReadStream): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let password: string[] = [];
  const onKeys = (keys: string): void => {
    for (const key of keys) {
      if (key === '\r' || key === '\n' || key === CTRL_D) resolve(password.join(''));
      else if (key === CTRL_C) reject(new SightlineError('stopping', 'no password was given', { hint: '' }));
      else if (ERASERS.has(key)) password = password.slice(0, -1);
      else if (key >= ' ') password.push(key);
    }
  };
  const onEnd = (): void => resolve(password.join(''));
  stdin.on('data', onKeys).once('end', onEnd);
  return promise.finally(() => stdin.off('data', onKeys).off('end', onEnd));
}
