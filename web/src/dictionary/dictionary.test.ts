// The dictionaries against each other, beyond what their types already say: nothing is empty, nothing is left in English.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { en } from './en.ts';
import { koProblems } from './ko-problems.ts';
import { ko } from './ko.ts';

const HANGUL = /[\uac00-\ud7a3]/;
/** Named the same in both languages. */
const SAME = new Set([
  '.clocks.within',
  '.watch.within',
  '.watch.of',
  '.watch.saved',
  '.manage.settings.languages.en',
  '.manage.about.delayOf',
  '.processors.of',
]);
const PLACE = { host: '192.168.1.20', port: '554' };

/** Every sentence by its path, messages with parameters said with the numbers 2, 3, … or a place. */
function sentences(table: object, path: string): [string, string][] {
  return Object.entries(table).flatMap(([key, value]: [string, unknown]): [string, string][] => {
    const at = `${path}.${key}`;
    if (typeof value === 'string') return [[at, value]];
    if (typeof value === 'function') return [[at, said(value as (...values: unknown[]) => string, path)]];
    return typeof value === 'object' && value !== null ? sentences(value, at) : [];
  });
}

function said(message: (...values: unknown[]) => string, path: string): string {
  return path.endsWith('.trial') ? message(PLACE) : message(2, 3, 4);
}

it('every sentence is there in both languages, and the Korean one is Korean', () => {
  const english = new Map(sentences({ ...en, problems: null }, ''));
  const korean = new Map(sentences({ ...ko, problems: null }, ''));
  assert.deepEqual([...korean.keys()].sort(), [...english.keys()].sort());
  for (const [path, sentence] of korean) {
    assert.notEqual(sentence.trim(), '', path);
    assert.notEqual(english.get(path)?.trim(), '', path);
    if (!SAME.has(path)) assert.match(sentence, HANGUL, path);
    assert.doesNotMatch(sentence, /undefined|\[object/, path);
  }
});

it('every problem of the server is said in Korean', () => {
  for (const [code, { title, hint }] of Object.entries(koProblems)) {
    assert.match(title, HANGUL, code);
    assert.match(hint, HANGUL, code);
  }
});
