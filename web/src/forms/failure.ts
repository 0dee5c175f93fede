// Why a form could not do what was asked: one sentence, the field that it belongs to, and what can be pressed about it.

import type { ApiError, Reason } from '../api.ts';
import type { Place, TrialSentences } from '../dictionary/en.ts';
import { t } from '../i18n.ts';
import { problemHint, problemTitle, sentence } from '../words.ts';
import type { TypedProblem } from './typed-address.ts';

export type FieldName = 'source' | 'username' | 'password' | 'name' | 'id' | 'form';

export interface Failure {
  readonly field: FieldName;
  readonly text: string;
  /** What else can be done; may be empty. */
  readonly hint: string;
  /** Addresses that may be meant. */
  readonly offers: readonly string[];
  /** True when a login would help. */
  readonly login: boolean;
  /** True when the camera may still be saved: it was asked, and gave no picture. */
  readonly askedInVain: boolean;
}

const PLAIN = { hint: '', offers: [], login: false, askedInVain: false } as const;

/** Of an address that need not be sent. */
export function failureOfTyped(problem: TypedProblem): Failure {
  const words = t().manage.typed;
  const failure = (text: string, offers: readonly string[] = []): Failure => {
    return { ...PLAIN, field: 'source', text, offers };
  };
  switch (problem.kind) {
    case 'empty':
      return failure(words.empty);
    case 'no-scheme':
      return failure(problem.offers.length > 0 ? words.noScheme : words.noSchemeAtAll, problem.offers);
    case 'scheme':
      return failure(words.scheme(problem.scheme));
    case 'no-host':
      return failure(words.noHost);
    case 'masked':
      return failure(words.masked);
  }
}

/** Of an address that gave no picture. */
export function failureOfReason(reason: Reason, place: Place, named: boolean): Failure {
  const table: TrialSentences = t().trial;
  const own = (table as Readonly<Record<string, ((at: Place) => string) | undefined>>)[reason.code];
  const text = own === undefined ? problemTitle(reason) : own(place);
  const hint = own === undefined ? problemHint(reason) : '';
  return { ...PLAIN, field: fieldOf(reason.code, named), text, hint, askedInVain: true };
}

function fieldOf(code: string, named: boolean): FieldName {
  if (code !== 'camera-unauthorized') return 'source';
  return named ? 'password' : 'username';
}

const FIELDS: Readonly<Record<string, FieldName>> = {
  'source-invalid': 'source',
  'source-forbidden': 'source',
  taken: 'id',
};

/** Of a request that the server refused, or that did not reach it. */
export function failureOfError(error: ApiError): Failure {
  const { can } = t().manage;
  const { reason } = error;
  if (reason === null) return { ...PLAIN, field: 'form', text: can.serverGone };
  if (reason.code === 'unauthorized') {
    return { ...PLAIN, field: 'form', text: can.login, hint: can.loginHow, login: true };
  }
  const [bad] = error.parameters;
  if (bad !== undefined) {
    return { ...PLAIN, field: fieldAt(bad.parameter), text: sentence(bad.message) };
  }
  return { ...PLAIN, field: FIELDS[reason.code] ?? 'form', text: problemTitle(reason), hint: problemHint(reason) };
}

function fieldAt(parameter: string): FieldName {
  const name = parameter.replace(/^\//, '');
  return (['source', 'username', 'password', 'name', 'id'] as const).find((it) => it === name) ?? 'form';
}
