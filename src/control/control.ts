// The main process's control: joins the cameras, the processes that open and decode them, the config, what is kept of
// them, and the gateways that ask. Decides everything; media never passes through it.

import { nowUs } from '../base/clock.ts';
import type { DialRules } from '../base/dial-guard.ts';
import type { Config } from '../config/load.ts';
import type { ConfigInfo, LiveConfig } from '../config/store-types.ts';
import type { AccessTable } from '../link/access.ts';
import type { ControlPort, ControlQuestions, GatewayReport } from '../link/control-port.ts';
import type { CameraInfo, ProcessInfo, SystemInfo } from '../link/control-view.ts';
import type { SearchInfo } from '../link/found.ts';
import type { Examine } from '../link/examination.ts';
import type { EventView } from '../link/kept-events.ts';
import type { DirectoryEntry, Heartbeat } from '../link/types.ts';
import type { CameraMemory } from '../state/types.ts';
import { Cameras } from './cameras.ts';
import type { Intent } from './cameras.ts';
import { Edits } from './edits.ts';
import { Events } from './events.ts';
import { Follower } from './follower.ts';
import type { NetworkSense } from './follower.ts';
import { Examinations } from './examinations.ts';
import { Gateways } from './gateways.ts';
import type { GatewayPort, Membership } from './gateways.ts';
import { Journal } from './journal.ts';
import { tellConfig, tellNews } from './log.ts';
import type { Author, Books, Log } from './log.ts';
import { Probes } from './probes.ts';
import type { Probed } from './probes.ts';
import { Processes } from './processes.ts';
import { Searches } from './searches.ts';
import type { Search } from './searches.ts';
import { answersOf } from './questions.ts';
import type { Answers, ControlAccess } from './questions.ts';

export interface ControlOptions {
  readonly version: string;
  readonly config: LiveConfig;
  readonly memory: CameraMemory;
  readonly access: ControlAccess;
  /** Folder of mode 0700 for the media sockets. */
  readonly folder: string;
  readonly log: Log;
  /** The main process's own heartbeat, for the status. */
  readonly heartbeat: () => Heartbeat;
  /** How cameras are looked for, and found again when their address changed; null: a control that does neither. */
  readonly surroundings: { readonly search: Search; readonly sense: NetworkSense } | null;
  /** Gets the directory whenever it changes: the gateway of this process. */
  readonly onDirectory: (entries: readonly DirectoryEntry[]) => void;
  /** Finds out why a camera has no picture. */
  readonly examine: Examine;
}

export class Control implements ControlPort {
  readonly #options: ControlOptions;
  readonly #startedUs = nowUs();
  readonly #journal: Journal;
  readonly #books: Books;
  readonly #events: Events;
  readonly #cameras: Cameras;
  readonly #processes: Processes;
  readonly #edits: Edits;
  readonly #probes: Probes;
  readonly #searches: Searches;
  readonly #follower: Follower | null;
  readonly #examinations: Examinations;
  readonly #gateways = new Gateways();
  readonly #answers: Answers;
  readonly #listeners = new Set<() => void>();
  readonly #unlisten: (() => void)[];
  #own: Membership | null = null;
  #ownPorts: readonly number[] = [];
  #allowedSources: readonly string[];
  #telling = false;

  constructor(options: ControlOptions) {
    this.#options = options;
    const { config, memory, access, log } = options;
    this.#journal = new Journal(memory.path, log);
    this.#books = { log, journal: this.#journal };
    this.#events = new Events(this.#books);
    this.#allowedSources = config.config.server.allowedSources;
    const rules = (): DialRules => ({ allowed: this.#allowedSources, ownPorts: this.#ownPorts });
    this.#cameras = new Cameras({ memory, revisionOf: (id) => config.revisionOf(id) });
    this.#cameras.follow(config.config.cameras);
    this.#processes = new Processes({
      ...{ cameras: this.#cameras, folder: options.folder, books: this.#books, rules },
      onDirectory: options.onDirectory,
      onEvents: (record, events) => this.#events.take(record, events),
      onChange: () => this.#changed(),
    });
    this.#edits = new Edits({ config, memory, rules, inForce: (id) => this.#cameras.byId(id)?.config });
    this.#probes = new Probes({ cameras: this.#cameras, processes: this.#processes, memory });
    this.#searches = new Searches(options.surroundings?.search ?? null, () => this.#changed());
    this.#examinations = new Examinations({ examine: options.examine, rules });
    this.#answers = answersOf({
      ...{ cameras: this.#cameras, edits: this.#edits, probes: this.#probes },
      ...{ searches: this.#searches, examinations: this.#examinations },
      ...{ journal: this.#journal, gateways: this.#gateways, access },
    });
    this.#follower = options.surroundings && this.#followWith(options.surroundings.sense);
    this.#unlisten = this.#listen();
    const count = config.config.cameras.length;
    this.#note(`the server was started with ${count === 1 ? 'one camera' : `${count} cameras`}`);
    this.#processes.follow();
  }

  get books(): Books {
    return this.#books;
  }

  cameras(): readonly CameraInfo[] {
    return Array.from(this.#cameras.listed(), (record) => record.info());
  }

  byId(id: string): CameraInfo | undefined {
    return this.#cameras.byId(id)?.info();
  }

  byUid(uid: string): CameraInfo | undefined {
    return this.#cameras.byUid(uid)?.info();
  }

  search(): SearchInfo {
    return this.#searches.info;
  }

  get events(): EventView {
    return this.#events.kept;
  }

  access(): AccessTable {
    return this.#options.access.table;
  }

  async ask<M extends keyof ControlQuestions>(
    method: M,
    params: ControlQuestions[M]['params'],
  ): Promise<ControlQuestions[M]['result']> {
    return await this.#answers[method](params);
  }

  /** Of the gateway in this process; workers join and report by their membership. */
  report(report: GatewayReport): void {
    this.#own?.report(report);
    this.#changed();
  }

  /** Adds a gateway to those that serve viewers. `own`: the one whose ControlPort is this object. */
  join(port: GatewayPort, own = false): Membership {
    const membership = this.#gateways.join(port);
    if (own) this.#own = membership;
    return membership;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  system(): SystemInfo {
    const main: ProcessInfo = {
      title: 'sightline main',
      role: 'main',
      pid: process.pid,
      startedUs: this.#startedUs,
      restarts: 0,
      heartbeat: this.#options.heartbeat(),
    };
    return {
      version: this.#options.version,
      startedUs: this.#startedUs,
      processes: [main, ...this.#processes.info()],
      config: this.#options.config.info,
      events: this.#events.counts(),
      ...this.#gateways.sums(),
    };
  }

  /** Ports that we listen on: no source that came through the API is dialled there. */
  listensOn(ports: readonly number[]): void {
    this.#ownPorts = ports;
    this.#processes.follow();
  }

  /** Opens a source to look at it, with no rules but those of the caller; its uid. */
  openProbe(probed: Probed): string {
    return this.#probes.open(probed);
  }

  /** From now on no process that ends is replaced: a terminal's signal may reach them before we stop them. */
  retire(): void {
    this.#processes.retire();
  }

  /** Closes cameras (TEARDOWN), ends every child, writes the last lines. */
  async stop(): Promise<void> {
    for (const unlisten of this.#unlisten.splice(0)) unlisten();
    this.#probes.stop();
    await this.#searches.end();
    await this.#follower?.stop();
    await this.#examinations.stop();
    await this.#processes.stop();
    this.#note('the server was stopped');
    await this.#journal.close();
  }

  /** Kills every child without a word. */
  killAll(): void {
    this.#processes.killAll();
  }

  #followWith(sense: NetworkSense): Follower {
    return new Follower({
      ...{ sense, books: this.#books },
      cameras: () => this.#cameras.listed(),
      onMoved: () => this.#processes.follow(),
    });
  }

  #listen(): (() => void)[] {
    const { config, access } = this.#options;
    let info: ConfigInfo = config.info;
    return [
      config.onChange((changed) => this.#follow(changed)),
      config.onInfo((now) => {
        tellConfig(this.#books, now, info);
        info = now;
        this.#changed();
      }),
      access.onChange(() => this.#changed()),
    ];
  }

  /** A new config is in force: only cameras that changed are touched. */
  #follow({ server, cameras }: Config): void {
    const intent: Intent | null = this.#edits.takeIntent();
    const author: Author = intent === null ? 'config file' : 'API';
    this.#allowedSources = server.allowedSources;
    this.#options.access.apply(server);
    for (const news of this.#cameras.follow(cameras, intent ?? {})) {
      if (news.reopened) this.#processes.forgive(news.record.uid);
      if (news.kind === 'removed') this.#gateways.forget(news.record.uid);
      tellNews(this.#books, news, author);
    }
    const uids = new Set(Array.from(this.#cameras.listed(), ({ uid }) => uid));
    this.#journal.retain(uids);
    this.#events.retain(uids);
    this.#processes.follow();
  }

  /** Tells gateways that something changed; several changes of one tick are one call. */
  #changed(): void {
    if (this.#telling) return;
    this.#telling = true;
    setImmediate(() => {
      this.#telling = false;
      for (const listener of [...this.#listeners]) listener();
    });
  }

  #note(text: string): void {
    this.#journal.note({ level: 'info', about: null, text, code: null });
  }
}
