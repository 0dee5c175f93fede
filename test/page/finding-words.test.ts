// The words of an examination's findings: every code that the server may send is said in English and in Korean, of the
// same values.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ADVICE_WORDS } from '../../src/doctor/advice-words.ts';
import { SEEN_WORDS } from '../../src/doctor/seen-words.ts';
import { ADVICE_CODES, SEEN_CODES, SPEAKER_KINDS } from '../../src/link/finding-codes.ts';
import type { CodeTable, OfferedCodec, ValueKind } from '../../src/link/finding-codes.ts';
import { koFindings } from '../../web/src/dictionary/ko-findings.ts';

const HANGUL = /[\uac00-\ud7a3]/;

type Words = Readonly<Record<string, (values: never) => string>>;
type Values = Readonly<Record<string, unknown>>;

const CODEC: OfferedCodec = { name: 'H.265', isKnown: true, plays: ['Safari'], partly: [] };

/** Values of each kind: none first, then some that differ. */
const SAMPLES: Readonly<Record<Exclude<ValueKind, readonly string[]>, readonly unknown[]>> = {
  text: ['', 'one', 'two'],
  'text?': [null, 'one', 'two'],
  texts: [[], ['one'], ['one', 'two']],
  number: [0, 1, 70_000],
  'number?': [null, 1, 70_000],
  numbers: [[], [8554], [8554, 10554]],
  flag: [false, true],
  step: [null, 'port', 'login'],
  problem: ['camera-timeout', 'camera-busy', 'camera-closed'],
  speaker: SPEAKER_KINDS,
  'speaker?': [null, ...SPEAKER_KINDS],
  codecs: [[{ ...CODEC, isKnown: false }], [CODEC], [CODEC, { ...CODEC, name: 'AV1', partly: ['Edge'] }]],
};

function samplesOf(kind: ValueKind): readonly unknown[] {
  return typeof kind === 'string' ? SAMPLES[kind] : kind;
}

function sampleOf(kind: ValueKind, at: number): unknown {
  const samples = samplesOf(kind);
  return samples[Math.min(at, samples.length - 1)];
}

/** What a sentence is made of: the names of the values that change it. A problem is its code or its text. */
function madeOf(say: (values: never) => string, kinds: Readonly<Record<string, ValueKind>>): string[] {
  const made = new Set<string>();
  for (const at of [0, 1, 2]) {
    const base: Values = Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, sampleOf(kind, at)]));
    for (const [name, kind] of Object.entries(kinds)) {
      const changed = samplesOf(kind).some((value) => say({ ...base, [name]: value } as never) !== say(base as never));
      if (changed) made.add('problem' in kinds && name === 'text' ? 'problem' : name);
    }
  }
  return [...made].sort();
}

for (const [what, codes, english, korean] of [
  ['what was seen', SEEN_CODES, SEEN_WORDS, koFindings.seen],
  ['what to do', ADVICE_CODES, ADVICE_WORDS, koFindings.advice],
] as const satisfies readonly (readonly [string, CodeTable, Words, Words])[]) {
  const table: CodeTable = codes;
  const [en, ko]: readonly [Words, Words] = [english, korean];

  describe(what, () => {
    it('has words for each code in both languages, and for no other', () => {
      assert.deepEqual(Object.keys(en).sort(), Object.keys(table).sort());
      assert.deepEqual(Object.keys(ko).sort(), Object.keys(table).sort());
    });

    it('is made of all of its values in both languages', () => {
      for (const [code, kinds] of Object.entries(table)) {
        const names = Object.keys(kinds).filter((name) => name !== 'text' || !('problem' in kinds));
        assert.deepEqual(madeOf(en[code]!, kinds), names.sort(), code);
        assert.deepEqual(madeOf(ko[code]!, kinds), names.sort(), code);
      }
    });

    it('is a whole sentence, the Korean one in Korean', () => {
      for (const [code, kinds] of Object.entries(table)) {
        for (const at of [0, 1, 2]) {
          const values = Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, sampleOf(kind, at)]));
          const [englishText, koreanText] = [en[code]!(values as never), ko[code]!(values as never)];
          assert.match(koreanText, HANGUL, code);
          assert.doesNotMatch(englishText, HANGUL, code);
          for (const text of [englishText, koreanText])
            assert.doesNotMatch(text, /undefined|null|NaN|\[object|\.\.$/, code);
        }
      }
    });
  });
}
