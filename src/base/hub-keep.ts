// What a hub keeps for readers that arrive later: the newest group, whole, within bounds, or nothing.

import type { HubTraits } from './hub-types.ts';

export class KeptGroup<T> {
  readonly #traits: HubTraits<T>;
  readonly #maxBytes: number;
  readonly #maxAgeUs: number;
  readonly #items: T[] = [];
  #bytes = 0;
  #sinceUs = 0;

  constructor(traits: HubTraits<T>, bounds: { readonly maxBytes: number; readonly maxAgeMs: number }) {
    this.#traits = traits;
    this.#maxBytes = bounds.maxBytes;
    this.#maxAgeUs = bounds.maxAgeMs * 1000;
  }

  get items(): readonly T[] {
    return this.#items;
  }

  /** Adds an item to the group, or begins a new one with it. A group past its bounds is let go as a whole. */
  add(item: T, startsGroup: boolean, atUs: number): void {
    if (startsGroup) {
      this.clear();
      this.#sinceUs = atUs;
    } else if (this.#items.length === 0) {
      return;
    }
    const bytes = this.#traits.bytes(item);
    if (this.#bytes + bytes > this.#maxBytes || atUs - this.#sinceUs > this.#maxAgeUs) {
      this.clear();
      return;
    }
    this.#traits.retain?.(item);
    this.#items.push(item);
    this.#bytes += bytes;
  }

  clear(): void {
    if (this.#traits.release) for (const item of this.#items) this.#traits.release(item);
    this.#items.length = 0;
    this.#bytes = 0;
  }
}
