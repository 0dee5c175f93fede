// Where a person's processors stand, and how the commands about them are called there.

import path from 'node:path';
import { packageRoot } from '../package.ts';

/** Below the folder of the config file. */
export const PROCESSORS_FOLDER = 'processors';

/** How this program is started by whoever reads it: `npx sightline` where it is installed, `npm start --` in a checkout. */
export function commandName(): string {
  if (packageRoot().split(path.sep).includes('node_modules')) return 'npx sightline';
  return process.env['INIT_CWD'] === undefined ? 'sightline' : 'npm start --';
}
