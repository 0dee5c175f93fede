// The naive or the threaded server as the bench holds it: forked as Sightline forks its codec, asked over its lane.

import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { SightlineError } from '../../base/errors.ts';
import type { SourceAddress } from '../../config/camera.ts';
import { forkSettings } from '../../control/roles.ts';
import { ControlLane } from '../../link/control-lane.ts';
import type { ServerUnderTest } from '../types.ts';
import type { BenchMethods, OwnModeName, ServerMethods } from './protocol.ts';

const ENTRY = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? 'main.ts' : 'main.js', import.meta.url));
const START_MS = 20_000;
const FINISH_MS = 10_000;
const STOP_MS = 5_000;

type Lane = ControlLane<ServerMethods, BenchMethods>;

export interface OwnServerOptions {
  readonly mode: OwnModeName;
  readonly address: SourceAddress;
  readonly signal: AbortSignal;
}

/** Starts the server; rejects with the reason of `signal`, or when it does not listen in time. */
export async function startOwnServer({ mode, address, signal }: OwnServerOptions): Promise<ServerUnderTest> {
  signal.throwIfAborted();
  const child = fork(ENTRY, [`sightline bench ${mode}`], forkSettings('codec'));
  const gone = once(child, 'exit');
  gone.catch(() => undefined);
  const ready = Promise.withResolvers<null>();
  const lane: Lane = new ControlLane<ServerMethods, BenchMethods>(child, {
    ready: () => (ready.resolve(null), null),
  });
  lane.onEnd = () => ready.reject(new SightlineError('internal', `The ${mode} server ended before it listened.`));
  ready.promise.catch(() => undefined);
  const stop = () => stopServer(child, lane, gone);
  try {
    await ready.promise;
    const { port } = await lane.ask('serve', { mode, address }, { timeoutMs: START_MS });
    signal.throwIfAborted();
    return serverUnderTest({ child, lane, port, stop });
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Running {
  readonly child: ChildProcess;
  readonly lane: Lane;
  readonly port: number;
  readonly stop: () => Promise<void>;
}

function serverUnderTest({ child, lane, port, stop }: Running): ServerUnderTest {
  const { pid } = child;
  if (pid === undefined) throw new SightlineError('internal', 'The server process could not be started.');
  return {
    url: `http://127.0.0.1:${port}/camera`,
    pids: [pid],
    finish: async () => (await lane.ask('finish', null, { timeoutMs: FINISH_MS })).parts,
    stop,
  };
}

/** Asks it to end; one that does not in time is killed. */
async function stopServer(child: ChildProcess, lane: Lane, gone: Promise<unknown>): Promise<void> {
  const kill = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  if (child.exitCode === null && child.signalCode === null) {
    lane.ask('end', null, { timeoutMs: STOP_MS }).catch(() => child.kill('SIGKILL'));
    await gone;
  }
  clearTimeout(kill);
  lane.end();
}
