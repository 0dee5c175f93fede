// Where the package stands and which version it is; the same for a checkout (src/) and the built package (dist/).

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. */
export function packageRoot(): string {
  return fileURLToPath(new URL('..', import.meta.url));
}

export function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
