// Control as a gateway worker has it: what main pushed last, and questions carried over the control lane to main.

import { setWallOffsetUs } from '../base/clock.ts';
import { SightlineError } from '../base/errors.ts';
import type { AccessTable } from './access.ts';
import type { ControlLane } from './control-lane.ts';
import type { ControlPort, ControlQuestions, GatewayReport } from './control-port.ts';
import type { CameraInfo, SystemInfo } from './control-view.ts';
import type { GatewayMainMethods, Shown } from './gateway-methods.ts';
import { NO_SEARCH } from './found.ts';
import type { SearchInfo } from './found.ts';
import { KeptEvents } from './kept-events.ts';
import { Newest } from './newest.ts';
import type { DirectoryEntry } from './types.ts';

const ANSWER_LIMIT_MS = 30_000;

export interface ControlMirrorOptions {
  readonly lane: Pick<ControlLane<GatewayMainMethods, never>, 'ask'>;
  /** Gets the directory when it came with what was pushed. */
  readonly onDirectory: (entries: readonly DirectoryEntry[]) => void;
}

export class ControlMirror implements ControlPort {
  readonly events = new KeptEvents();
  readonly #options: ControlMirrorOptions;
  readonly #reports: Newest;
  readonly #listeners = new Set<() => void>();
  #shown: Shown | null = null;
  #access: AccessTable | null = null;
  #search: SearchInfo = NO_SEARCH;
  #byId = new Map<string, CameraInfo>();
  #byUid = new Map<string, CameraInfo>();
  #report: GatewayReport = { counts: [], requests: [] };

  constructor(options: ControlMirrorOptions) {
    this.#options = options;
    this.#reports = new Newest({ send: () => options.lane.ask('report', this.#report) });
  }

  /** Takes what main pushed. */
  show(shown: Shown): void {
    const changed = this.#shown?.version !== shown.version;
    if (changed) this.#search = shown.search;
    setWallOffsetUs(shown.wallOffsetUs);
    this.#shown = shown;
    this.#access = shown.access ?? this.#access;
    this.#byId = new Map(shown.cameras.map((camera) => [camera.id, camera]));
    this.#byUid = new Map([...shown.cameras, ...shown.hidden].map((camera) => [camera.uid, camera]));
    if (shown.directory !== null) this.#options.onDirectory(shown.directory);
    if (changed) this.events.retain(new Set(shown.cameras.map(({ uid }) => uid)));
    if (changed) for (const listener of [...this.#listeners]) listener();
  }

  cameras(): readonly CameraInfo[] {
    return this.#known().cameras;
  }

  byId(id: string): CameraInfo | undefined {
    return this.#byId.get(id);
  }

  byUid(uid: string): CameraInfo | undefined {
    return this.#byUid.get(uid);
  }

  search(): SearchInfo {
    return this.#search;
  }

  system(): SystemInfo {
    return this.#known().system;
  }

  access(): AccessTable {
    if (this.#access === null) throw notYet();
    return this.#access;
  }

  /** Also rejects with `link-closed` when main gives no answer within 30 s. */
  async ask<M extends keyof ControlQuestions>(
    method: M,
    params: ControlQuestions[M]['params'],
  ): Promise<ControlQuestions[M]['result']> {
    const answer = await this.#options.lane.ask('ask', { method, params }, { timeoutMs: ANSWER_LIMIT_MS });
    return answer as ControlQuestions[M]['result'];
  }

  /** While main has not taken the last report, newer ones take its place. */
  report(report: GatewayReport): void {
    this.#report = report;
    this.#reports.push();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Reports nothing more. */
  close(): void {
    this.#reports.close();
    this.#listeners.clear();
  }

  #known(): Shown {
    if (this.#shown === null) throw notYet();
    return this.#shown;
  }
}

function notYet(): SightlineError {
  return new SightlineError('internal', 'Main has shown nothing yet.');
}
