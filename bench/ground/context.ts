// What every benchmark is handed: its material, how long to measure, and the list of processes that end with the run.

import type { Footage } from '../camera/footage.ts';
import type { Processes } from './processes.ts';
import type { Figure } from './figures.ts';

export interface Context {
  /** Where everything made by a run goes: bench/out. */
  readonly out: string;
  /** The checkout. */
  readonly root: string;
  /** What most cameras send. */
  readonly footage: Footage;
  /** A second stream: a sixth part of the decoding. */
  readonly lightFootage: Footage;
  /** What sixteen cameras at once send, all of which are decoded. */
  readonly tilesFootage: Footage;
  readonly processes: Processes;
  /** Measuring windows for each side, taken in turn. */
  readonly rounds: number;
  readonly windowMs: number;
  /** Few and short windows: a look. */
  readonly quick: boolean;
  /** Path of this program; null: nobody gave one. */
  readonly go2rtc: string | null;
  /** 0: no soak. */
  readonly soakMinutes: number;
  /** A line for people while it runs. */
  note(text: string): void;
}

export type Benchmark = (context: Context) => Promise<Figure[]>;

export async function delay(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/** Asks again and again until the answer is not null; rejects with `what` after `limitMs`. */
export async function until<T>(what: string, limitMs: number, ask: () => Promise<T | null> | T | null): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (performance.now() > end) throw new Error(`${what}: not within ${limitMs / 1000} s`);
    await delay(50);
  }
}
