// What is known of a processor, as its report says it: its host notes it here while it goes.

import { nowUs } from '../../base/clock.ts';
import type { Problem } from '../../base/errors.ts';
import type { ProcessorReport, ProcessorState } from '../../link/processors.ts';
import type { Done, Loaded } from './thread.ts';
import { Timing } from './timing.ts';

/** What others count. */
type Counted = Pick<ProcessorReport, 'uid' | 'name' | 'shows'> & { readonly in: number; readonly skipped: number };

export class ProcessorFacts {
  restarts = 0;
  reloads = 0;
  readonly #onChange: () => void;
  #loaded: Loaded | null = null;
  #options: Loaded['options'] = {};
  #problem: Problem | null = null;
  #state: ProcessorState = 'off';
  #sinceUs = nowUs();
  #timing = new Timing();
  #done = 0;
  #memory = { heapBytes: 0, mats: 0 };

  /** `onChange`: something changed that is not a count. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** What the version said of itself that runs, or would. */
  get loaded(): Loaded | null {
    return this.#loaded;
  }

  get state(): ProcessorState {
    return this.#state;
  }

  get problem(): Problem | null {
    return this.#problem;
  }

  /** Another version: its times are its own. */
  takeVersion(loaded: Loaded): void {
    this.#loaded = loaded;
    this.#options = loaded.options;
    this.#timing = new Timing();
  }

  takeOptions(options: Loaded['options']): void {
    this.#options = options;
  }

  takeDone({ tookUs, memory }: Done): void {
    this.#done++;
    this.#timing.add(tookUs);
    this.#memory = { heapBytes: memory.heapBytes, mats: memory.mats };
  }

  setProblem(problem: Problem | null): void {
    if (problem?.text === this.#problem?.text) return;
    this.#problem = problem;
    this.#onChange();
  }

  enter(state: ProcessorState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#sinceUs = nowUs();
    this.#onChange();
  }

  report({ uid, name, shows, in: taken, skipped }: Counted): ProcessorReport {
    const loaded = this.#loaded;
    return {
      uid,
      name,
      shows,
      state: this.#state,
      sinceUs: this.#sinceUs,
      problem: this.#problem,
      description: loaded?.description ?? '',
      runs: loaded?.runs ?? 'always',
      eventTypes: loaded?.eventTypes ?? [],
      optionsSchema: loaded?.optionsSchema ?? null,
      options: this.#options,
      p50Ms: this.#timing.percentile(0.5),
      p95Ms: this.#timing.percentile(0.95),
      frames: { in: taken, done: this.#done, skipped },
      restarts: this.restarts,
      reloads: this.reloads,
      ...this.#memory,
    };
  }
}
