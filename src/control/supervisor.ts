// Keeps the wanted child processes running: starts them, watches their heartbeat, memory and native calls, kills what
// hangs and fills its place anew. Knows nothing of cameras.

import { nowUs } from '../base/clock.ts';
import { ROLES } from './roles.ts';
import type { Supervised } from './supervised.ts';

const TICK_MS = 1000;
const SILENCE_LIMIT_US = 5_000_000;
const START_LIMIT_US = 20_000_000;
const NATIVE_LIMIT_MS = 15_000;
const END_LIMIT_MS = 1200;
const QUICK_DEATH_US = 10_000_000;
const RESTART_DELAYS_MS = [0, 500, 1000, 2000, 5000];

/** A wanted process and what became of it. */
interface Place<P extends Supervised> {
  readonly role: P['role'];
  readonly name: string;
  child: P | null;
  restarts: number;
  quickDeaths: number;
  timer: NodeJS.Timeout | null;
}

export interface SupervisorOptions<P extends Supervised> {
  /** Starts a process; `gone` is called once when it has ended, with why. */
  start(role: P['role'], name: string, gone: (child: P, reason: string) => void): P;
  /** `child` is gone and, unless that was `expected` (we stop, or it is no longer wanted), about to be replaced. */
  gone(child: P, reason: string, expected: boolean): void;
}

export interface PlaceView<P extends Supervised> {
  readonly child: P;
  readonly restarts: number;
}

/** The parent of child processes of one kind or several. */
export class Supervisor<P extends Supervised> {
  readonly #options: SupervisorOptions<P>;
  readonly #places = new Map<string, Place<P>>();
  /** Every process that has not ended, those that are no longer wanted too. */
  readonly #alive = new Set<P>();
  readonly #ending = new Set<Promise<void>>();
  readonly #tick: NodeJS.Timeout;
  #tickUs = nowUs();
  #stopping = false;

  constructor(options: SupervisorOptions<P>) {
    this.#options = options;
    this.#tick = setInterval(() => this.#watch(), TICK_MS);
  }

  /** Makes `names` the processes of a role: missing ones start, superfluous ones end. */
  want(role: P['role'], names: ReadonlySet<string>): void {
    if (this.#stopping) return;
    for (const [key, place] of this.#places) {
      if (place.role === role && !names.has(place.name)) this.#dismiss(key, place);
    }
    for (const name of names) {
      const key = `${role} ${name}`;
      if (this.#places.has(key)) continue;
      const place: Place<P> = { role, name, child: null, restarts: 0, quickDeaths: 0, timer: null };
      this.#places.set(key, place);
      this.#start(place);
    }
  }

  /** The process of a place, null while it is being replaced. */
  child(role: P['role'], name: string): P | null {
    return this.#places.get(`${role} ${name}`)?.child ?? null;
  }

  running(): PlaceView<P>[] {
    return [...this.#places.values()].flatMap(({ child, restarts }) => (child ? [{ child, restarts }] : []));
  }

  /** From now on nothing that ends is replaced. */
  retire(): void {
    this.#stopping = true;
  }

  /** Ends every child in order; kills those that do not end in time. */
  async stop(): Promise<void> {
    this.retire();
    clearInterval(this.#tick);
    for (const [key, place] of this.#places) this.#dismiss(key, place);
    await Promise.all(this.#ending);
  }

  /** Kills every child at once. */
  killAll(): void {
    this.retire();
    clearInterval(this.#tick);
    for (const { timer } of this.#places.values()) if (timer) clearTimeout(timer);
    for (const child of this.#alive) child.kill('the server ends at once');
  }

  #start(place: Place<P>): void {
    place.timer = null;
    const child = this.#options.start(place.role, place.name, (gone, reason) => this.#gone(place, gone, reason));
    place.child = child;
    this.#alive.add(child);
  }

  #gone(place: Place<P>, child: P, reason: string): void {
    this.#alive.delete(child);
    const expected = this.#stopping || place.child !== child;
    if (place.child === child) place.child = null;
    this.#options.gone(child, reason, expected);
    // Its listener may have moved what it was for to another place.
    if (expected || this.#places.get(`${place.role} ${place.name}`) !== place) return;
    place.restarts++;
    place.quickDeaths = nowUs() - child.startedUs < QUICK_DEATH_US ? place.quickDeaths + 1 : 0;
    const delayMs = RESTART_DELAYS_MS[Math.min(place.quickDeaths, RESTART_DELAYS_MS.length - 1)]!;
    place.timer = setTimeout(() => this.#start(place), delayMs);
  }

  #dismiss(key: string, place: Place<P>): void {
    this.#places.delete(key);
    if (place.timer) clearTimeout(place.timer);
    const child = place.child;
    place.child = null;
    if (!child) return;
    const ended: Promise<void> = child.end(END_LIMIT_MS).finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }

  #watch(): void {
    const atUs = nowUs();
    const lateUs = atUs - this.#tickUs - TICK_MS * 1000;
    this.#tickUs = atUs;
    for (const { child } of this.#places.values()) {
      if (!child) continue;
      if (lateUs > 1_000_000) child.pardon();
      const reason = reasonToKill(child, atUs);
      if (reason) child.kill(reason);
    }
  }
}

function reasonToKill(child: Supervised, atUs: number): string | null {
  const silenceUs = atUs - child.heardUs;
  if (!child.isServing) return silenceUs > START_LIMIT_US ? 'killed: it did not start within 20 s' : null;
  if (silenceUs > SILENCE_LIMIT_US) return 'killed: not heard of for 5 s';
  const heartbeat = child.heartbeat;
  if (!heartbeat) return null;
  if (heartbeat.oldestNativeMs > NATIVE_LIMIT_MS) return 'killed: a native call did not return within 15 s';
  const limit = ROLES[child.role].memoryLimitBytes;
  if (heartbeat.rssBytes > limit) return `killed: above its memory limit of ${limit / 1024 / 1024} MB`;
  return null;
}
