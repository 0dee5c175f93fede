// The step of user and password: which ways of logging in the camera asks for, and what it said to what was given.

import { chooseChallenge } from '../rtsp/auth.ts';
import type { Challenge } from '../rtsp/auth.ts';
import { basicRefusedError } from '../rtsp/status-error.ts';
import { failed, hintOf, named, passed, plain, skipped } from './finding.ts';
import type { Finding } from './types.ts';

export interface LoginFacts {
  /** Status of the answer to a question without credentials. */
  readonly status: number;
  readonly challenges: readonly Challenge[];
  readonly hasCredentials: boolean;
  /** The camera took them by Digest before: they are not told in clear. Default false. */
  readonly digestOnly?: boolean;
  /** What the camera said to the credentials; null: they were not sent. */
  readonly accepted: boolean | null;
}

export function judgeLogin(facts: LoginFacts): Finding {
  const { status, hasCredentials } = facts;
  if (status === 401 || status === 407) return judgeAsked(facts);
  if (status === 403) return failed({ code: 'login-forbidden', values: {} }, { code: 'allow-address', values: {} });
  if (status >= 400) return skipped({ code: 'login-not-reached', values: { status } });
  return passed({ code: 'login-not-asked', values: { given: hasCredentials } });
}

function judgeAsked({ challenges, hasCredentials, digestOnly = false, accepted }: LoginFacts): Finding {
  const values = { ways: waysOf(challenges), realm: realmOf(challenges) };
  const chosen = chooseChallenge(challenges);
  if (chosen === null) {
    return failed({ code: 'login-unknown-way', values }, { code: 'choose-digest-or-basic', values: {} });
  }
  if (!hasCredentials) return failed({ code: 'login-missing', values }, { code: 'give-login', values: {} });
  if (digestOnly && chosen.scheme === 'basic') {
    const problem = basicRefusedError('it').toProblem();
    return failed({ code: 'problem', values: named(problem) }, hintOf(problem));
  }
  if (accepted === true) return passed({ code: 'login-accepted', values });
  if (accepted === null) return skipped({ code: 'login-untried', values });
  return failed({ code: 'login-refused', values }, { code: 'check-login', values: {} });
}

function waysOf(challenges: readonly Challenge[]): string[] {
  const ways = challenges.map(({ scheme, params }) => {
    const name = plain(scheme.charAt(0).toUpperCase() + scheme.slice(1), 20);
    return scheme === 'digest' ? `${name} ${plain(params.get('algorithm') ?? 'MD5', 20)}` : name;
  });
  return [...new Set(ways)];
}

function realmOf(challenges: readonly Challenge[]): string {
  return plain(challenges.find(({ params }) => params.has('realm'))?.params.get('realm') ?? '');
}
