// Says a finding in English.

import type { AdviceValues, Said, SeenValues } from '../link/finding-codes.ts';
import { ADVICE_WORDS } from './advice-words.ts';
import { SEEN_WORDS } from './seen-words.ts';
import type { Advised } from './types.ts';

export function seenText<C extends keyof SeenValues>({ code, values }: Said<SeenValues, C>): string {
  return SEEN_WORDS[code](values);
}

/** Empty when there is nothing to do. */
export function adviceText(advised: Advised): string {
  if (advised === null) return '';
  return advised.code === null ? advised.hint : say(advised);
}

function say<C extends keyof AdviceValues>({ code, values }: Said<AdviceValues, C>): string {
  return ADVICE_WORDS[code](values);
}
