// Revisions as entity tags (RFC 9110, sections 8.8.3 and 13.1.1): what GET says, and what If-Match asks for.

import { SightlineError } from '../../base/errors.ts';
import { RequestInvalidError } from './problem.ts';

/** What If-Match may be: `*`, or tags between commas. */
export const IF_MATCH = /^(\*|(W\/)?"[!#-~]*"(, *(W\/)?"[!#-~]*")*)$/;

export function quoteTag(revision: string): string {
  return `"${revision}"`;
}

/**
 * The revision that the camera must still have; null: any. Weak tags match nothing (section 13.1.1 asks for the strong
 * comparison). Of several tags it is the one that the camera has as far as we know, so that control has one to compare.
 * Throws `request-invalid`, or `revision-mismatch` when no tag can match.
 */
export function wantedRevision(ifMatch: string | undefined, known: string): string | null {
  if (ifMatch === undefined) return null;
  if (!IF_MATCH.test(ifMatch.trim())) {
    const message = 'must be * or a list of entity tags such as "abc"';
    throw new RequestInvalidError([{ parameter: 'If-Match', message }]);
  }
  if (ifMatch.trim() === '*') return null;
  const strong = [...ifMatch.matchAll(/(W\/)?"([^"]*)"/g)].filter(([, weak]) => weak === undefined);
  const revisions = strong.map(([, , revision = '']) => revision);
  const wanted = revisions.includes(known) ? known : revisions[0];
  if (wanted !== undefined) return wanted;
  throw new SightlineError('revision-mismatch', 'A weak entity tag names no revision.');
}
