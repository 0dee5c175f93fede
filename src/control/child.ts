// A child process that captures or decodes, as control holds it: forked, spoken to over its control lane, listened to.

import { fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { ChildProcess } from 'node:child_process';
import { ControlLane } from '../link/control-lane.ts';
import type { ChildMethods, Endpoint, MainMethods } from '../link/types.ts';
import { forkSettings } from './roles.ts';
import type { ChildRole } from './roles.ts';
import { Supervised, titleOf } from './supervised.ts';

/** What a child tells, for whoever owns it. */
export interface ChildListener {
  ready(child: Child): void;
  origins(child: Child, params: MainMethods['origins']['params']): void;
  codecs(child: Child, params: MainMethods['codecs']['params']): void;
  processors(child: Child, params: MainMethods['processors']['params']): void;
  events(child: Child, params: MainMethods['events']['params']): void;
  log(child: Child, params: MainMethods['log']['params']): void;
}

export interface ChildOptions {
  readonly role: ChildRole;
  readonly name: string;
  /** Folder of mode 0700 for its media socket. */
  readonly folder: string;
  readonly listener: ChildListener;
  /** Once, when the process is gone; `reason` says why in words. */
  gone(child: Child, reason: string): void;
}

/** A running child. */
export class Child extends Supervised {
  declare readonly role: ChildRole;
  readonly #lane: ControlLane<ChildMethods, MainMethods>;
  #endpoint: Endpoint | null = null;

  constructor(options: ChildOptions) {
    const { role, name } = options;
    super({ role, name, process: forkChild(options), gone: (reason) => options.gone(this, reason) });
    this.#lane = this.#openLane(options.listener);
  }

  /** Where it listens for media; null until it said so. */
  get endpoint(): Endpoint | null {
    return this.#endpoint;
  }

  override get isServing(): boolean {
    return this.#endpoint !== null;
  }

  tell<M extends 'directory' | 'wall' | 'configure' | 'processors'>(
    method: M,
    params: ChildMethods[M]['params'],
  ): void {
    if (!this.isGone) this.#lane.tell(method, params);
  }

  protected override askToEnd(timeoutMs: number): Promise<unknown> {
    return this.#lane.ask('end', null, { timeoutMs });
  }

  /** One that was killed leaves its socket's file. */
  protected override left(): void {
    this.#lane.end();
    if (this.#endpoint && process.platform !== 'win32') rmSync(this.#endpoint.path, { force: true });
  }

  #openLane(listener: ChildListener): ControlLane<ChildMethods, MainMethods> {
    return new ControlLane<ChildMethods, MainMethods>(this.process, {
      ready: this.heard(({ endpoint }) => {
        this.#endpoint = endpoint;
        listener.ready(this);
      }),
      origins: this.heard((params) => listener.origins(this, params)),
      codecs: this.heard((params) => listener.codecs(this, params)),
      processors: this.heard((params) => listener.processors(this, params)),
      events: this.heard((params) => listener.events(this, params)),
      heartbeat: this.heard((params) => this.beat(params)),
      log: this.heard((params) => listener.log(this, params)),
    });
  }
}

function forkChild({ role, name, folder }: ChildOptions): ChildProcess {
  const { exec, ...settings } = forkSettings(role);
  return fork(exec, [titleOf(role, name), folder], settings);
}
