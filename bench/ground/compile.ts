// Compiles the C programs of the bench with the system's compiler.

import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Context } from './context.ts';

/** Path of the program made of one C file under bench/. */
export function compile(context: Context, source: string): string {
  const program = join(context.out, basename(source, '.c'));
  mkdirSync(context.out, { recursive: true });
  execFileSync('cc', ['-O2', '-Wall', '-Wextra', '-Werror', '-o', program, join(context.root, 'bench', source)]);
  return program;
}
