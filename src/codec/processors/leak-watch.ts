// Notices in a running processor that Mats pile up, and names the line that makes them. A processor with few Mats, which
// nearly all are, is only counted: where a Mat was made is noted from a suspicious number on, for a sample of them.

import { placeIn, shortName } from './fault.ts';
import type { MatWatcher } from './opencv.ts';

/** More Mats than these at the end of a frame are hardly wanted. */
const SUSPICIOUS = 100;
const SAMPLE = 50;

export class LeakWatch implements MatWatcher {
  readonly #sample = new Map<object, Error>();
  #live = 0;
  #isTold = false;

  made(mat: object): void {
    if (++this.#live <= SUSPICIOUS || this.#isTold || this.#sample.size >= SAMPLE) return;
    this.#sample.set(mat, new Error('made here'));
  }

  gone(mat: object): void {
    this.#live--;
    this.#sample.delete(mat);
  }

  /** To be asked behind each frame. A sentence when Mats have piled up, once until they are gone again; else null. */
  look(): string | null {
    if (this.#live <= SUSPICIOUS) this.#isTold = false;
    if (this.#isTold || this.#sample.size < SAMPLE) return null;
    this.#isTold = true;
    const place = mostFrequent([...this.#sample.values()].map(({ stack = '' }) => placeText(stack)));
    this.#sample.clear();
    return `it keeps ${this.#live} Mats, most of the last ones made ${place}: delete() each that is not needed any more`;
  }
}

function placeText(stack: string): string {
  const place = placeIn(stack);
  return place === null ? 'somewhere' : `at ${shortName(place.file)}:${place.line}`;
}

function mostFrequent(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].reduce((most, entry) => (entry[1] > most[1] ? entry : most), ['', 0])[0];
}
