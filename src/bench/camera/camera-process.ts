// A camera that the bench started: a program in a process group of its own, so that a Ctrl-C in the terminal reaches
// the bench only, which ends its servers before their camera. It ends by itself when the bench is gone.

import { spawn } from 'node:child_process';
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { SightlineError } from '../../base/errors.ts';

const START_MS = 20_000;
const STOP_MS = 5_000;
const MAX_SAID = 2000;

export interface CameraProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Added to our own environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** Whose end tells it that the bench is gone: its standard input, or the channel that our own program listens to. */
  readonly leash: 'stdin' | 'ipc';
}

const STDIO: Readonly<Record<CameraProgram['leash'], StdioOptions>> = {
  stdin: ['pipe', 'pipe', 'pipe'],
  ipc: ['ignore', 'pipe', 'pipe', 'ipc'],
};

export class CameraProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<null>;
  readonly #lost = new AbortController();
  readonly #firstLine: Promise<string>;
  /** The end of what it wrote to its standard error. */
  #said = '';
  #stopping = false;

  constructor({ command, args, cwd, env, leash }: CameraProgram) {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: STDIO[leash], detached: true });
    this.#child = child;
    const ended = Promise.withResolvers<null>();
    this.#ended = ended.promise;
    const onEnd = (how: string): void => {
      this.#onEnd(how);
      ended.resolve(null);
    };
    child.once('error', ({ message }) => onEnd(message));
    child.once('close', (code, signal) => onEnd(signal ?? `exit code ${code ?? 0}`));
    child.stdin?.on('error', () => undefined);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#said = (this.#said + text).slice(-MAX_SAID);
    });
    this.#firstLine = firstLineOf(child.stdout);
  }

  /** Aborts when it ends without having been stopped. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** The first line of its standard output. Rejects with the reason of `signal`, when it ends, or when it is silent. */
  async firstLine(signal: AbortSignal): Promise<string> {
    const limit = AbortSignal.any([signal, this.lost, AbortSignal.timeout(START_MS)]);
    const over = limit.aborted ? Promise.resolve(null) : once(limit, 'abort').then(() => null);
    const line = await Promise.race([this.#firstLine, over]);
    if (line === null) throw reasonOf(limit);
    return line;
  }

  /** Ends it, by force when it does not end in time. Stopping twice is harmless. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#child.kill('SIGTERM');
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
    await this.#ended;
    clearTimeout(kill);
  }

  #onEnd(how: string): void {
    if (this.#stopping) return;
    const last = this.#said.trim().split('\n').at(-1) ?? '';
    const text = `The camera that the bench had started ended by itself (${how})${last === '' ? '' : `: ${last}`}.`;
    this.#lost.abort(new SightlineError('camera-closed', text, { hint: 'Run it again; if this stays, report it.' }));
  }
}

/** Settles only when there is one. Later lines are read and dropped: a full pipe would stop the program. */
function firstLineOf(output: Readable | null): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  if (output !== null) createInterface({ input: output }).on('line', resolve);
  return promise;
}

function reasonOf(limit: AbortSignal): unknown {
  const { reason } = limit as { reason: unknown };
  const isLate = reason instanceof DOMException && reason.name === 'TimeoutError';
  return isLate ? new SightlineError('camera-timeout', `The bench's own camera did not start in time.`) : reason;
}
