// One child process as control holds it: forked, spoken to over its control lane, listened to, ended or killed.

import { fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { getCompileCacheDir } from 'node:module';
import { nowUs } from '../base/clock.ts';
import { ControlLane } from '../link/control-lane.ts';
import type { ProcessInfo } from '../link/control-view.ts';
import type { ChildMethods, Endpoint, Heartbeat, MainMethods } from '../link/types.ts';
import type { ChildRole } from './roles.ts';
import { ROLES } from './roles.ts';

/** What a child tells, for whoever owns it. */
export interface ChildListener {
  ready(child: Child): void;
  origins(child: Child, params: MainMethods['origins']['params']): void;
  codecs(child: Child, params: MainMethods['codecs']['params']): void;
  log(child: Child, params: MainMethods['log']['params']): void;
  /** Once, when the process is gone; `reason` says why in words. */
  gone(child: Child, reason: string): void;
}

export interface ChildOptions {
  readonly role: ChildRole;
  readonly name: string;
  /** Folder of mode 0700 for its media socket. */
  readonly folder: string;
  readonly listener: ChildListener;
}

/** A running child. */
export class Child {
  readonly role: ChildRole;
  readonly name: string;
  readonly title: string;
  readonly startedUs = nowUs();
  readonly #process: ChildProcess;
  readonly #lane: ControlLane<ChildMethods, MainMethods>;
  #endpoint: Endpoint | null = null;
  #heartbeat: Heartbeat | null = null;
  #heardUs = nowUs();
  #killReason: string | null = null;
  #gone = false;
  readonly #exited: Promise<void>;

  constructor(options: ChildOptions) {
    this.role = options.role;
    this.name = options.name;
    this.title = `sightline ${options.role} ${options.name}`;
    this.#process = forkChild(options, this.title);
    this.#lane = this.#openLane(options.listener);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#exited = promise;
    const leave = (reason: string) => {
      if (this.#gone) return;
      this.#gone = true;
      this.#lane.end();
      this.#removeSocket();
      resolve(undefined);
      options.listener.gone(this, this.#killReason ?? reason);
    };
    this.#process.once('exit', (code, signal) => leave(signal ? `ended by ${signal}` : `exited with ${code ?? 0}`));
    this.#process.on('error', (error) => leave(`could not be started: ${error.message}`));
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Where it listens for media; null until it said so. */
  get endpoint(): Endpoint | null {
    return this.#endpoint;
  }

  get heartbeat(): Heartbeat | null {
    return this.#heartbeat;
  }

  /** When it was last heard of, monotonic microseconds. */
  get heardUs(): number {
    return this.#heardUs;
  }

  info(restarts: number): ProcessInfo {
    const { title, role, pid, startedUs, heartbeat } = this;
    return { title, role, pid, startedUs, restarts, heartbeat };
  }

  /** Pardons its silence until now: the parent itself was late. */
  pardon(): void {
    this.#heardUs = nowUs();
  }

  tell<M extends 'directory' | 'wall' | 'configure'>(method: M, params: ChildMethods[M]['params']): void {
    if (!this.#gone) this.#lane.tell(method, params);
  }

  kill(reason: string): void {
    this.#killReason ??= reason;
    this.#process.kill('SIGKILL');
  }

  /** Asks it to close everything and exit; kills it when it has not within `timeoutMs`. */
  async end(timeoutMs: number): Promise<void> {
    if (this.#gone) return;
    const timer = setTimeout(() => this.kill('did not end in time'), timeoutMs);
    this.#lane.ask('end', null, { timeoutMs }).catch((error: unknown) => {
      if (!this.#gone) this.kill(`could not be asked to end: ${String(error)}`);
    });
    await this.#exited;
    clearTimeout(timer);
  }

  /** One that was killed leaves its socket's file. */
  #removeSocket(): void {
    if (this.#endpoint && process.platform !== 'win32') rmSync(this.#endpoint.path, { force: true });
  }

  #openLane(listener: ChildListener): ControlLane<ChildMethods, MainMethods> {
    const heard =
      <P>(handle: (params: P) => void) =>
      (params: P): null => {
        this.#heardUs = nowUs();
        handle(params);
        return null;
      };
    return new ControlLane<ChildMethods, MainMethods>(this.#process, {
      ready: heard(({ endpoint }) => {
        this.#endpoint = endpoint;
        listener.ready(this);
      }),
      origins: heard((params) => listener.origins(this, params)),
      codecs: heard((params) => listener.codecs(this, params)),
      heartbeat: heard((params) => (this.#heartbeat = params)),
      log: heard((params) => listener.log(this, params)),
    });
  }
}

function forkChild(options: ChildOptions, title: string): ChildProcess {
  const { entry, threads, flags, allocator } = ROLES[options.role];
  const cache = getCompileCacheDir();
  return fork(fileURLToPath(entry), [title, options.folder], {
    serialization: 'advanced',
    execArgv: [...flags],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: {
      ...allocator,
      ...process.env,
      UV_THREADPOOL_SIZE: String(threads),
      ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }),
    },
  });
}
