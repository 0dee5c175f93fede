// The processes that capture and decode, as control runs them: which camera is placed on which, what each is told, what
// becomes of cameras when one dies. Keeps and publishes the directory of streams and the wall clock's offset.

import { availableParallelism } from 'node:os';
import { measureWallOffsetUs, nowUs, setWallOffsetUs } from '../base/clock.ts';
import type { DialRules } from '../base/dial-guard.ts';
import type { ProcessInfo } from '../link/control-view.ts';
import type { ProcessorEvent } from '../link/processors.ts';
import type { DirectoryEntry, Endpoint, MainMethods } from '../link/types.ts';
import type { Cameras } from './cameras.ts';
import { Child } from './child.ts';
import type { ChildListener } from './child.ts';
import { CrashLedger } from './crash-ledger.ts';
import { tellBlame, tellDeath, tellProcessor, tellState } from './log.ts';
import type { Books } from './log.ts';
import { Placement } from './placement.ts';
import type { CameraRecord } from './registry.ts';
import type { ChildRole } from './roles.ts';
import { Supervisor } from './supervisor.ts';

const WALL_INTERVAL_MS = 1000;

export interface ProcessesOptions {
  readonly cameras: Cameras;
  /** Folder of mode 0700 for the media sockets. */
  readonly folder: string;
  readonly books: Books;
  /** Whom sources that came through the API may not dial. */
  readonly rules: () => DialRules;
  /** Gets the directory whenever it changes: the gateway of this process. */
  readonly onDirectory: (entries: readonly DirectoryEntry[]) => void;
  /** What processors of a camera found, from the process that decodes it now. */
  readonly onEvents: (record: CameraRecord, events: readonly ProcessorEvent[]) => void;
  /** Something changed that a gateway shows. */
  readonly onChange: () => void;
}

export class Processes {
  readonly #options: ProcessesOptions;
  readonly #cameras: Cameras;
  readonly #supervisor: Supervisor<Child>;
  readonly #ledger = new CrashLedger();
  readonly #placements: Readonly<Record<ChildRole, Placement>>;
  readonly #wall: NodeJS.Timeout;
  #places: Readonly<Record<ChildRole, ReadonlyMap<string, string>>> = { ingest: new Map(), codec: new Map() };
  #publishing = false;

  constructor(options: ProcessesOptions) {
    this.#options = options;
    this.#cameras = options.cameras;
    const cores = availableParallelism();
    this.#placements = { ingest: new Placement(cores), codec: new Placement(cores) };
    const listener: ChildListener = {
      ready: (child) => this.#childReady(child),
      origins: (child, { reports }) => this.#takeOrigins(child, reports),
      codecs: (child, { reports }) => this.#takeCodecs(child, reports),
      processors: (child, { reports }) => this.#takeProcessors(child, reports),
      events: (child, { events }) => this.#takeEvents(child, events),
      log: (child, line) => options.books.log[line.level]({ process: child.title, ...line.fields }, line.message),
    };
    this.#supervisor = new Supervisor<Child>({
      start: (role, name, gone) => new Child({ role, name, folder: options.folder, listener, gone }),
      gone: (child, reason, expected) => this.#childGone(child, reason, expected),
    });
    this.#wall = setInterval(() => this.#publishWall(), WALL_INTERVAL_MS);
  }

  /** What is running, for the status. */
  info(): ProcessInfo[] {
    return this.#supervisor.running().map(({ child, restarts }) => child.info(restarts));
  }

  /** Places and configures the cameras as they are wished now. The directory follows with this tick's other changes. */
  follow(): void {
    this.#place();
    this.#configureAll();
    this.#publish();
  }

  /** The camera is another one now, or gone: what its decoding did is no sign of what comes. */
  forgive(uid: string): void {
    this.#ledger.forget(uid);
  }

  /** Sends the directory now: who is told of a camera next finds it there. */
  publishNow(): void {
    const entries = this.#entries();
    for (const { child } of this.#supervisor.running()) if (child.endpoint) child.tell('directory', { entries });
    this.#options.onDirectory(entries);
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
    const enabled = [...this.#cameras.all()].filter((record) => record.config.enabled);
    const network = enabled.filter((record) => !record.openedByCodec).map((record) => record.uid);
    const decoded = enabled.filter((record) => !record.quarantined || record.openedByCodec).map((record) => record.uid);
    const ingest = this.#placements.ingest.assign({
      uids: network,
      alone: new Set(),
      working: network.length,
      movable: () => false,
    });
    const codec = this.#placements.codec.assign({
      uids: decoded,
      alone: this.#ledger.alone(),
      working: this.#working(),
      movable: (uid) => !isAtWork(this.#cameras.byUid(uid)),
    });
    this.#places = { ingest: new Map(ingest), codec: new Map(codec) };
    this.#supervisor.want('ingest', new Set(ingest.values()));
    this.#supervisor.want('codec', new Set(codec.values()));
  }

  /** Cameras that codec opens or decodes now. */
  #working(): number {
    return [...this.#cameras.all()].filter(isAtWork).length;
  }

  #childReady(child: Child): void {
    this.#options.books.log.info({ process: child.title, pid: child.pid }, 'process started');
    child.tell('wall', { offsetUs: measureWallOffsetUs() });
    for (const record of this.#placedOn(child)) record.started(child.role);
    this.#configure(child);
    this.#publish();
  }

  #configureAll(): void {
    for (const { child } of this.#supervisor.running()) if (child.endpoint) this.#configure(child);
  }

  /** Tells a child which cameras it opens. */
  #configure(child: Child): void {
    const rules = this.#options.rules();
    const cameras = [...this.#cameras.all()]
      .filter((record) => record.config.enabled && this.#originPlace(record) === `${child.role} ${child.name}`)
      .map((record) => record.spec(rules));
    child.tell('configure', { cameras });
    if (child.role === 'codec') this.#configureProcessors(child);
  }

  /** Tells a codec process what runs on the pictures that it decodes. */
  #configureProcessors(child: Child): void {
    const cameras = this.#placedOn(child).flatMap((record) => record.processors() ?? []);
    child.tell('processors', { cameras });
  }

  #placedOn(child: Child): CameraRecord[] {
    return [...this.#cameras.all()].filter((record) => this.#places[child.role].get(record.uid) === child.name);
  }

  #originPlace(record: CameraRecord): string {
    const role: ChildRole = record.openedByCodec ? 'codec' : 'ingest';
    return `${role} ${this.#places[role].get(record.uid) ?? ''}`;
  }

  #childGone(child: Child, reason: string, expected: boolean): void {
    tellDeath(this.#options.books, child, { reason, expected });
    if (expected) return;
    const place = `${child.role} ${child.name}`;
    const mine = this.#placedOn(child);
    const suspects = mine.filter((record) => record.isNativeWork);
    for (const record of mine) {
      if (this.#originPlace(record) === place) record.loseOrigin();
      if (child.role === 'codec') {
        record.codec = null;
        record.loseProcessors();
      }
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
      tellBlame(this.#options.books, record, sentence);
    }
    this.#place();
    this.#configureAll();
  }

  #takeOrigins(child: Child, reports: MainMethods['origins']['params']['reports']): void {
    let moved = false;
    let changed = false;
    for (const report of reports) {
      const record = this.#cameras.byUid(report.uid);
      if (!record || record.openedByCodec !== (child.role === 'codec') || !this.#holds(child, record)) continue;
      const before = record.info().state;
      moved = record.takeOrigin(report) || moved;
      changed = tellState(this.#options.books, record, before) || changed;
    }
    if (moved) this.#publish();
    else if (changed) this.#options.onChange();
  }

  #takeCodecs(child: Child, reports: MainMethods['codecs']['params']['reports']): void {
    let changed = false;
    for (const report of reports) {
      const record = this.#cameras.byUid(report.uid);
      if (!record || !this.#holds(child, record)) continue;
      changed ||= record.codec?.problem?.text !== report.problem?.text;
      record.codec = report;
    }
    if (changed) this.#options.onChange();
    if (!this.#placements.codec.wantsMore(this.#working())) return;
    this.#place();
    this.#configureAll();
    this.#publish();
  }

  #takeEvents(child: Child, events: readonly ProcessorEvent[]): void {
    for (const [uid, found] of Map.groupBy(events, (event) => event.uid)) {
      const record = this.#cameras.byUid(uid);
      if (record && child.role === 'codec' && this.#holds(child, record)) this.#options.onEvents(record, found);
    }
  }

  #takeProcessors(child: Child, reports: MainMethods['processors']['params']['reports']): void {
    let changed = false;
    for (const report of reports) {
      const record = this.#cameras.byUid(report.uid);
      if (!record || !this.#holds(child, record)) continue;
      const before = record.processorReport(report.name);
      if (!record.takeProcessor(report)) continue;
      tellProcessor(this.#options.books, record, { before, report });
      changed = true;
    }
    if (changed) this.#options.onChange();
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
    return [...this.#cameras.all()].map((record) => {
      const codec = this.#endpoint('codec', record.uid);
      return record.entry(record.openedByCodec ? codec : this.#endpoint('ingest', record.uid), codec);
    });
  }

  /** Sends the directory to every process; several changes of one tick go together. */
  #publish(): void {
    this.#options.onChange();
    if (this.#publishing) return;
    this.#publishing = true;
    setImmediate(() => {
      this.#publishing = false;
      this.publishNow();
    });
  }

  #publishWall(): void {
    const offsetUs = measureWallOffsetUs();
    setWallOffsetUs(offsetUs);
    for (const { child } of this.#supervisor.running()) if (child.endpoint) child.tell('wall', { offsetUs });
  }
}

function isAtWork(record: CameraRecord | undefined): boolean {
  return record !== undefined && (record.openedByCodec || record.codec?.decoding === true);
}
