// Judges what an HTTP camera answered: whether a picture is at its address, and how its pictures come. Pure.

import type { SightlineError } from '../base/errors.ts';
import { inMs } from './figures.ts';
import { failed, hintOf, named, passed, skipped, warned } from './finding.ts';
import type { HttpFacts } from './http-watch.ts';
import { adviceOf, judgePath, shownPath } from './path.ts';
import type { KnownPaths } from './path.ts';
import { mayBeCamera, nameOf } from './speaker.ts';
import type { Speaker } from './speaker.ts';
import type { Finding } from './types.ts';

const PAUSE_PASSED_US = 3_000_000;

/** True for a failure of what is at the address; else the answer was right, and pictures did not come. */
export function isOfPath({ code }: SightlineError): boolean {
  return code !== 'camera-timeout' && code !== 'camera-stalled';
}

export function judgeHttpPath(url: string, speaker: Speaker, error: SightlineError | null, known: KnownPaths): Finding {
  const path = shownPath(url);
  if (error === null) return passed({ code: 'path-has-picture', values: { path } });
  if (speaker.title === '' || error.code !== 'camera-protocol') return judgePath(url, error, known);
  const { kind } = speaker;
  const seen = { code: 'path-has-page', values: { path, name: nameOf(speaker), kind } } as const;
  if (kind !== null && !mayBeCamera(speaker)) return failed(seen, { code: 'find-camera-instead', values: { kind } });
  return failed(seen, adviceOf(known) ?? hintOf(error.toProblem()));
}

export function judgeHttpTracks({ track }: HttpFacts, speaker: Speaker): Finding {
  const isSized = track !== null && track.width > 0;
  const size = { width: isSized ? track.width : null, height: isSized ? track.height : null };
  const isStream = /^\s*multipart\//i.test(speaker.headers.get('content-type') ?? '');
  return passed({ code: 'tracks-jpeg', values: { single: !isStream && speaker.status === 200, ...size } });
}

/** `silence`: why no picture came at all; null when one did. */
export function judgeHttpStream(facts: HttpFacts, waitUs: number, silence: SightlineError | null): Finding {
  if (silence !== null) {
    const problem = silence.toProblem();
    return failed({ code: 'problem', values: named(problem) }, hintOf(problem));
  }
  const { pictures, bytes, firstUs, lastUs, longestPauseUs } = facts;
  const spanS = (lastUs - firstUs) / 1e6;
  const perSecond = spanS > 0.5 ? Math.round(((pictures - 1) / spanS) * 10) / 10 : null;
  const kbEach = Math.round(bytes / pictures / 1000);
  const values = { pictures, waitMs: inMs(waitUs), perSecond, kbEach, longestPauseMs: inMs(longestPauseUs) };
  const seen = { code: 'stream-pictures', values } as const;
  return longestPauseUs <= PAUSE_PASSED_US ? passed(seen) : warned(seen, { code: 'lower-size-or-rate', values: {} });
}

export function judgeHttpTimestamps({ isDated }: HttpFacts): Finding {
  if (isDated) return passed({ code: 'timestamps-dated', values: {} });
  return skipped({ code: 'timestamps-none', values: {} });
}
