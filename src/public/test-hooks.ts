// What `sightline processor test` loads before each test file: `sightline` is this program wherever the file lies, and
// TypeScript is loaded as modules whatever the package.json beside it says.

import path from 'node:path';
import { hookUserModules } from '../codec/processors/user-modules.ts';

hookUserModules(new URL(`./index${path.extname(import.meta.url)}`, import.meta.url).href);
