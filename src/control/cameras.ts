// All cameras by id and by uid, and how they follow the config: who is added, changed, renamed or gone. Probes are here
// too, by uid only, so that no list shows them.

import type { CameraConfig } from '../config/load.ts';
import type { CameraMemory } from '../state/types.ts';
import { CameraRecord } from './registry.ts';

/** What one new config did to one camera. */
export interface CameraNews {
  readonly kind: 'added' | 'changed' | 'renamed' | 'removed';
  readonly record: CameraRecord;
  /** Its id before; differs where it was renamed. */
  readonly before: string;
  /** It is another camera now as far as its session goes. */
  readonly reopened: boolean;
}

/** What an edit through the API says of the config that comes of it. */
export interface Intent {
  /** Old id and new id. */
  readonly renamed?: readonly [from: string, to: string];
  /** This camera was removed on purpose. */
  readonly removed?: string;
}

export interface CamerasOptions {
  readonly memory: CameraMemory;
  readonly revisionOf: (id: string) => string | null;
}

export class Cameras {
  readonly #options: CamerasOptions;
  #byId = new Map<string, CameraRecord>();
  readonly #byUid = new Map<string, CameraRecord>();

  constructor(options: CamerasOptions) {
    this.#options = options;
  }

  /** In the order of the config. */
  listed(): Iterable<CameraRecord> {
    return this.#byId.values();
  }

  /** Probes too. */
  all(): Iterable<CameraRecord> {
    return this.#byUid.values();
  }

  byId(id: string): CameraRecord | undefined {
    return this.#byId.get(id);
  }

  byUid(uid: string): CameraRecord | undefined {
    return this.#byUid.get(uid);
  }

  hide(record: CameraRecord): void {
    this.#byUid.set(record.uid, record);
  }

  unhide(uid: string): void {
    if (this.#byUid.get(uid)?.isProbe === true) this.#byUid.delete(uid);
  }

  /** Makes the cameras those of the config. Only what changed is touched. */
  follow(configs: readonly CameraConfig[], intent: Intent = {}): CameraNews[] {
    const { memory } = this.#options;
    const byId = new Map<string, CameraRecord>();
    const news: CameraNews[] = [];
    const renamed = this.#renamed(configs, intent);
    for (const config of configs) {
      const record = renamed.get(config.id) ?? this.#byId.get(config.id);
      if (record && record.id !== config.id) memory.rename(record.uid, config.id);
      const change = record ? this.#change(record, config) : this.#add(config);
      byId.set(config.id, change?.record ?? record!);
      if (change) news.push(change);
    }
    const kept = new Set(byId.values());
    for (const record of this.#byId.values()) if (!kept.has(record)) news.push(this.#remove(record, intent));
    this.#byId = byId;
    memory.retain(byId.keys());
    return news;
  }

  #add(config: CameraConfig): CameraNews {
    const { memory, revisionOf } = this.#options;
    const uid = memory.uidOf(config.id);
    const guarded = memory.isGuarded(uid, config.source);
    const known = { size: memory.sizeOf(uid), identity: memory.identityOf(uid) };
    const facts = { uid, ...known, remember: memory, isProbe: false };
    const record = new CameraRecord({ config, revision: revisionOf(config.id) ?? '', guarded }, facts);
    this.#byUid.set(uid, record);
    return { kind: 'added', record, before: config.id, reopened: true };
  }

  #change(record: CameraRecord, config: CameraConfig): CameraNews | null {
    const before = record.id;
    const revision = this.#options.revisionOf(config.id) ?? '';
    const guarded = this.#options.memory.isGuarded(record.uid, config.source);
    const { changed, reopened } = record.update({ config, revision, guarded });
    if (before !== config.id) return { kind: 'renamed', record, before, reopened };
    return changed ? { kind: 'changed', record, before, reopened } : null;
  }

  #remove(record: CameraRecord, intent: Intent): CameraNews {
    this.#byUid.delete(record.uid);
    if (intent.removed === record.id) this.#options.memory.forget(record.uid);
    return { kind: 'removed', record, before: record.id, reopened: true };
  }

  /** Records by their new id: one id that went and one that came in the same edit, with the same source. */
  #renamed(configs: readonly CameraConfig[], { renamed }: Intent): Map<string, CameraRecord> {
    const found = new Map<string, CameraRecord>();
    const ids = new Set(configs.map(({ id }) => id));
    const gone = new Map([...this.#byId].filter(([id]) => !ids.has(id)));
    const said = renamed && gone.get(renamed[0]);
    if (said) {
      found.set(renamed[1], said);
      gone.delete(renamed[0]);
    }
    if (gone.size === 0) return found;
    const bySource = Map.groupBy(gone.values(), (record) => sourceText(record.config));
    for (const config of configs) {
      if (this.#byId.has(config.id) || found.has(config.id)) continue;
      const record = bySource.get(sourceText(config))?.shift();
      if (record) found.set(config.id, record);
    }
    return found;
  }
}

/** For comparing only: it holds the secrets. */
function sourceText({ source }: CameraConfig): string {
  return JSON.stringify([source.target, source.credentials]);
}
