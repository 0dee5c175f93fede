// The main process's control: holds the registry, places cameras on child processes, keeps and publishes the directory,
// the wall clock's offset and the status. The gateway asks it through ControlView only.

import { availableParallelism } from 'node:os';
import { measureWallOffsetUs, nowUs, setWallOffsetUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import type { CameraConfig } from '../config/load.ts';
import type { AccessTable } from '../link/access.ts';
import type { ControlPort, ControlQuestions, GatewayReport, ViewerInfo } from '../link/control-port.ts';
import type { CameraInfo, ProcessInfo, SystemInfo } from '../link/control-view.ts';
import type { DirectoryEntry, Endpoint, Heartbeat, MainMethods } from '../link/types.ts';
import type { AccessKeeper } from './access.ts';
import { Child } from './child.ts';
import type { ChildListener } from './child.ts';
import { CrashLedger } from './crash-ledger.ts';
import type { Log } from './log.ts';
import { logDeath, logState } from './log.ts';
import { Placement } from './placement.ts';
import { CameraRecord } from './registry.ts';
import type { ChildRole } from './roles.ts';
import { Supervisor } from './supervisor.ts';

const WALL_INTERVAL_MS = 1000;

export interface ControlOptions {
  readonly version: string;
  readonly cameras: readonly CameraConfig[];
  readonly access: AccessKeeper;
  /** Folder of mode 0700 for the media sockets. */
  readonly folder: string;
  readonly log: Log;
  /** The main process's own heartbeat, for the status. */
  readonly heartbeat: () => Heartbeat;
  /** Gets the directory whenever it changes: the gateway of this process. */
  readonly onDirectory: (entries: readonly DirectoryEntry[]) => void;
}

type Answers = {
  readonly [M in keyof ControlQuestions]?: (
    params: ControlQuestions[M]['params'],
  ) => ControlQuestions[M]['result'] | Promise<ControlQuestions[M]['result']>;
};

/** Everything that is decided, in one place; media never passes through it. */
export class Control implements ControlPort {
  readonly #options: ControlOptions;
  readonly #records = new Map<string, CameraRecord>();
  readonly #byUid = new Map<string, CameraRecord>();
  readonly #supervisor: Supervisor<Child>;
  readonly #ledger = new CrashLedger();
  readonly #placements: Readonly<Record<ChildRole, Placement>>;
  readonly #startedUs = nowUs();
  readonly #wall: NodeJS.Timeout;
  #places: Readonly<Record<ChildRole, ReadonlyMap<string, string>>> = { ingest: new Map(), codec: new Map() };
  #publishing = false;
  #gateway: GatewayReport = { counts: [], requests: [] };
  #joined: { viewers(uid: string): readonly ViewerInfo[] } | null = null;
  readonly #listeners = new Set<() => void>();
  readonly #answers: Answers = {
    viewers: ({ uid }) => ({ viewers: this.#joined?.viewers(uid) ?? [] }),
    login: (attempt) => this.#options.access.login(attempt),
    logout: ({ cookie }) => {
      this.#options.access.logout(cookie);
      return null;
    },
  };

  constructor(options: ControlOptions) {
    this.#options = options;
    options.access.onChange(() => {
      for (const listener of [...this.#listeners]) listener();
    });
    const cores = availableParallelism();
    this.#placements = { ingest: new Placement(cores), codec: new Placement(cores) };
    for (const config of options.cameras) {
      const record = new CameraRecord(config);
      this.#records.set(config.id, record);
      this.#byUid.set(record.uid, record);
    }
    const listener: ChildListener = {
      ready: (child) => this.#childReady(child),
      origins: (child, { reports }) => this.#takeOrigins(child, reports),
      codecs: (child, { reports }) => this.#takeCodecs(child, reports),
      log: (child, line) => options.log[line.level]({ process: child.title, ...line.fields }, line.message),
    };
    this.#supervisor = new Supervisor<Child>({
      start: (role, name, gone) => new Child({ role, name, folder: options.folder, listener, gone }),
      gone: (child, reason, expected) => this.#childGone(child, reason, expected),
    });
    this.#wall = setInterval(() => this.#publishWall(), WALL_INTERVAL_MS);
    this.#place();
    this.#publish();
  }

  cameras(): readonly CameraInfo[] {
    return [...this.#records.values()].map((record) => record.info());
  }

  byId(id: string): CameraInfo | undefined {
    return this.#records.get(id)?.info();
  }

  byUid(uid: string): CameraInfo | undefined {
    return this.#byUid.get(uid)?.info();
  }

  access(): AccessTable {
    return this.#options.access.table;
  }

  async ask<M extends keyof ControlQuestions>(
    method: M,
    params: ControlQuestions[M]['params'],
  ): Promise<ControlQuestions[M]['result']> {
    const answer = this.#answers[method];
    if (answer === undefined) throw new SightlineError('internal', `${method} is not answered yet.`);
    return await answer(params);
  }

  /** Takes in a gateway of this process: what it serves is asked there. */
  join(gateway: { viewers(uid: string): readonly ViewerInfo[] }): void {
    this.#joined = gateway;
  }

  report(report: GatewayReport): void {
    this.#gateway = report;
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
    const children = this.#supervisor.running().map(({ child, restarts }) => child.info(restarts));
    return {
      version: this.#options.version,
      startedUs: this.#startedUs,
      processes: [main, ...children],
      config: { file: null, fixed: null, problem: null, restartNeeded: [] },
      ...this.#gateway,
    };
  }

  /** From now on no process that ends is replaced: a terminal's signal may reach them before we stop them. */
  retire(): void {
    this.#supervisor.retire();
  }

  /** Closes cameras (TEARDOWN) and ends every child. */
  async stop(): Promise<void> {
    clearInterval(this.#wall);
    await this.#supervisor.stop();
  }

  /** Kills every child without a word. */
  killAll(): void {
    clearInterval(this.#wall);
    this.#supervisor.killAll();
  }

  #place(): void {
    const enabled = [...this.#records.values()].filter((record) => record.config.enabled);
    const network = enabled.filter((record) => !record.openedByCodec).map((record) => record.uid);
    const decoded = enabled.filter((record) => !record.quarantined || record.openedByCodec).map((record) => record.uid);
    const ingest = new Map(
      this.#placements.ingest.assign({
        uids: network,
        alone: new Set(),
        working: network.length,
        movable: () => false,
      }),
    );
    const codec = new Map(
      this.#placements.codec.assign({
        uids: decoded,
        alone: this.#ledger.alone(),
        working: this.#working(),
        movable: (uid) => !this.#isAtWork(this.#byUid.get(uid)),
      }),
    );
    this.#places = { ingest, codec };
    this.#supervisor.want('ingest', new Set(ingest.values()));
    this.#supervisor.want('codec', new Set(codec.values()));
  }

  /** Cameras that codec opens or decodes now. */
  #working(): number {
    return [...this.#records.values()].filter((record) => this.#isAtWork(record)).length;
  }

  #isAtWork(record: CameraRecord | undefined): boolean {
    return record !== undefined && (record.openedByCodec || record.codec?.decoding === true);
  }

  #childReady(child: Child): void {
    this.#options.log.info({ process: child.title, pid: child.pid }, 'process started');
    child.tell('wall', { offsetUs: measureWallOffsetUs() });
    for (const record of this.#placedOn(child)) record.started(child.role);
    this.#configure(child);
    this.#publish();
  }

  /** Tells a child which cameras it opens. */
  #configure(child: Child): void {
    const cameras = [...this.#records.values()]
      .filter((record) => record.config.enabled && this.#originPlace(record) === `${child.role} ${child.name}`)
      .map((record) => record.spec());
    child.tell('configure', { cameras });
  }

  #placedOn(child: Child): CameraRecord[] {
    return [...this.#records.values()].filter((record) => this.#places[child.role].get(record.uid) === child.name);
  }

  #originPlace(record: CameraRecord): string {
    const role: ChildRole = record.openedByCodec ? 'codec' : 'ingest';
    return `${role} ${this.#places[role].get(record.uid) ?? ''}`;
  }

  #childGone(child: Child, reason: string, expected: boolean): void {
    logDeath(this.#options.log, child, reason, expected);
    if (expected) return;
    const place = `${child.role} ${child.name}`;
    const mine = this.#placedOn(child);
    const suspects = mine.filter((record) => record.isNativeWork);
    for (const record of mine) {
      if (this.#originPlace(record) === place) record.loseOrigin();
      if (child.role === 'codec') record.codec = null;
      if (!child.endpoint) record.notStarted(child.role, reason);
    }
    if (child.role === 'codec') this.#blame(suspects);
    this.#publish();
  }

  /** Streams that were worked on when their process died are moved apart, or put in quarantine. */
  #blame(suspects: readonly CameraRecord[]): void {
    if (suspects.length === 0) return;
    this.#ledger.note(
      suspects.map((record) => record.uid),
      nowUs(),
    );
    for (const record of suspects) {
      const sentence = this.#ledger.sentence(record.uid);
      if (sentence === 'shared') continue;
      if (sentence === 'quarantined') record.quarantine();
      this.#options.log.warn({ camera: record.id, sentence }, 'its decoding ended a process again');
    }
    this.#place();
    for (const { child } of this.#supervisor.running()) if (child.endpoint) this.#configure(child);
  }

  #takeOrigins(child: Child, reports: MainMethods['origins']['params']['reports']): void {
    let changed = false;
    for (const report of reports) {
      const record = this.#byUid.get(report.uid);
      if (!record || record.openedByCodec !== (child.role === 'codec') || !this.#holds(child, record)) continue;
      const before = record.info().state;
      changed = record.takeOrigin(report) || changed;
      logState(this.#options.log, record.info(), before);
    }
    if (changed) this.#publish();
  }

  #takeCodecs(child: Child, reports: MainMethods['codecs']['params']['reports']): void {
    for (const report of reports) {
      const record = this.#byUid.get(report.uid);
      if (record && this.#holds(child, record)) record.codec = report;
    }
    if (!this.#placements.codec.wantsMore(this.#working())) return;
    this.#place();
    this.#publish();
  }

  /** False for a process that had this camera before it was moved: its last words are not about today. */
  #holds(child: Child, record: CameraRecord): boolean {
    const name = this.#places[child.role].get(record.uid);
    return name === child.name && this.#supervisor.child(child.role, name) === child;
  }

  #endpoint(role: ChildRole, uid: string): Endpoint | null {
    const name = this.#places[role].get(uid);
    return name === undefined ? null : (this.#supervisor.child(role, name)?.endpoint ?? null);
  }

  #entries(): DirectoryEntry[] {
    return [...this.#records.values()].map((record) => {
      const codec = this.#endpoint('codec', record.uid);
      return record.entry(record.openedByCodec ? codec : this.#endpoint('ingest', record.uid), codec);
    });
  }

  /** Sends the directory to every process; several changes of one tick go together. */
  #publish(): void {
    if (this.#publishing) return;
    this.#publishing = true;
    setImmediate(() => {
      this.#publishing = false;
      const entries = this.#entries();
      this.#options.onDirectory(entries);
      for (const { child } of this.#supervisor.running()) if (child.endpoint) child.tell('directory', { entries });
    });
  }

  #publishWall(): void {
    const offsetUs = measureWallOffsetUs();
    setWallOffsetUs(offsetUs);
    for (const { child } of this.#supervisor.running()) if (child.endpoint) child.tell('wall', { offsetUs });
  }
}
