// What a camera says of itself, and who is told when that changes.

import { nowUs } from '../base/clock.ts';
import type { Problem } from '../base/errors.ts';
import type { StreamState, StreamStateName } from '../media/types.ts';

export class CameraState {
  readonly #listeners = new Set<() => void>();
  readonly #onChange: () => void;
  #now: StreamState = { state: 'idle', sinceUs: nowUs(), reason: null };

  /** `onChange` is called at each change, after the listeners. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get now(): StreamState {
    return this.#now;
  }

  /** Calls `listener` after each change and when the camera is being closed; returns its removal. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Between states without a picture, `since` stays: it says since when there is none. */
  set(state: StreamStateName, reason: Problem | null, patienceMs?: number): void {
    const previous = this.#now;
    const isSame = previous.state === state && previous.reason?.text === reason?.text;
    if (isSame && previous.patienceMs === patienceMs) return;
    const goesOn = isSame || (isDown(previous.state) && isDown(state));
    const patience = patienceMs === undefined ? {} : { patienceMs };
    this.#now = { state, reason, sinceUs: goesOn ? previous.sinceUs : nowUs(), ...patience };
    this.changed();
  }

  /** Something else of the camera has changed, its tracks. */
  changed(): void {
    this.tellListeners();
    this.#onChange();
  }

  tellListeners(): void {
    for (const listener of this.#listeners) listener();
  }
}

function isDown(state: StreamStateName): boolean {
  return state === 'stalled' || state === 'failed';
}
