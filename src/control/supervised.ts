// A process of ours as its parent holds it, whatever it is for: heard of, ended or killed, and gone once. What is said
// to it is its kind's own matter (child.ts, gateway-child.ts).

import type { ChildProcess } from 'node:child_process';
import { nowUs } from '../base/clock.ts';
import type { ProcessInfo } from '../link/control-view.ts';
import type { Heartbeat } from '../link/types.ts';
import type { ProcessRole } from './roles.ts';

export interface SupervisedFacts {
  readonly role: ProcessRole;
  readonly name: string;
  readonly process: ChildProcess;
  /** Called once, when the process is gone; `reason` says why in words. */
  readonly gone: (reason: string) => void;
}

/** A running process. */
export abstract class Supervised {
  readonly role: ProcessRole;
  readonly name: string;
  readonly title: string;
  readonly startedUs = nowUs();
  protected readonly process: ChildProcess;
  #heartbeat: Heartbeat | null = null;
  #heardUs = nowUs();
  #killReason: string | null = null;
  #gone = false;
  readonly #exited: Promise<void>;

  protected constructor({ role, name, process, gone }: SupervisedFacts) {
    this.role = role;
    this.name = name;
    this.title = titleOf(role, name);
    this.process = process;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#exited = promise;
    const leave = (reason: string) => {
      if (this.#gone) return;
      this.#gone = true;
      this.left();
      resolve(undefined);
      gone(this.#killReason ?? reason);
    };
    process.once('exit', (code, signal) => leave(signal ? `ended by ${signal}` : `exited with ${code ?? 0}`));
    process.on('error', (error) => leave(`could not be started: ${error.message}`));
  }

  /** True once it does what it is for. */
  abstract get isServing(): boolean;

  /** Asks it to close everything and exit. */
  protected abstract askToEnd(timeoutMs: number): Promise<unknown>;

  /** It is gone: what its kind holds of it is given up. */
  protected abstract left(): void;

  get pid(): number {
    return this.process.pid ?? 0;
  }

  get heartbeat(): Heartbeat | null {
    return this.#heartbeat;
  }

  /** When it was last heard of, monotonic microseconds. */
  get heardUs(): number {
    return this.#heardUs;
  }

  get isGone(): boolean {
    return this.#gone;
  }

  info(restarts: number): ProcessInfo {
    const { title, role, pid, startedUs, heartbeat } = this;
    return { title, role, pid, startedUs, restarts, heartbeat };
  }

  /** Pardons its silence until now: the parent itself was late. */
  pardon(): void {
    this.#heardUs = nowUs();
  }

  kill(reason: string): void {
    this.#killReason ??= reason;
    this.process.kill('SIGKILL');
  }

  /** Asks it to close everything and exit; kills it when it has not within `timeoutMs`. */
  async end(timeoutMs: number): Promise<void> {
    if (this.#gone) return;
    const timer = setTimeout(() => this.kill('did not end in time'), timeoutMs);
    this.askToEnd(timeoutMs).catch((error: unknown) => {
      if (!this.#gone) this.kill(`could not be asked to end: ${String(error)}`);
    });
    await this.#exited;
    clearTimeout(timer);
  }

  /** A handler of what it says, noting that it was heard of. */
  protected heard<P>(handle: (params: P) => void): (params: P) => null {
    return (params) => {
      this.#heardUs = nowUs();
      handle(params);
      return null;
    };
  }

  protected beat(heartbeat: Heartbeat): void {
    this.#heartbeat = heartbeat;
  }
}

/** As in `ps`. */
export function titleOf(role: ProcessRole, name: string): string {
  return `sightline ${role} ${name}`;
}
