// Writes the tables of the built-in processors' options into docs/processors.md: `node docs/tools/processors.ts`. A test
// keeps them current.

import { readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { z } from 'zod';
import { loadBuiltIn } from '../../src/codec/processors/built-in/built-ins.ts';
import { isProcessorDefinition } from '../../src/codec/processors/contract.ts';

const PAGE = new URL('../processors.md', import.meta.url);
const PLACE = /<!-- options of (\w+) -->[^]*?<!-- end -->/g;
const STYLE = { parser: 'markdown', printWidth: 120, singleQuote: true } as const;

interface OptionSchema {
  readonly default?: unknown;
  readonly description?: string;
}

/** A page with the table of each built-in that it names between `<!-- options of NAME -->` and `<!-- end -->`. */
export async function withOptions(page: string): Promise<string> {
  const names = [...page.matchAll(PLACE)].map(([, name = '']) => name);
  const tables = new Map(await Promise.all(names.map(async (name) => [name, await tableOf(name)] as const)));
  const filled = page.replace(PLACE, (_, name: string) => {
    return `<!-- options of ${name} -->\n\n${tables.get(name) ?? ''}\n\n<!-- end -->`;
  });
  return format(filled, STYLE);
}

async function tableOf(name: string): Promise<string> {
  const definition = await loadBuiltIn(name);
  if (!isProcessorDefinition(definition)) throw new Error(`docs/processors.md names ${name}, which is not built in`);
  const { properties = {} } = z.toJSONSchema(definition.options ?? z.object({}), { io: 'input' });
  const rows = Object.entries(properties as Readonly<Record<string, OptionSchema>>).map(([option, schema]) => {
    return `| \`${option}\` | \`${JSON.stringify(schema.default)}\` | ${schema.description ?? ''} |`;
  });
  return ['| Option | Default | Meaning |', '| - | - | - |', ...rows].join('\n');
}

if (import.meta.main) writeFileSync(PAGE, await withOptions(readFileSync(PAGE, 'utf8')));
