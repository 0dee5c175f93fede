// The step of user and password: which ways of logging in the camera asks for, and what it said to what was given.

import { chooseChallenge } from '../rtsp/auth.ts';
import type { Challenge } from '../rtsp/auth.ts';
import { failed, listed, passed, plain, skipped } from './finding.ts';
import type { Finding } from './types.ts';

export interface LoginFacts {
  /** Status of the answer to a question without credentials. */
  readonly status: number;
  readonly challenges: readonly Challenge[];
  readonly hasCredentials: boolean;
  /** What the camera said to the credentials; null: they were not sent. */
  readonly accepted: boolean | null;
}

export function judgeLogin({ status, challenges, hasCredentials, accepted }: LoginFacts): Finding {
  if (status === 401 || status === 407) return judgeAsked(challenges, hasCredentials, accepted);
  if (status === 403) {
    return failed(
      'The camera refuses access (403) without asking who we are.',
      'Look in the camera for a list of allowed addresses, or whether this stream is switched on for the account.',
    );
  }
  if (status >= 400) return skipped(`The camera answered ${status} before it asked for a password.`);
  const given = hasCredentials ? '; the ones that are given are not needed' : '';
  return passed(`The camera asks for no user name and password${given}.`);
}

function judgeAsked(challenges: readonly Challenge[], hasCredentials: boolean, accepted: boolean | null): Finding {
  const asks = `${waysOf(challenges)}${realmOf(challenges)}`;
  if (chooseChallenge(challenges) === null) {
    return failed(
      `The camera asks for a login in a way that we do not know (${asks}).`,
      'Choose Digest or Basic for RTSP and HTTP in the camera.',
    );
  }
  if (!hasCredentials) {
    return failed(`The camera asks for user name and password (${asks}).`, "Give the camera's user name and password.");
  }
  if (accepted === true) return passed(`The camera accepts user name and password (${asks}).`);
  if (accepted === null)
    return skipped(`The camera asks for user name and password (${asks}), but they were not tried.`);
  return failed(
    `The camera does not accept the user name or password (${asks}).`,
    'Check both in the camera: many have an account of its own for RTSP or ONVIF, and some are locked for a while after wrong tries.',
  );
}

function waysOf(challenges: readonly Challenge[]): string {
  const ways = challenges.map(({ scheme, params }) => {
    const name = plain(scheme.charAt(0).toUpperCase() + scheme.slice(1), 20);
    return scheme === 'digest' ? `${name} ${plain(params.get('algorithm') ?? 'MD5', 20)}` : name;
  });
  return ways.length === 0 ? 'without saying how' : listed([...new Set(ways)]);
}

function realmOf(challenges: readonly Challenge[]): string {
  const realm = plain(challenges.find(({ params }) => params.has('realm'))?.params.get('realm') ?? '');
  return realm === '' ? '' : `, realm "${realm}"`;
}
