// Starts the product as a person does, `npm start`, and finds its processes.

import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../test/fixtures/free-port.ts';
import type { Camera, CameraList } from '../../src/gateway/api/contract.ts';
import type { System } from '../../src/gateway/api/contract-server.ts';
import { until } from './context.ts';
import type { Context } from './context.ts';
import { processTree } from './proc.ts';

export interface Server {
  readonly port: number;
  readonly origin: string;
  /** Process ids by role, as /api/system has them now. */
  pids(...roles: readonly Role[]): Promise<number[]>;
  /** Main and everything below it. */
  tree(): Promise<number[]>;
  /** The state of a camera: idle, live and so on. */
  state(id: string): Promise<string>;
  /** The states of all cameras. */
  states(): Promise<string[]>;
  /** Pictures decoded of all cameras so far; counted once a second. */
  decoded(): Promise<number>;
  /** What processes do now against too much load, `TITLE: WHAT`; empty: all is well. */
  shedding(): Promise<string[]>;
  stop(): Promise<void>;
}

type Role = System['processes'][number]['role'];

/** Serves `sources` (`id=ADDRESS`) or what `--config FILE` in `args` says; ready when /healthz answers. Its log: out/server.log. */
export async function startServer(context: Context, args: readonly string[]): Promise<Server> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const log = openSync(join(context.out, 'server.log'), 'a');
  const child = context.processes.start('npm', ['start', '--silent', '--', 'serve', ...args, '--port', `${port}`], {
    stdio: ['ignore', log, log],
    cwd: context.root,
  });
  closeSync(log);
  await until('the server is ready', 20_000, async () => {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    return await answers(`${origin}/healthz`);
  });
  const statuses = async () => {
    const { cameras } = await getJson<CameraList>(`${origin}/api/cameras`);
    return cameras.map(({ status }) => status);
  };
  const pids = async (...roles: readonly Role[]) => {
    const system = await getJson<System>(`${origin}/api/system`);
    return system.processes.filter(({ role }) => roles.includes(role)).map(({ pid }) => pid);
  };
  return {
    port,
    origin,
    pids,
    tree: async () => (await pids('main')).flatMap(processTree),
    state: async (id) => (await getJson<Camera>(`${origin}/api/cameras/${id}`)).status.state,
    states: async () => (await statuses()).map(({ state }) => state),
    decoded: async () => (await statuses()).reduce((sum, { frames }) => sum + frames.decoded, 0),
    shedding: async () => {
      const { processes } = await getJson<System>(`${origin}/api/system`);
      return processes.filter(({ load }) => load !== 'normal').map(({ title, load }) => `${title}: ${load}`);
    },
    stop: () => context.processes.stop(child),
  };
}

async function answers(url: string): Promise<true | null> {
  try {
    return (await fetch(url)).ok ? true : null;
  } catch {
    return null;
  }
}

async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as T;
}
