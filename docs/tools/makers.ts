// Writes src/discovery/makers/prefixes.ts from the IEEE's list of MAC prefixes (`oui-data`): `node docs/tools/makers.ts`.
// Only those of the makers in makers.ts: the whole list has 53,000 entries, 2 MB of strangers that no camera is from. A
// test keeps the file current.

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { format, resolveConfig } from 'prettier';
import { MAKERS } from '../../src/discovery/makers/makers.ts';

const TARGET = new URL('../../src/discovery/makers/prefixes.ts', import.meta.url);

const HEAD = `// MAC prefixes of the makers in makers.ts, from the IEEE's public list. Written by \`node docs/tools/makers.ts\`: change
// nothing here.

/** By maker: prefixes of 6, 7 or 9 hex digits, small letters, separated by spaces. */
export const PREFIXES: Readonly<Record<string, string>> = `;

/** The whole file. */
export async function prefixesFile(): Promise<string> {
  const list = createRequire(import.meta.url)('oui-data') as Record<string, string>;
  const found = new Map<string, string[]>(MAKERS.map(({ label }) => [label, []]));
  for (const [prefix, entry] of Object.entries(list)) {
    const [organisation = ''] = entry.split('\n', 1);
    const maker = MAKERS.find(({ named }) => named.test(organisation));
    if (maker) found.get(maker.label)?.push(prefix.toLowerCase());
  }
  const kept = [...found].filter(([, prefixes]) => prefixes.length > 0);
  const record = Object.fromEntries(kept.map(([label, prefixes]) => [label, prefixes.sort().join(' ')]));
  const options = (await resolveConfig(TARGET)) ?? {};
  return format(`${HEAD}${JSON.stringify(record)};\n`, { ...options, parser: 'typescript' });
}

/** The file as it is committed. */
export function committedPrefixes(): string {
  return readFileSync(TARGET, 'utf8');
}

if (import.meta.main) writeFileSync(TARGET, await prefixesFile());
