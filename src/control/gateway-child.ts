// One gateway worker as main holds it: forked, shown what main knows, handed the connections that it answers, and asked
// for its viewers.

import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { SightlineError } from '../base/errors.ts';
import type { AccessTable } from '../link/access.ts';
import { ControlLane } from '../link/control-lane.ts';
import type { GatewayReport, ViewerInfo } from '../link/gateway-report.ts';
import type { GatewayMainMethods, GatewayMethods, GatewaySettings, Shown } from '../link/gateway-methods.ts';
import { isTook, privateSocket } from '../link/handover.ts';
import type { HandoverMessage } from '../link/handover.ts';
import type { EventView } from '../link/kept-events.ts';
import { Newest } from '../link/newest.ts';
import type { KeptEvent } from '../link/processors.ts';
import type { DirectoryEntry, LogLine } from '../link/types.ts';
import type { Seat, Taker } from './handover.ts';
import { forkSettings } from './roles.ts';
import { Supervised, titleOf } from './supervised.ts';

/** Between two pushes that no question waits for: a crowd that comes is not a push for each. */
const PUSH_GAP_MS = 50;
const VIEWERS_LIMIT_MS = 2000;

/** Everything that can be shown; what a worker has already is left out before it is sent. */
export type ShownWhole = Shown & { readonly access: AccessTable; readonly directory: readonly DirectoryEntry[] };

/** What a worker tells, for whoever owns it. */
export interface GatewayListener {
  /** It can take connections. */
  serving(worker: GatewayChild): void;
  /** It cannot serve; it is of no use. */
  failed(worker: GatewayChild, error: SightlineError): void;
  ask(params: GatewayMainMethods['ask']['params']): Promise<unknown>;
  reported(worker: GatewayChild, report: GatewayReport): void;
  log(worker: GatewayChild, lines: readonly LogLine[]): void;
}

export interface GatewayChildOptions {
  readonly name: string;
  /** The folder that all processes of this server share. */
  readonly folder: string;
  readonly settings: () => { readonly settings: GatewaySettings; readonly address: string };
  readonly look: () => ShownWhole;
  readonly events: () => EventView;
  readonly listener: GatewayListener;
  /** Once, when the process is gone; `reason` says why in words. */
  readonly gone: (worker: GatewayChild, reason: string) => void;
}

export class GatewayChild extends Supervised {
  declare readonly role: 'gateway';
  readonly #options: GatewayChildOptions;
  readonly #lane: ControlLane<GatewayMethods, GatewayMainMethods>;
  readonly #shows: Newest;
  readonly #events: Newest;
  /** Id of the newest event that it was sent. */
  #sentEvent = 0;
  #isServing = false;
  #accessVersion = -1;
  #directory: readonly DirectoryEntry[] | null = null;

  constructor(options: GatewayChildOptions) {
    const { name, folder, gone } = options;
    const process = forkWorker(titleOf('gateway', name), folder);
    super({ role: 'gateway', name, process, gone: (reason) => gone(this, reason) });
    this.#options = options;
    this.#shows = new Newest({ send: () => this.#lane.ask('show', this.#compose()), gapMs: PUSH_GAP_MS });
    this.#events = new Newest({ send: () => this.#lane.ask('events', { events: this.#newEvents() }) });
    this.#lane = this.#openLane(options.listener);
  }

  override get isServing(): boolean {
    return this.#isServing;
  }

  /** Shows it soon what there is; never more than one is under way. */
  show(): void {
    if (this.#isServing) this.#shows.push();
  }

  /** Sends it the events that it has not; while it takes some, others wait where they are kept. */
  showEvents(): void {
    if (this.#isServing) this.#events.push();
  }

  /** Resolves when it shows what there is now. */
  settle(): Promise<void> {
    return this.#isServing ? this.#shows.settle() : Promise.resolve();
  }

  /** Takes connections from now on. What it has not taken when nothing more can come from it goes to others. */
  sit(join: (taker: Taker<Socket>) => Seat): void {
    const seat = join({
      give: (connection, socket) => {
        const message: HandoverMessage = { connection };
        // A channel that failed ends; what was not taken is given back then.
        this.process.send(message, socket, { keepOpen: true }, () => undefined);
      },
    });
    this.process.on('message', (message) => {
      if (isTook(message)) seat.took(message.took);
    });
    // Not `exit`: its last words may not have been read yet. Not `disconnect`: it does not come while Node waits for a
    // sign that a socket arrived.
    this.process.once('close', () => seat.leave());
  }

  async viewers(uid: string): Promise<readonly ViewerInfo[]> {
    if (!this.#isServing) return [];
    return (await this.#lane.ask('viewers', { uid }, { timeoutMs: VIEWERS_LIMIT_MS })).viewers;
  }

  protected override askToEnd(timeoutMs: number): Promise<unknown> {
    return this.#lane.ask('end', null, { timeoutMs });
  }

  protected override left(): void {
    this.#isServing = false;
    this.#shows.close();
    this.#events.close();
    this.#lane.end();
    if (process.platform !== 'win32') rmSync(privateSocket(this.#options.folder, this.pid), { force: true });
  }

  #openLane(listener: GatewayListener): ControlLane<GatewayMethods, GatewayMainMethods> {
    return new ControlLane<GatewayMethods, GatewayMainMethods>(this.process, {
      ready: this.heard(() => void this.#serve(listener)),
      ask: (params) => listener.ask(params),
      report: this.heard((report) => listener.reported(this, report)),
      heartbeat: this.heard((heartbeat) => this.beat(heartbeat)),
      log: this.heard(({ lines }) => listener.log(this, lines)),
    });
  }

  async #serve(listener: GatewayListener): Promise<void> {
    try {
      const shown = this.#compose();
      await this.#lane.ask('serve', { ...this.#options.settings(), shown, events: this.#newEvents() });
      this.pardon();
      this.#isServing = true;
      this.#shows.push();
      this.#events.push();
      listener.serving(this);
    } catch (error) {
      if (!this.isGone) listener.failed(this, SightlineError.from(error));
    }
  }

  #newEvents(): readonly KeptEvent[] {
    const events = this.#options.events().after(this.#sentEvent);
    this.#sentEvent = events.at(-1)?.id ?? this.#sentEvent;
    return events;
  }

  /** What there is now, without what it has already: an access table or a directory that did not change. */
  #compose(): Shown {
    const whole = this.#options.look();
    const access = whole.access.version === this.#accessVersion ? null : whole.access;
    const directory = whole.directory === this.#directory ? null : whole.directory;
    this.#accessVersion = whole.access.version;
    this.#directory = whole.directory;
    return { ...whole, access, directory };
  }
}

function forkWorker(title: string, folder: string): ChildProcess {
  const { exec, ...settings } = forkSettings('gateway');
  return fork(exec, [title, folder], settings);
}
