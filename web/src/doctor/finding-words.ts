// What a step found, in the page's language where it has words for it, else as the server says it, in English. The words
// of a language come when an examination is first shown in it, for no other visit needs them.

import { signal } from '@preact/signals';
import type {
  Advice,
  AdviceValues,
  ExaminationStep,
  Said,
  Seen,
  SeenValues,
  Wording,
} from '../../../src/gateway/api/contract-examination.ts';
import type { Language } from '../i18n.ts';

export interface FindingWords {
  readonly seen: Wording<SeenValues>;
  readonly advice: Wording<AdviceValues>;
}

/** A sentence and the language that it is in. */
export interface Sentence {
  readonly lang: Language;
  readonly text: string;
}

type Finding = Pick<ExaminationStep, 'saw' | 'advice' | 'seen' | 'advised'>;

const LOADERS: Readonly<Record<Exclude<Language, 'en'>, () => Promise<FindingWords>>> = {
  ko: async () => (await import('../dictionary/ko-findings.ts')).koFindings,
};

/** Null: the server's English stands. */
const loaded = signal<ReadonlyMap<Language, FindingWords | null>>(new Map([['en', null]]));

/** Undefined while they are on their way; null: the server's English stands. */
export function findingWords(language: Language): FindingWords | null | undefined {
  return loaded.value.get(language);
}

export async function loadFindingWords(language: Language): Promise<void> {
  if (language === 'en' || loaded.value.has(language)) return;
  const words = await LOADERS[language]().catch(() => null);
  loaded.value = new Map(loaded.value).set(language, words);
}

/** `words`: of `language`. */
export function seenSentence(words: FindingWords | null, language: Language, { seen, saw }: Finding): Sentence {
  const text = words === null ? null : say(words.seen, seen);
  return text === null ? { lang: 'en', text: saw } : { lang: language, text };
}

/** The text is empty when there is nothing to do. */
export function adviceSentence(words: FindingWords | null, language: Language, finding: Finding): Sentence {
  const { advised, advice } = finding;
  const text = words === null || advised === null ? null : advise(words.advice, advised);
  return text === null ? { lang: 'en', text: advice } : { lang: language, text };
}

/** What the server says of a problem that the sentence names by its code; empty where it names none. */
export function problemText({ values }: Seen): string {
  return 'text' in values ? values.text : '';
}

/** Null for a code that a newer server has. */
function say<C extends Seen['code']>(words: Partial<Wording<SeenValues>>, { code, values }: Said<SeenValues, C>) {
  return words[code]?.(values) ?? null;
}

function advise<C extends Advice['code']>(words: Partial<Wording<AdviceValues>>, said: Said<AdviceValues, C>) {
  return words[said.code]?.(said.values) ?? null;
}
