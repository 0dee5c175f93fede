// Where each Mat was made that a processor has not freed: told by OpenCV's tracking in a trial, so that a leak has a file
// and a line.

import path from 'node:path';
import { placeIn } from './fault.ts';
import type { MatWatcher } from './opencv.ts';

export class MatLedger implements MatWatcher {
  readonly #made = new Map<object, Error>();

  made(mat: object): void {
    this.#made.set(mat, new Error('made here'));
  }

  gone(mat: object): void {
    this.#made.delete(mat);
  }

  /** Forgets those that are alive now. */
  clear(): void {
    this.#made.clear();
  }

  /** A sentence for each place whose Mats are alive. */
  leaks(): string[] {
    const counts = new Map<string, number>();
    for (const { stack = '' } of this.#made.values()) {
      const place = placeText(stack);
      counts.set(place, (counts.get(place) ?? 0) + 1);
    }
    return [...counts].map(([place, count]) => {
      const what = count === 1 ? 'a Mat that was made' : `${count} Mats that were made`;
      return `${what} ${place} ${count === 1 ? 'was' : 'were'} not deleted when it had closed`;
    });
  }
}

function placeText(stack: string): string {
  const place = placeIn(stack);
  if (place === null) return 'somewhere';
  const inside = path.relative(process.cwd(), place.file);
  return `at ${inside.startsWith('..') ? place.file : inside}:${place.line}`;
}
