// Every program that a benchmark starts goes through here, so that all of them end with the run, also on Ctrl-C.

import { spawn } from 'node:child_process';
import type { ChildProcess, StdioOptions } from 'node:child_process';

export interface StartOptions {
  readonly stdio: StdioOptions;
  readonly cwd?: string;
}

export class Processes {
  readonly #running = new Map<ChildProcess, Promise<number | null>>();

  /** Starts a program in a process group of its own: a Ctrl-C in the terminal reaches this run only, which ends them. */
  start(command: string, args: readonly string[], options: StartOptions): ChildProcess {
    const child = spawn(command, args, { ...options, detached: true });
    const ended = new Promise<number | null>((resolve) => {
      child.once('error', () => resolve(null));
      child.once('close', (code) => resolve(code));
    });
    this.#running.set(child, ended);
    void ended.then(() => this.#running.delete(child));
    return child;
  }

  /** Resolves with the exit code, null when it ended by a signal or never began. */
  async ended(child: ChildProcess): Promise<number | null> {
    return (await this.#running.get(child)) ?? child.exitCode;
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
