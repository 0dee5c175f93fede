// argv -> command. Results go to stdout, everything else to stderr; exit code 0 done, 1 failed, 2 wrong usage.

import { SightlineError } from './base/errors.ts';
import { bench } from './commands/bench.ts';
import { helpOf, parseCommand } from './commands/command.ts';
import type { Command } from './commands/command.ts';
import { configCheck, configSchemaCommand } from './commands/config.ts';
import { discoverCommand } from './commands/discover.ts';
import { doctor } from './commands/doctor.ts';
import { probe } from './commands/probe.ts';
import { processorNew } from './commands/processor-new.ts';
import { processorTest } from './commands/processor-test.ts';
import { serve } from './commands/serve.ts';
import { packageVersion } from './package.ts';

const COMMANDS: Readonly<Record<string, Command>> = {
  serve,
  probe,
  discover: discoverCommand,
  doctor,
  bench,
  'config check': configCheck,
  'config schema': configSchemaCommand,
  'processor new': processorNew,
  'processor test': processorTest,
};
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/** The command that argv names with one word or two, `serve` when it names none. */
function choose(argv: readonly string[]): { command: Command; rest: readonly string[] } {
  for (const words of [2, 1]) {
    const command = COMMANDS[argv.slice(0, words).join(' ')];
    if (command !== undefined) return { command, rest: argv.slice(words) };
  }
  const parts = Object.keys(COMMANDS).filter((name) => argv[0] !== undefined && name.startsWith(`${argv[0]} `));
  if (parts.length > 0) throw new SightlineError('usage', `${argv[0]} is followed by one of: ${parts.join(', ')}`);
  return { command: serve, rest: argv };
}

async function main(argv: readonly string[]): Promise<void> {
  if (argv[0] === '--version' || argv[0] === '-v') {
    process.stdout.write(`${packageVersion()}\n`);
    return;
  }
  const { command, rest } = choose(argv);
  const parsed = parseCommand(command, rest);
  if (parsed.values['help'] === true) process.stdout.write(helpOf(command));
  else await command.run(parsed);
}

function explain(error: unknown): number {
  if (!(error instanceof SightlineError)) {
    process.stderr.write(
      `sightline: unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return EXIT_FAILED;
  }
  process.stderr.write(`sightline: ${error.message}\n${error.hint === '' ? '' : `  ${error.hint}\n`}`);
  return error.code === 'usage' || error.code === 'config-invalid' || error.code === 'source-invalid'
    ? EXIT_USAGE
    : EXIT_FAILED;
}

try {
  await main(process.argv.slice(2));
  process.exit(0);
} catch (error) {
  process.exit(explain(error));
}
