// Where a processor's own code failed: the file and line of the topmost place in an error's stack that a person wrote,
// or else of the package that it took.

import path from 'node:path';
import type { WorkerFault } from './protocol.ts';
import { packageFile, userFile } from './user-modules.ts';

const MAX_MESSAGE = 500;
/** `at f (file:///a/b.ts:3:7)`, `at file:///a/b.ts:3:7`, and the first line of a syntax error: `file:///a/b.ts:3`. */
const PLACE = /(file:\/\/[^\s)]+?):(\d+)(?::\d+)?(?=[\s)]|$)/g;

/** An error of user code, thrown by anything: also by what is no Error. */
export function faultOf(step: WorkerFault['step'], error: unknown): WorkerFault {
  const isError = error instanceof Error;
  const message = (isError ? `${error.name}: ${error.message}` : String(error)).replace(/^Error: /, '');
  const place = isError ? placeIn(error.stack ?? '') : null;
  return { step, message: firstLines(message), file: place?.file ?? null, line: place?.line ?? null };
}

/** The topmost place of a stack that a person wrote; where there is none, that of a package. Null: neither is. */
export function placeIn(stack: string): { readonly file: string; readonly line: number } | null {
  const places = [...stack.matchAll(PLACE)];
  for (const fileOf of [userFile, packageFile]) {
    for (const [, url = '', line] of places) {
      const file = fileOf(url);
      if (file !== null) return { file, line: Number(line) };
    }
  }
  return null;
}

/** The name of a file in a sentence: of one in a package, with that of the package. */
export function shortName(file: string): string {
  const steps = file.split(path.sep);
  const at = steps.lastIndexOf('node_modules');
  return at < 0 ? path.basename(file) : steps.slice(at + 1).join('/');
}

function firstLines(text: string): string {
  return text.split('\n').slice(0, 3).join(' ').slice(0, MAX_MESSAGE);
}
