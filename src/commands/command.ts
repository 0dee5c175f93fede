// What a command is, and the option table that both parses the command line and prints its help.

import { parseArgs, styleText } from 'node:util';
import { SightlineError } from '../base/errors.ts';

export interface OptionFacts {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** Name of the value in the help: `FILE`. In brackets, `[FILE]`, it may be left away: the value is then empty. */
  readonly value?: string;
  /** May be given again; the value is then a list. */
  readonly multiple?: boolean;
  readonly help: string;
}

export interface Command {
  readonly name: string;
  /** What stands behind the name: `[SOURCE ...]`. */
  readonly operands: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, OptionFacts>>;
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  /** Runs to its end; throws SightlineError. */
  run(parsed: ParsedCommand): Promise<void>;
}

export interface ParsedCommand {
  readonly values: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;
  readonly operands: readonly string[];
}

export const HELP_OPTION: OptionFacts = { type: 'boolean', short: 'h', help: 'Show this help.' };

/** Parses what stands behind the command's name. Throws `usage` with what was wrong. */
export function parseCommand(command: Command, argv: readonly string[]): ParsedCommand {
  try {
    const options = { ...command.options, help: HELP_OPTION };
    const { values, positionals } = parseArgs({
      args: emptyValues(argv, options),
      options,
      allowPositionals: true,
      strict: true,
    });
    return { values, operands: positionals };
  } catch (error) {
    // What follows the first sentence is about arguments in general.
    const [text = ''] = (error as Error).message.split(/\.\s|\n/);
    throw new SightlineError('usage', text, { cause: error });
  }
}

/** Gives an option whose value was left away an empty one, which Node's parser does not do. */
function emptyValues(argv: readonly string[], options: Command['options']): string[] {
  const end = argv.indexOf('--');
  return argv.map((argument, index) => {
    const { value } = options[argument.replace(/^--/, '')] ?? {};
    if (!argument.startsWith('--') || value?.startsWith('[') !== true || (end >= 0 && index > end)) return argument;
    const next = argv[index + 1];
    return next === undefined || next.startsWith('-') ? `${argument}=` : argument;
  });
}

/** The help text of one command. */
export function helpOf(command: Command): string {
  const bold = (text: string) => styleText('bold', text, { validateStream: true, stream: process.stdout });
  const options = Object.entries({ ...command.options, help: HELP_OPTION });
  const labels = options.map(([name, { short, value }]) => {
    return `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
  });
  const width = Math.max(...labels.map((label) => label.length)) + 2;
  return [
    `${bold('Usage:')} sightline ${command.name} [OPTIONS] ${command.operands}`,
    '',
    command.summary,
    '',
    bold('Options:'),
    ...options.map(([, { help }], index) => `  ${labels[index]!.padEnd(width)}${help}`),
    '',
    bold('Examples:'),
    ...command.examples.map(([example, meaning]) => `  ${example}\n      ${meaning}`),
    '',
  ].join('\n');
}
