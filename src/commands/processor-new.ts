// `sightline processor new NAME`: writes a processor that works, with its test and what an editor needs, into the folder
// where the person stands, and says what to write into the config file. Overwrites nothing, edits nothing.

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SightlineError } from '../base/errors.ts';
import { CAMERA_ID, CAMERA_ID_RULE } from '../config/address.ts';
import { processorPlaces } from '../config/processor-place.ts';
import type { ProcessorPlace } from '../config/processor-place.ts';
import { BUILT_IN_PROCESSORS } from '../config/schema.ts';
import { CONFIG_NAME } from '../settings.ts';
import type { Command, ParsedCommand } from './command.ts';
import { isModuleFolder, tsconfigText } from './processor-editor.ts';
import { processorText, testText } from './processor-text.ts';
import { PROCESSORS_FOLDER, commandName } from './processor-folder.ts';

export const processorNew: Command = {
  name: 'processor new',
  operands: 'NAME',
  summary:
    `Writes ${PROCESSORS_FOLDER}/NAME.ts, a processor that works and says in comments what each part does, with its test, and\n` +
    'says which lines of the config file make it run. NAME is also that of its stream.',
  options: { json: { type: 'boolean', help: 'Say what was written as one line of JSON.' } },
  examples: [
    ['sightline processor new doorbell', `${PROCESSORS_FOLDER}/doorbell.ts and ${PROCESSORS_FOLDER}/doorbell.test.ts`],
    ['sightline processor test doorbell', 'runs that test'],
  ],
  run: makeProcessor,
};

/** What the config file has to say of it, and where. */
interface ConfigWords {
  /** Null: there is none in this folder. */
  readonly file: string | null;
  readonly places: readonly ProcessorPlace[];
  /** A whole file, or the part of one, where there is no place. */
  readonly text: string;
}

async function makeProcessor({ values, operands }: ParsedCommand): Promise<void> {
  const [name, more] = operands;
  if (name === undefined || more !== undefined) throw new SightlineError('usage', 'processor new takes one NAME');
  demandName(name);
  const cwd = process.env['INIT_CWD'] ?? process.cwd();
  const written = await write(path.join(cwd, PROCESSORS_FOLDER), name);
  const config = await configWords(cwd, name);
  if (values['json'] === true) console.log(JSON.stringify({ name, files: written, config }));
  else console.log([...writtenLines(name, written, cwd), '', ...configLines(config)].join('\n'));
}

function demandName(name: string): void {
  if (!CAMERA_ID.test(name)) {
    throw new SightlineError('usage', `a processor cannot be called "${name}"`, {
      hint: `A name is ${CAMERA_ID_RULE}, such as doorbell.`,
    });
  }
  if (name === 'main' || name === 'sub') {
    throw new SightlineError('usage', `${name} is a stream of each camera itself`, { hint: 'Choose another name.' });
  }
  if (BUILT_IN_PROCESSORS.includes(name)) {
    throw new SightlineError('usage', `${name} is a processor that comes with Sightline`, {
      hint: `Choose another name, or run that one: processors: { ${name}: {} }.`,
    });
  }
}

/** Writes what is not there yet and gives the paths of it. Throws `taken` when the processor or its test is there. */
async function write(folder: string, name: string): Promise<string[]> {
  const own = [
    [path.join(folder, `${name}.ts`), processorText(name)],
    [path.join(folder, `${name}.test.ts`), testText(name, commandName())],
  ] as const;
  const shared = [[path.join(folder, 'tsconfig.json'), tsconfigText(folder)]] as [string, string][];
  if (!isModuleFolder(folder)) {
    shared.push([path.join(folder, 'package.json'), '{ "private": true, "type": "module" }\n']);
  }
  const written: string[] = [];
  try {
    await mkdir(folder, { recursive: true });
    for (const [file, text] of own) {
      if (!(await writeNew(file, text))) throw taken(file);
      written.push(file);
    }
    for (const [file, text] of shared) if (await writeNew(file, text)) written.push(file);
    return written;
  } catch (error) {
    for (const file of written) await rm(file, { force: true });
    throw unwritable(folder, error);
  }
}

/** False: there is such a file, and it stays as it is. */
async function writeNew(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function taken(file: string): SightlineError {
  return new SightlineError('taken', `${file} is there already: nothing was written`, {
    hint: 'Choose another name, or move that file away.',
  });
}

function unwritable(folder: string, error: unknown): unknown {
  const code = codeOf(error);
  if (error instanceof SightlineError || code === undefined) return error;
  const why = code === 'EEXIST' || code === 'ENOTDIR' ? 'it is a file, not a folder' : (error as Error).message;
  return new SightlineError('usage', `${folder} cannot be written to: ${why}`, {
    hint: 'Go to a folder of your own, the one of your sightline.yaml, and try again.',
    cause: error,
  });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

async function configWords(cwd: string, name: string): Promise<ConfigWords> {
  const value = `{ file: ${PROCESSORS_FOLDER}/${name}.ts }`;
  const processors = `    processors:\n      ${name}: ${value}`;
  const file = path.join(cwd, CONFIG_NAME);
  const found = await readIfThere(file);
  if (found === null) {
    return { file: null, places: [], text: `cameras:\n  camera1:\n    source: 'test:'\n${processors}` };
  }
  return { file, places: processorPlaces(found, { name, value }), text: processors };
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return null;
  }
}

function writtenLines(name: string, written: readonly string[], cwd: string): string[] {
  const meanings: Readonly<Record<string, string>> = {
    [`${name}.ts`]: 'a processor that works: change it',
    [`${name}.test.ts`]: `its test: ${commandName()} processor test ${name}`,
    'tsconfig.json': 'the types, for your editor',
    'package.json': 'says that these files are modules',
  };
  const shown = written.map((file) => [path.relative(cwd, file), meanings[path.basename(file)] ?? ''] as const);
  const width = Math.max(...shown.map(([file]) => file.length)) + 2;
  return shown.map(([file, meaning], index) => `${index === 0 ? 'Wrote ' : '      '}${file.padEnd(width)}${meaning}`);
}

function configLines({ file, places, text }: ConfigWords): string[] {
  if (file === null) return [`It runs on the test card with this ${CONFIG_NAME}, which is not there yet:`, '', text];
  const [first, ...others] = places;
  if (first === undefined) return [`Below a camera of ${CONFIG_NAME}, write:`, '', text];
  const { camera, line, how } = first;
  const where = how === 'behind' ? `behind line ${line}` : `between the braces of line ${line}`;
  const more = others.map((place) => `${place.camera} (line ${place.line})`).join(', ');
  return [
    `To run it on camera ${camera}, write this into ${CONFIG_NAME}, ${where}:`,
    '',
    first.text,
    ...(more === '' ? [] : ['', `Likewise for other cameras: ${more}`]),
  ];
}
