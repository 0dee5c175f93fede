// A thread of each test process of `sightline processor test`: ends the process when the one that started it is gone,
// also while a test loops and would never hear of it (test-hooks.ts starts it).

import { workerData } from 'node:worker_threads';

const LOOK_MS = 250;
/** Process id of who started this process. */
const parent: unknown = workerData;

setInterval(() => {
  if (process.ppid !== parent || !isThere(parent)) process.kill(process.pid, 'SIGKILL');
}, LOOK_MS);

/** Where a process keeps the id of a parent that is gone, that is asked for. */
function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
