// `sightline config check`: reads a config file and says what is wrong with it. `sightline config schema`: prints its
// JSON Schema.

import path from 'node:path';
import { SightlineError } from '../base/errors.ts';
import { configJsonSchema } from '../config/json-schema.ts';
import { loadConfig } from '../config/load.ts';
import { CONFIG_NAME } from '../settings.ts';
import type { Command, ParsedCommand } from './command.ts';

export const configCheck: Command = {
  name: 'config check',
  operands: '[FILE]',
  summary: `Reads a config file, ${CONFIG_NAME} of this folder where none is named, and says every fault in it.`,
  options: { json: { type: 'boolean', help: 'Say the result as one line of JSON.' } },
  examples: [
    ['sightline config check', 'exit code 0: it can be used; 2: the faults are named with line and column'],
    ['sightline config check /etc/sightline/sightline.yaml --json', '{"file": …, "cameras": […], "faults": []}'],
  ],
  run: check,
};

export const configSchemaCommand: Command = {
  name: 'config schema',
  operands: '',
  summary: 'Prints the JSON Schema of the config file, for editors. The package has it as docs/sightline.schema.json.',
  options: {},
  examples: [
    ['sightline config schema > sightline.schema.json', 'then let your editor check sightline.yaml against it'],
  ],
  run: printSchema,
};

function check({ values, operands }: ParsedCommand): Promise<void> {
  const [named = CONFIG_NAME, more] = operands;
  if (more !== undefined) throw new SightlineError('usage', 'config check takes one file');
  const file = path.resolve(process.env['INIT_CWD'] ?? process.cwd(), named);
  const json = values['json'] === true;
  try {
    const cameras = loadConfig({ file, env: process.env, cwd: path.dirname(file) }).cameras.map(({ id }) => id);
    const count = cameras.length === 1 ? '1 camera' : `${cameras.length} cameras`;
    console.log(json ? JSON.stringify({ file, cameras, faults: [] }) : `${file} is in order: ${count}`);
  } catch (error) {
    if (json && error instanceof SightlineError) {
      console.log(JSON.stringify({ file, cameras: null, faults: error.message.split('\n') }));
    }
    throw error;
  }
  return Promise.resolve();
}

function printSchema(): Promise<void> {
  console.log(JSON.stringify(configJsonSchema(), null, 2));
  return Promise.resolve();
}
