// Takes what a server under test costs while its viewers watch, and how long it goes on costing after they have left.
// All of it from outside, so that our modes and anybody's server are measured alike.

import { setTimeout as sleep } from 'node:timers/promises';
import { nowUs } from '../../base/clock.ts';
import type { Aftermath, CostWindow, LoadWindow } from '../types.ts';
import type { CameraSessions } from './camera-sessions.ts';
import { ProcessTree } from './process-tree.ts';

const POLL_MS = 100;
/** CPU is taken over so long: ticks are 10 ms, and servers do little things now and then. */
const CPU_MS = 1000;
/** Cores more than before that are still as before. */
const QUIET_CORES = 0.05;

/** What is read at the beginning of a window. */
export interface CostMark {
  readonly atUs: number;
  readonly cpuSeconds: number;
}

export class ServerCost {
  readonly #tree: ProcessTree;
  /** Null: sessions cannot be counted. */
  readonly #sessions: CameraSessions | null;

  constructor(pids: readonly number[], sessions: CameraSessions | null) {
    this.#tree = new ProcessTree(pids);
    this.#sessions = sessions;
  }

  /** Open sessions with the camera; null: cannot be counted. */
  sessions(): number | null {
    return this.#sessions?.count(this.#tree.read().pids) ?? null;
  }

  mark(): CostMark {
    return { atUs: nowUs(), cpuSeconds: this.#tree.read().cpuSeconds };
  }

  /** The window from the mark until now, in which the viewers got what `load` says. They must still be there. */
  since(mark: CostMark, load: Pick<LoadWindow, 'parts' | 'seconds'>): CostWindow {
    const atUs = nowUs();
    const { cpuSeconds, threads, pids } = this.#tree.read();
    const cores = coresBetween(mark, { atUs, cpuSeconds });
    return {
      cores,
      cpuUsPerPart: load.parts === 0 ? null : (cores * 1e6) / (load.parts / load.seconds),
      sessions: this.#sessions?.count(pids) ?? null,
      threads,
      pssMb: this.#tree.pssMb(),
    };
  }

  /** CPU seconds a second over the next second. Rejects when `signal` aborts. */
  async cores(signal: AbortSignal): Promise<number> {
    const mark = this.mark();
    await sleep(CPU_MS, undefined, { signal });
    return coresBetween(mark, this.mark());
  }

  /**
   * Waits until no session is open and CPU is what it was, `limitS` at most. Its instants are good to a tenth of a
   * second. Rejects when `signal` aborts.
   */
  async aftermath(coresBefore: number, limitS: number, signal: AbortSignal): Promise<Aftermath> {
    const marks = [this.mark()];
    const begunUs = marks[0]!.atUs;
    let closedAfterS: number | null = null;
    let quietAfterS: number | null = null;
    for (let elapsedS = 0; elapsedS < limitS; elapsedS = (nowUs() - begunUs) / 1e6) {
      if (closedAfterS === null && this.sessions() === 0) closedAfterS = elapsedS;
      const quietUs = quietSince(marks, coresBefore);
      if (quietUs !== null) quietAfterS ??= (quietUs - begunUs) / 1e6;
      if (quietAfterS !== null && (closedAfterS !== null || this.#sessions === null)) break;
      await sleep(POLL_MS, undefined, { signal });
      marks.push(this.mark());
    }
    return { closedAfterS, quietAfterS, limitS };
  }

  /** Waits until no session is open, or CPU is quiet where they cannot be counted. False: not within the limit. */
  async idle(coresBefore: number, limitS: number, signal: AbortSignal): Promise<boolean> {
    if (this.sessions() === 0) return true;
    const { closedAfterS, quietAfterS } = await this.aftermath(coresBefore, limitS, signal);
    return (this.#sessions === null ? quietAfterS : closedAfterS) !== null;
  }
}

/** The beginning of the last second, when the tree did no more in it than before; null: it did, or it is too early. */
function quietSince(marks: readonly CostMark[], coresBefore: number): number | null {
  const last = marks.at(-1)!;
  const first = marks.findLast(({ atUs }) => last.atUs - atUs >= CPU_MS * 1000);
  if (first === undefined || coresBetween(first, last) > coresBefore + QUIET_CORES) return null;
  return first.atUs;
}

function coresBetween(from: CostMark, to: CostMark): number {
  const seconds = (to.atUs - from.atUs) / 1e6;
  return seconds <= 0 ? 0 : Math.max(0, to.cpuSeconds - from.cpuSeconds) / seconds;
}
