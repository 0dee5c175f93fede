// Who watches which camera: the numbers behind /api/cameras/{id}/viewers and status.viewers, and one log line when
// somebody comes or goes.

import type { Logger } from 'pino';
import { nowUs, wallIso } from '../base/clock.ts';
import type { Viewer } from './api/contract.ts';

/** What a delivery tells of one of its viewers. The counters are read when somebody asks. */
export interface ViewerFacts {
  readonly cameraId: string;
  readonly uid: string;
  readonly via: Viewer['via'];
  readonly stream: string;
  readonly address: string;
  counters(): { readonly sent: number; readonly dropped: number };
}

interface Entry {
  readonly id: string;
  readonly sinceUs: number;
  readonly facts: ViewerFacts;
}

export class Viewers {
  readonly #log: Logger;
  readonly #byUid = new Map<string, Set<Entry>>();
  #total = 0;
  #lastId = 0;

  constructor(log: Logger) {
    this.#log = log;
  }

  get total(): number {
    return this.#total;
  }

  count(uid: string): number {
    return this.#byUid.get(uid)?.size ?? 0;
  }

  /** Enters a viewer; the result takes it out again, with why it went. Leaving twice is harmless. */
  enter(facts: ViewerFacts): (why: string) => void {
    this.#lastId += 1;
    const entry: Entry = { id: String(this.#lastId), sinceUs: nowUs(), facts };
    const entries = this.#byUid.get(facts.uid) ?? new Set();
    this.#byUid.set(facts.uid, entries.add(entry));
    this.#total += 1;
    this.#log.info({ ...names(entry), viewers: entries.size }, 'viewer came');
    return (why) => this.#leave(entry, why);
  }

  list(uid: string): Viewer[] {
    return [...(this.#byUid.get(uid) ?? [])].map(({ id, sinceUs, facts }) => {
      const { via, stream, address } = facts;
      const times = { delayMs: null, uncertaintyMs: null };
      return { id, via, stream, address, since: wallIso(sinceUs), ...facts.counters(), ...times };
    });
  }

  #leave(entry: Entry, why: string): void {
    const entries = this.#byUid.get(entry.facts.uid);
    if (entries?.delete(entry) !== true) return;
    this.#total -= 1;
    if (entries.size === 0) this.#byUid.delete(entry.facts.uid);
    const seconds = Math.round((nowUs() - entry.sinceUs) / 1e5) / 10;
    const { sent, dropped } = entry.facts.counters();
    this.#log.info({ ...names(entry), viewers: entries.size, sent, dropped, seconds, why }, 'viewer went');
  }
}

function names(entry: Entry): Record<string, string> {
  const { cameraId, via, stream, address } = entry.facts;
  return { camera: cameraId, viewer: entry.id, via, stream, address };
}
