// `sightline processor test [NAME|FILE]`: runs the tests that stand beside processors, with the Node that came with
// Sightline where the person's own is too old, and with `sightline` found from any folder.

import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { SightlineError } from '../base/errors.ts';
import { CAMERA_ID } from '../config/address.ts';
import type { Command, ParsedCommand } from './command.ts';
import { PROCESSORS_FOLDER, commandName } from './processor-folder.ts';
import { listenForSignals } from './signals.ts';

/** A test file that is not done by then hangs: it is ended. */
const FILE_LIMIT_MS = 120_000;
const TEST_FILE = /\.test\.[cm]?[jt]s$/;
const HOOKS = new URL(`../public/test-hooks${path.extname(import.meta.url)}`, import.meta.url);

export const processorTest: Command = {
  name: 'processor test',
  operands: '[NAME|FILE]',
  summary: `Runs the test of a processor, those of all in ${PROCESSORS_FOLDER}/ where none is named. Exit code 1: one failed.`,
  options: { json: { type: 'boolean', help: 'Say the result as one line of JSON.' } },
  examples: [
    ['sightline processor test', `all of ${PROCESSORS_FOLDER}/`],
    ['sightline processor test doorbell', `${PROCESSORS_FOLDER}/doorbell.test.ts`],
    ['sightline processor test src/blur.ts', 'src/blur.test.ts'],
  ],
  run: testProcessors,
};

interface Failure {
  readonly test: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly message: string;
}

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly Failure[];
}

async function testProcessors({ values, operands }: ParsedCommand): Promise<void> {
  if (operands.length > 1) throw new SightlineError('usage', 'processor test takes one NAME or FILE');
  const cwd = process.env['INIT_CWD'] ?? process.cwd();
  const files = testFiles(operands[0], cwd);
  const json = values['json'] === true;
  const stop = new AbortController();
  const signals = listenForSignals(() => process.exit(1));
  void signals.first.then(() => stop.abort());
  const outcome = await runTests(files, { cwd, print: !json, signal: stop.signal });
  signals.close();
  if (stop.signal.aborted) throw new SightlineError('processor-failed', 'The tests were ended', { hint: '' });
  if (json) console.log(JSON.stringify({ files, ...outcome }));
  if (outcome.failed === 0) return;
  const all = outcome.passed + outcome.failed;
  throw new SightlineError('processor-failed', `${outcome.failed} of ${all} tests failed`, { hint: '' });
}

/** Absolute paths, at least one. Throws `usage`. */
function testFiles(named: string | undefined, cwd: string): string[] {
  if (named === undefined) {
    const folder = path.join(cwd, PROCESSORS_FOLDER);
    const files = existsSync(folder) ? readdirSync(folder).filter((file) => TEST_FILE.test(file)) : [];
    if (files.length > 0) return files.sort().map((file) => path.join(folder, file));
    throw missing(`There is no test in ${folder}`);
  }
  const file = CAMERA_ID.test(named) ? path.join(PROCESSORS_FOLDER, `${named}.ts`) : named;
  const test = path.resolve(cwd, TEST_FILE.test(file) ? file : file.replace(/\.([cm]?[jt]s)$/, '.test.$1'));
  if (TEST_FILE.test(test) && existsSync(test)) return [test];
  throw missing(TEST_FILE.test(test) ? `There is no test ${test}` : `${named} is no TypeScript or JavaScript file`);
}

function missing(text: string): SightlineError {
  return new SightlineError('usage', text, {
    hint: `\`${commandName()} processor new NAME\` writes a processor with its test.`,
  });
}

interface RunWishes {
  readonly cwd: string;
  /** Say on the way what passes and what fails. */
  readonly print: boolean;
  /** Its abort ends the processes that still run. */
  readonly signal: AbortSignal;
}

/** Each file in a process of its own. */
async function runTests(files: string[], { cwd, print, signal }: RunWishes): Promise<Outcome> {
  // Set in processes of a test runner: what is a test of theirs may still run tests of its own.
  delete process.env['NODE_TEST_CONTEXT'];
  const execArgv = ['--import', `${HOOKS.href}?parent=${process.pid}`];
  const stream = run({ files, cwd, execArgv, timeout: FILE_LIMIT_MS, concurrency: true, signal });
  const failures: Failure[] = [];
  const counts = { passed: 0, failed: 0 };
  stream.on('test:fail', ({ name, file, line, details }) => {
    failures.push({ test: name, file: file ?? null, line: line ?? null, message: details.error.message });
  });
  stream.on('test:summary', ({ file, counts: all }) => {
    if (file === undefined) Object.assign(counts, { passed: all.passed, failed: all.tests - all.passed });
  });
  const printed = (print ? stream.compose(new spec()) : stream) as AsyncIterable<unknown>;
  for await (const chunk of printed) if (print) process.stdout.write(String(chunk));
  return { ...counts, failures };
}
