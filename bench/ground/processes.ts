// Every program that runs beside a measurement is started here, so that all of them end with the run, also on Ctrl-C.
// (Short ones that are waited for, such as a decoder of collected pictures, end with their pipes.)

import { spawn } from 'node:child_process';
import type { ChildProcess, StdioOptions } from 'node:child_process';

export interface StartOptions {
  readonly stdio: StdioOptions;
  readonly cwd?: string;
  /** Added to this program's own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export class Processes {
  readonly #running = new Map<ChildProcess, Promise<void>>();
  #ending = false;

  /** Starts a program in a process group of its own: a Ctrl-C in the terminal reaches this run only, which ends them. */
  start(command: string, args: readonly string[], options: StartOptions): ChildProcess {
    if (this.#ending) throw new Error('the run is ending');
    const env = { ...process.env, ...options.env };
    const child = spawn(command, args, { ...options, env, detached: true });
    const ended = new Promise<void>((resolve) => {
      child.once('error', () => resolve());
      child.once('exit', () => resolve());
    });
    this.#running.set(child, ended);
    void ended.then(() => this.#running.delete(child));
    return child;
  }

  /** Asks the group to end, after `graceMs` it is killed. */
  async stop(child: ChildProcess, graceMs = 4000): Promise<void> {
    const ended = this.#running.get(child);
    if (ended === undefined) return;
    signalGroup(child, 'SIGTERM');
    const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs);
    await ended;
    clearTimeout(timer);
  }

  /** Stops all, and nothing is started any more. */
  async end(): Promise<void> {
    this.#ending = true;
    await this.stopAll();
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((child) => this.stop(child)));
  }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
