// What all peers share: the camera and the folders they are handed, and how a program becomes a server under test: a
// process group of its own on a free port of loopback, its output in a log, ready when viewers may come.

import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { CameraUnderTest, ServerUnderTest } from '../../src/bench/types.ts';
import { until } from '../ground/context.ts';
import type { Processes } from '../ground/processes.ts';

export interface PeerGround {
  readonly camera: Pick<CameraUnderTest, 'source' | 'width' | 'height' | 'fps'>;
  /** The checkout. */
  readonly root: string;
  /** Where configs and logs of peers go; bench/setup.sh makes `venv` there. */
  readonly out: string;
  readonly processes: Processes;
  /** The quality of libjpeg whose pictures of this camera are as large as ours; null: it was not found. */
  readonly equalQuality: number | null;
}

export interface PeerProgram {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Of its pictures. */
  readonly url: string;
  /** True once viewers may come. `log` is all that it has printed. */
  ready(log: string): Promise<boolean> | boolean;
}

const READY_LIMIT_MS = 20_000;
/** A peer has nothing to save: after that it is killed. */
const GRACE_MS = 1500;

/** Starts a peer; a start that was aborted or failed leaves nothing running. */
export async function startPeer(
  { processes, out }: PeerGround,
  program: PeerProgram,
  signal: AbortSignal,
): Promise<ServerUnderTest> {
  signal.throwIfAborted();
  const logPath = join(peerFolder(out), `${program.name}.log`);
  const log = openSync(logPath, 'w');
  const { command, args, env, cwd } = program;
  const child = processes.start(command, args, {
    stdio: ['ignore', log, log],
    ...(env === undefined ? {} : { env }),
    ...(cwd === undefined ? {} : { cwd }),
  });
  closeSync(log);
  try {
    await until(`${program.name} is ready`, READY_LIMIT_MS, async () => {
      signal.throwIfAborted();
      const printed = readFileSync(logPath, 'utf8');
      if (child.exitCode !== null || child.pid === undefined) throw new Error(endOf(program, printed));
      return (await program.ready(printed)) || null;
    });
  } catch (error) {
    await processes.stop(child, GRACE_MS);
    throw error;
  }
  return {
    url: program.url,
    pids: [child.pid!],
    finish: () => Promise.resolve(null),
    stop: () => processes.stop(child, GRACE_MS),
  };
}

function endOf({ name }: PeerProgram, printed: string): string {
  const lines = printed.trimEnd().split('\n').slice(-3).join(' | ');
  return `${name} ended before it was ready: ${lines}`;
}

/** Where peers have their configs and logs. */
export function peerFolder(out: string): string {
  const folder = join(out, 'peers');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** True when this address answers with a success. */
export async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url);
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

export function onPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}
