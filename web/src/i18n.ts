// The language of the page: the person's choice, else the browser's. `t()` gives the dictionary, and whoever reads it
// while drawing is drawn again when the language changes. Numbers and times follow the language too.

import { computed, effect } from '@preact/signals';
import { en, type Dictionary } from './dictionary/en.ts';
import { ko } from './dictionary/ko.ts';
import { storedChoice } from './stored.ts';

export type Language = 'en' | 'ko';

const DICTIONARIES: Readonly<Record<Language, Dictionary>> = { en, ko };

/** What the person chose; `system` is the browser's language where it is one of ours, else English. */
export const languageChoice = storedChoice<Language | 'system'>('language', ['system', 'en', 'ko']);

export const language = computed<Language>(() => {
  if (languageChoice.value !== 'system') return languageChoice.value;
  return preferred().find(isOurs)?.startsWith('ko') === true ? 'ko' : 'en';
});

/** The browser's own kind of the language (en-GB), so that times and numbers look as elsewhere on the machine. */
const locale = computed(() => preferred().find((tag) => tag.split('-')[0] === language.value) ?? language.value);

const times = computed(() => new Intl.DateTimeFormat(locale.value, timeParts({})));
const timesWithSeconds = computed(() => new Intl.DateTimeFormat(locale.value, timeParts({ second: '2-digit' })));
const dates = computed(() => new Intl.DateTimeFormat(locale.value));

/** All sentences of the page, in its language. */
export function t(): Dictionary {
  return DICTIONARIES[language.value];
}

/** '1,234', '29.97'. */
export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(locale.value, { maximumFractionDigits: digits }).format(value);
}

/** '14:02' or '14:02:11', of Unix milliseconds. */
export function clockTime(ms: number, withSeconds = false): string {
  return (withSeconds ? timesWithSeconds : times).value.format(ms);
}

/** The day, of Unix milliseconds. */
export function day(ms: number): string {
  return dates.value.format(ms);
}

/** Keeps `<html lang>` right, from now on. */
export function followLanguage(): void {
  effect(() => {
    document.documentElement.lang = language.value;
  });
}

function preferred(): readonly string[] {
  return typeof document === 'undefined' ? [] : navigator.languages;
}

function isOurs(tag: string): boolean {
  return (tag.split('-')[0] ?? '') in DICTIONARIES;
}

function timeParts(more: Intl.DateTimeFormatOptions): Intl.DateTimeFormatOptions {
  return { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...more };
}
