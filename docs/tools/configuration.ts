// Writes docs/configuration.md and docs/sightline.schema.json from the schema of the config file:
// `node docs/tools/configuration.ts`. A test keeps both current.

import { readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { z } from 'zod';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { cameraSchema, keyNotes, processorSchema, serverSchema } from '../../src/config/schema.ts';

const STYLE = { printWidth: 120 };
const TEXT = new URL('configuration.txt', import.meta.url);

/** The whole page: what configuration.txt says, with the tables of keys in their places. */
export function configurationPage(): Promise<string> {
  const page = readFileSync(TEXT, 'utf8')
    .replace('{{server}}', () => tableOf(serverSchema.shape))
    .replace('{{user}}', () => tableOf(userSchema().shape))
    .replace('{{camera}}', () => tableOf(cameraSchema.shape))
    .replace('{{processor}}', () => tableOf(processorSchema.shape));
  return format(page, { ...STYLE, parser: 'markdown' });
}

/** The JSON Schema as it is shipped. */
export function schemaFile(): Promise<string> {
  return format(JSON.stringify(configJsonSchema(), null, 2), { ...STYLE, parser: 'json' });
}

function userSchema(): z.ZodObject {
  const list = serverSchema.shape.users.unwrap();
  return list.element;
}

function tableOf(shape: Readonly<Record<string, z.core.$ZodType>>): string {
  const rows = Object.entries(shape).map(([key, schema]) => {
    const notes = keyNotes.get(schema as z.ZodType);
    return [`\`${key}\``, defaultOf(schema), cell(notes?.description ?? ''), cell(notes?.allowed ?? '')];
  });
  return table([['Key', 'Default', 'Meaning', 'Allowed'], ...rows]);
}

function defaultOf(schema: z.core.$ZodType): string {
  const given = z.safeParse(schema, undefined);
  if (!given.success) return 'required';
  if (given.data === undefined) return 'none';
  const { data } = given;
  if (Array.isArray(data)) return `\`[${data.join(', ')}]\``;
  return `\`${typeof data === 'object' ? '{}' : (data as string | number | boolean)}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<img>', '`<img>`');
}

function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows.map((cells) => `| ${cells.join(' | ')} |`);
  return [head, `|${' - |'.repeat(rows[0]?.length ?? 0)}`, ...body].join('\n');
}

if (import.meta.main) {
  writeFileSync(new URL('../configuration.md', import.meta.url), await configurationPage());
  writeFileSync(new URL('../sightline.schema.json', import.meta.url), await schemaFile());
}
