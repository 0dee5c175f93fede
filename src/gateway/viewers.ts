// Who watches which camera at this gateway: control asks it for /api/cameras/{id}/viewers, and is told counts for
// status.viewers and the metrics. One log line when somebody comes or goes.

import type { Logger } from 'pino';
import { nowUs } from '../base/clock.ts';
import type { ViewerCount, ViewerInfo } from '../link/control-port.ts';

/** What a delivery tells of one of its viewers. The counters are read when somebody asks, and only rise. */
export interface ViewerFacts {
  readonly cameraId: string;
  readonly uid: string;
  readonly via: ViewerInfo['via'];
  readonly stream: string;
  readonly address: string;
  counters(): { readonly sent: number; readonly dropped: number; readonly bytes: number };
}

/** A viewer that was entered. */
export interface ViewerPresence {
  /** From capture to paint or to a program's answer, as measured; null: not known. Forgotten when nothing renews it. */
  delay(delayMs: number | null, uncertaintyMs: number | null): void;
  /** Takes it out again, with why it went. Leaving twice is harmless. */
  leave(why: string): void;
}

/** Pages report each second; what is older than this says nothing about now. */
const DELAY_HOLDS_US = 5e6;

interface Delay {
  readonly atUs: number;
  readonly delayMs: number | null;
  readonly uncertaintyMs: number | null;
}

interface Entry {
  readonly id: string;
  readonly sinceUs: number;
  readonly facts: ViewerFacts;
  delay: Delay | null;
}

/** One camera by one way out: who watches, and the counters of those who went. */
interface Group {
  readonly uid: string;
  readonly via: ViewerInfo['via'];
  readonly entries: Set<Entry>;
  sent: number;
  dropped: number;
  bytes: number;
}

export class Viewers {
  readonly #log: Logger;
  readonly #groups = new Map<string, Group>();
  #changed: () => void = () => undefined;
  #lastId = 0;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** `listener` is called at each change of a number of viewers. */
  onChange(listener: () => void): void {
    this.#changed = listener;
  }

  enter(facts: ViewerFacts): ViewerPresence {
    this.#lastId += 1;
    // Ids of several gateways stand in one list.
    const id = `${process.pid}-${this.#lastId}`;
    const entry: Entry = { id, sinceUs: nowUs(), facts, delay: null };
    const { entries } = this.#group(facts);
    entries.add(entry);
    this.#log.info({ ...names(entry), viewers: entries.size }, 'viewer came');
    this.#changed();
    return {
      delay: (delayMs, uncertaintyMs) => void (entry.delay = { atUs: nowUs(), delayMs, uncertaintyMs }),
      leave: (why) => this.#leave(entry, why),
    };
  }

  list(uid: string): ViewerInfo[] {
    return [...this.#groups.values()]
      .filter((group) => group.uid === uid)
      .flatMap((group) => [...group.entries].map(describe));
  }

  /** What was served since the gateway started, by camera and way out. */
  counts(): ViewerCount[] {
    return [...this.#groups.values()].map(({ uid, via, entries, ...gone }) => {
      const total = { sent: gone.sent, dropped: gone.dropped, bytes: gone.bytes };
      for (const { facts } of entries) {
        const { sent, dropped, bytes } = facts.counters();
        total.sent += sent;
        total.dropped += dropped;
        total.bytes += bytes;
      }
      return { uid, via, viewers: entries.size, ...total };
    });
  }

  /** Forgets the counters of cameras that are no more. */
  forget(isKnown: (uid: string) => boolean): void {
    for (const [name, { uid, entries }] of this.#groups) {
      if (entries.size === 0 && !isKnown(uid)) this.#groups.delete(name);
    }
  }

  #group({ uid, via }: ViewerFacts): Group {
    const name = `${uid} ${via}`;
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = { uid, via, entries: new Set(), sent: 0, dropped: 0, bytes: 0 };
      this.#groups.set(name, group);
    }
    return group;
  }

  #leave(entry: Entry, why: string): void {
    const group = this.#group(entry.facts);
    if (!group.entries.delete(entry)) return;
    const { sent, dropped, bytes } = entry.facts.counters();
    group.sent += sent;
    group.dropped += dropped;
    group.bytes += bytes;
    const seconds = Math.round((nowUs() - entry.sinceUs) / 1e5) / 10;
    this.#log.info({ ...names(entry), viewers: group.entries.size, sent, dropped, seconds, why }, 'viewer went');
    this.#changed();
  }
}

function describe({ id, sinceUs, facts, delay }: Entry): ViewerInfo {
  const { via, stream, address } = facts;
  const { sent, dropped } = facts.counters();
  const known = delay !== null && nowUs() - delay.atUs <= DELAY_HOLDS_US ? delay : null;
  const { delayMs = null, uncertaintyMs = null } = known ?? {};
  return { id, via, stream, address, sinceUs, sent, dropped, delayMs, uncertaintyMs };
}

function names(entry: Entry): Record<string, string> {
  const { cameraId, via, stream, address } = entry.facts;
  return { camera: cameraId, viewer: entry.id, via, stream, address };
}
