// All gateway workers, as main holds them: starts them behind one door, shows them what control shows, carries their
// questions to control, and joins them to the gateways that it knows. Nothing of HTTP is here, and no media.

import { measureWallOffsetUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import type { LoadLevel } from '../base/load-watch.ts';
import type { ControlPort, ControlQuestions, GatewayReport } from '../link/control-port.ts';
import type { CameraInfo, SystemInfo } from '../link/control-view.ts';
import type { GatewayMainMethods, GatewaySettings } from '../link/gateway-methods.ts';
import type { DirectoryEntry } from '../link/types.ts';
import { FrontDoor } from './front-door.ts';
import type { GatewayChildOptions, GatewayListener, ShownWhole } from './gateway-child.ts';
import { GatewayChild } from './gateway-child.ts';
import type { GatewayPort, Membership } from './gateways.ts';
import type { Books, Log } from './log.ts';
import { tellDeath } from './log.ts';
import { Supervisor } from './supervisor.ts';

const SHOW_INTERVAL_MS = 1000;
/** A worker that hangs keeps nobody waiting for longer. */
const SETTLE_LIMIT_MS = 500;
/** Workers that may die before all serve, at the start. */
const START_DEATHS = 5;

/** Questions after which nothing is shown otherwise. */
const PURE: ReadonlySet<keyof ControlQuestions> = new Set(['journal', 'devices', 'viewers']);

export interface WorkersOptions {
  readonly count: number;
  /** The folder that all processes of this server share. */
  readonly folder: string;
  readonly settings: GatewaySettings;
  readonly log: Log;
}

/** Control, to which gateways join. */
export interface GatewayHost extends ControlPort {
  /** Where what happens is told. */
  readonly books: Books;
  join(port: GatewayPort, own?: boolean): Membership;
}

export class Workers {
  readonly #options: WorkersOptions;
  readonly #supervisor: Supervisor<GatewayChild>;
  readonly #memberships = new Map<GatewayChild, Membership>();
  /** Uids of cameras that no list shows, as somebody asked for them. */
  readonly #hidden = new Set<string>();
  readonly #serving = Promise.withResolvers<undefined>();
  #door: FrontDoor | null = null;
  #control: GatewayHost | null = null;
  #directory: readonly DirectoryEntry[] = [];
  #version = 0;
  #started = false;
  #deaths = 0;
  #timer: NodeJS.Timeout | null = null;
  #unlisten: (() => void)[] = [];

  constructor(options: WorkersOptions) {
    this.#options = options;
    const listener: GatewayListener = {
      serving: (worker) => this.#workerServes(worker),
      failed: (worker, error) => this.#workerFailed(worker, error),
      ask: (question) => this.#ask(question),
      reported: (worker, report) => this.#takeReport(worker, report),
      log: (worker, lines) => {
        for (const line of lines) options.log[line.level]({ process: worker.title, ...line.fields }, line.message);
      },
    };
    this.#supervisor = new Supervisor<GatewayChild>({
      start: (_role, name, gone) =>
        new GatewayChild({
          name,
          folder: options.folder,
          settings: () => this.#settings(),
          look: () => this.#look(),
          events: () => this.#knownControl().events,
          listener,
          gone,
        }),
      gone: (worker, reason, expected) => this.#workerGone(worker, reason, expected),
    });
  }

  /** Listens, then starts the workers; resolves when all serve. Rejects as FrontDoor does: `port-in-use`, … */
  async start(control: GatewayHost): Promise<FrontDoor['address']> {
    this.#control = control;
    this.#door = await FrontDoor.open({ ...this.#options.settings.server, access: control.access() });
    const showEvents = (): void => this.#workers().forEach((worker) => worker.showEvents());
    this.#unlisten = [control.onChange(() => this.#changed()), control.events.listen(showEvents)];
    this.#timer = setInterval(() => this.#showAll(), SHOW_INTERVAL_MS);
    const names = Array.from({ length: this.#options.count }, (_, index) => String(index + 1));
    this.#supervisor.want('gateway', new Set(names));
    await this.#serving.promise;
    return this.#door.address;
  }

  /** Takes the directory of streams, as control publishes it. */
  direct(entries: readonly DirectoryEntry[]): void {
    this.#directory = entries;
    this.#showAll();
  }

  /** Main has no viewers, so it sheds nothing. */
  shed(): LoadLevel {
    return 0;
  }

  /** From now on no worker that ends is replaced. */
  retire(): void {
    this.#supervisor.retire();
  }

  /** Listens no more, ends every response with its last part whole, then every worker. */
  async stop(): Promise<void> {
    this.#silence();
    await this.#supervisor.stop();
  }

  /** Kills every worker without a word. */
  killAll(): void {
    this.#silence();
    this.#supervisor.killAll();
  }

  #silence(): void {
    this.#door?.close();
    if (this.#timer !== null) clearInterval(this.#timer);
    for (const unlisten of this.#unlisten.splice(0)) unlisten();
  }

  #workers(): GatewayChild[] {
    return this.#supervisor.running().map(({ child }) => child);
  }

  #settings(): ReturnType<GatewayChildOptions['settings']> {
    const { settings } = this.#options;
    const { host: address, port } = this.#knownDoor().address;
    return { settings: { ...settings, server: { ...settings.server, port } }, address };
  }

  #workerServes(worker: GatewayChild): void {
    this.#options.log.info({ process: worker.title, pid: worker.pid }, 'process started');
    this.#memberships.set(worker, this.#knownControl().join(worker));
    this.#changed();
    const door = this.#knownDoor();
    worker.sit((taker) => door.join(taker));
    if (this.#started || !this.#isComplete()) return;
    this.#started = true;
    this.#serving.resolve(undefined);
  }

  #isComplete(): boolean {
    const serving = this.#workers().filter((worker) => worker.isServing);
    return serving.length === this.#options.count;
  }

  #workerFailed(worker: GatewayChild, error: SightlineError): void {
    if (this.#started) worker.kill(`killed: ${error.message}`);
    else this.#serving.reject(error);
  }

  #workerGone(worker: GatewayChild, reason: string, expected: boolean): void {
    this.#memberships.get(worker)?.leave();
    this.#memberships.delete(worker);
    this.#changed();
    tellDeath(this.#knownControl().books, worker, { reason, expected });
    if (expected || this.#started) return;
    this.#deaths += 1;
    if (this.#deaths < START_DEATHS) return;
    this.#serving.reject(new SightlineError('internal', `${worker.title} does not start: it ${reason}.`));
  }

  /** Control answers; what that changed is shown at every worker before the asker hears of it. */
  async #ask({ method, params }: GatewayMainMethods['ask']['params']): Promise<unknown> {
    const control = this.#knownControl();
    try {
      const answer = await control.ask(method, params as never);
      if (method === 'openProbe') this.#hidden.add((answer as ControlQuestions['openProbe']['result']).uid);
      return answer;
    } finally {
      if (!PURE.has(method)) await this.#settle();
    }
  }

  async #settle(): Promise<void> {
    this.#version += 1;
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => resolve(undefined), SETTLE_LIMIT_MS);
    await Promise.race([Promise.all(this.#workers().map((worker) => worker.settle())), late]);
    clearTimeout(timer);
  }

  #changed(): void {
    this.#version += 1;
    this.#showAll();
  }

  #showAll(): void {
    for (const worker of this.#workers()) worker.show();
  }

  #takeReport(worker: GatewayChild, report: GatewayReport): void {
    this.#memberships.get(worker)?.report(report);
    this.#showAll();
  }

  #look(): ShownWhole {
    const control = this.#knownControl();
    return {
      cameras: control.cameras(),
      hidden: this.#lookAtHidden(control),
      system: this.#system(control),
      search: control.search(),
      wallOffsetUs: measureWallOffsetUs(),
      version: this.#version,
      access: control.access(),
      directory: this.#directory,
    };
  }

  #lookAtHidden(control: ControlPort): CameraInfo[] {
    return [...this.#hidden].flatMap((uid) => {
      const info = control.byUid(uid);
      if (info === undefined) this.#hidden.delete(uid);
      return info === undefined ? [] : [info];
    });
  }

  /** Control's own, with the workers behind main. */
  #system(control: ControlPort): SystemInfo {
    const system = control.system();
    const workers = this.#supervisor.running().map(({ child, restarts }) => child.info(restarts));
    return { ...system, processes: [...system.processes.slice(0, 1), ...workers, ...system.processes.slice(1)] };
  }

  #knownDoor(): FrontDoor {
    if (this.#door === null) throw new SightlineError('internal', 'The door is not open yet.');
    return this.#door;
  }

  #knownControl(): GatewayHost {
    if (this.#control === null) throw new SightlineError('internal', 'The workers were not started.');
    return this.#control;
  }
}
