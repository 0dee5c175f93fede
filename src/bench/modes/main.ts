// Entry of a mode's server process: `argv` is `[title]`, everything else comes over the control lane. It ends when the
// bench says so, or within a second of losing it.

import { ControlLane } from '../../link/control-lane.ts';
import { ModeServer } from './mode-server.ts';
import { NaiveMode } from './naive.ts';
import type { BenchMethods, ServerMethods } from './protocol.ts';
import { ThreadedMode } from './threaded.ts';

const ORPHAN_LIMIT_MS = 900;

let server: ModeServer | null = null;

process.title = process.argv[2] ?? 'sightline bench';
// A terminal gives its signals to the whole group; this process ends when the bench says so, or is gone.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.once('disconnect', leave);

const lane = new ControlLane<BenchMethods, ServerMethods>(process, {
  serve: async ({ mode, address }) => {
    server = await ModeServer.start(mode === 'naive' ? new NaiveMode(address) : new ThreadedMode(address));
    return { port: server.port };
  },
  finish: async () => ({ parts: (await server?.finish()) ?? 0 }),
  end: async () => (await server?.close(), setImmediate(() => process.exit(0)), null),
});

lane.tell('ready', null);

/** Closes what can be closed within a second. Not by `process.exit`, which waits for native calls. */
function leave(): void {
  const vanish = (): void => void process.kill(process.pid, 'SIGKILL');
  setTimeout(vanish, ORPHAN_LIMIT_MS);
  if (server === null) vanish();
  else server.close().then(vanish, vanish);
}
