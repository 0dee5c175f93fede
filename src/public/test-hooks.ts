// What `sightline processor test` loads before each test file: `sightline` is this program wherever the file lies,
// TypeScript is loaded as modules whatever the package.json beside it says, and the process ends with its parent, whose
// id stands in this module's own address (`?parent=`).

import path from 'node:path';
import { Worker, isMainThread } from 'node:worker_threads';
import { hookUserModules } from '../codec/processors/user-modules.ts';

const { pathname, searchParams } = new URL(import.meta.url);
const extension = path.extname(pathname);
hookUserModules(new URL(`./index${extension}`, import.meta.url).href);
// Threads of a test have these hooks too.
if (isMainThread) {
  const workerData = Number(searchParams.get('parent'));
  new Worker(new URL(`./parent-watch${extension}`, import.meta.url), { workerData, execArgv: [] }).unref();
}
