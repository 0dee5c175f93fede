// Choices that a browser keeps for its person: language and theme. A browser may refuse to keep anything (private
// windows, blocked site data): then a choice holds as long as the page.

import { signal, type Signal } from '@preact/signals';

/** A choice among a few words, kept under `sightline.NAME`; the first word holds until another was chosen. */
export function storedChoice<T extends string>(name: string, words: readonly [T, ...T[]]): Signal<T> {
  const key = `sightline.${name}`;
  const before = read(key);
  const choice = signal(words.find((word) => word === before) ?? words[0]);
  choice.subscribe((word) => {
    if (word !== (read(key) ?? words[0])) keep(key, word);
  });
  return choice;
}

function read(key: string): string | null {
  try {
    return storage()?.getItem(key) ?? null;
  } catch {
    return null;
  }
}

function keep(key: string, word: string): boolean {
  try {
    storage()?.setItem(key, word);
    return true;
  } catch {
    return false;
  }
}

/** Undefined outside a browser. Reading it is what a browser refuses. */
function storage(): Storage | undefined {
  return typeof document === 'undefined' ? undefined : localStorage;
}
