// What every child process has, whatever it is for: a title, deaf ears for signals, and an end within a second of
// losing its parent. Ingest and codec (child.ts) and the gateway's workers stand in it.

import { rmSync, rmdirSync } from 'node:fs';

const ORPHAN_LIMIT_MS = 900;
const OTHERS: ReadonlySet<string> = new Set(['ENOTEMPTY', 'ENOENT', 'EEXIST']);

/** Begins this process as a child: `argv` is `[title, folder]`, the folder is the one that all of a server's share. */
export function beginChild(): { readonly title: string; readonly folder: string } {
  const [title, folder] = process.argv.slice(2);
  if (title === undefined || folder === undefined || !process.send) {
    throw new Error('this program is started by `sightline serve` only');
  }
  process.title = title;
  // A terminal gives its signals to the whole group; children end when main says so, or is gone.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  return { title, folder };
}

/** Where an orphan's traces are. */
export interface Traces {
  readonly folder: string;
  /** The file of its media socket, if it has one. */
  readonly socket: string | null;
}

/** Main died: close what can be closed within a second, leave no socket file, and go. */
export function leaveOrphaned(traces: Traces, close: () => Promise<void>): void {
  const leave = (): void => vanish(traces);
  setTimeout(leave, ORPHAN_LIMIT_MS);
  close().then(leave, leave);
}

/** Ends this process also while a native call hangs: `process.exit` would wait for the thread that it runs in. */
export function vanish({ folder, socket }: Traces): void {
  if (socket !== null) rmSync(socket, { force: true });
  try {
    rmdirSync(folder);
  } catch (error) {
    // The last child that leaves finds the folder empty; the others do not.
    if (!OTHERS.has((error as NodeJS.ErrnoException).code ?? '')) process.stderr.write(`${String(error)}\n`);
  }
  process.kill(process.pid, 'SIGKILL');
}
