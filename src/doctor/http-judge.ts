// Judges what an HTTP camera answered: whether a picture is at its address, and how its pictures come. Pure.

import { SightlineError } from '../base/errors.ts';
import { duration, failed, passed, skipped, warned } from './finding.ts';
import type { HttpFacts } from './http-watch.ts';
import { judgePath, shownPath } from './path.ts';
import type { OtherPath } from './path.ts';
import { nameOf } from './speaker.ts';
import type { Speaker } from './speaker.ts';
import type { Finding } from './types.ts';

const PAUSE_PASSED_US = 3_000_000;

/** True for a failure of what is at the address; else the answer was right, and pictures did not come. */
export function isOfPath({ code }: SightlineError): boolean {
  return code !== 'camera-timeout' && code !== 'camera-stalled';
}

export function judgeHttpPath(
  url: string,
  speaker: Speaker,
  error: SightlineError | null,
  known: { readonly tried: number; readonly found: readonly OtherPath[] },
): Finding {
  if (error === null) return passed(`There is a picture at ${shownPath(url)}.`);
  const isPage = speaker.title !== '' && error.code === 'camera-protocol';
  if (!isPage) return judgePath(url, error, known);
  const text = `a web page answers: ${nameOf(speaker)}`;
  const hint =
    speaker.kind === '' || speaker.kind === 'a camera server'
      ? error.hint
      : `This is ${speaker.kind}: find the address of the camera itself.`;
  return judgePath(url, new SightlineError('camera-protocol', text, { hint }), known);
}

export function judgeHttpTracks({ track }: HttpFacts, speaker: Speaker): Finding {
  const size = track === null || track.width === 0 ? '' : `, ${track.width}x${track.height}`;
  const isStream = /^\s*multipart\//i.test(speaker.headers.get('content-type') ?? '');
  const way = isStream || speaker.status !== 200 ? 'MJPEG' : 'MJPEG, one picture for each question';
  return passed(`Video: ${way}${size}, which every browser plays.`);
}

/** `silence`: why no picture came at all; null when one did. */
export function judgeHttpStream(facts: HttpFacts, waitUs: number, silence: SightlineError | null): Finding {
  if (silence !== null) return failed(`${silence.message}.`, silence.hint);
  const { pictures, bytes, firstUs, lastUs, longestPauseUs } = facts;
  const spanS = (lastUs - firstUs) / 1e6;
  const rate = spanS > 0.5 ? `, ${((pictures - 1) / spanS).toFixed(1)} a second` : '';
  const each = `${Math.round(bytes / pictures / 1000)} kB each`;
  const saw = `The first of ${pictures} pictures came after ${duration(waitUs)}${rate}, ${each}; longest pause ${duration(longestPauseUs)}.`;
  if (longestPauseUs <= PAUSE_PASSED_US) return passed(saw);
  return warned(saw, 'Something holds pictures back: lower size or rate in the camera, or improve its network.');
}

export function judgeHttpTimestamps({ isDated }: HttpFacts): Finding {
  if (isDated) return passed('Each picture says when it was taken (X-Timestamp).');
  return skipped('Pictures over HTTP carry no timestamps: the time of their arrival is used.');
}
