// The step of the path: whether the camera has a stream where the address says, judged from what it answered; what else
// works there is found by known-paths.ts.

import type { SightlineError } from '../base/errors.ts';
import { maskQuery } from '../config/mask.ts';
import { failed, listed, passed } from './finding.ts';
import type { Finding } from './types.ts';

/** Another address of the same camera. */
export interface OtherPath {
  /** Without credentials. */
  readonly source: string;
  /** False: it asks for a password, so that nobody knows yet. */
  readonly confirmed: boolean;
}

const HOW_TO_FIND = "Look for the RTSP address in the camera's manual or settings; `sightline discover` may find it.";

/** The path as it may be shown. */
export function shownPath(url: string): string {
  const { pathname, search } = new URL(url);
  return maskQuery(pathname + search);
}

/** `error`: what came instead of a stream. `tried`: how many known paths were asked for, and what was found so. */
export function judgePath(
  url: string,
  error: SightlineError | null,
  { tried, found }: { readonly tried: number; readonly found: readonly OtherPath[] },
): Finding {
  const path = shownPath(url);
  if (error === null) return passed(`There is a stream at ${path}.`);
  if (error.code === 'camera-busy') {
    return failed(sentence(error.message), 'Close other programs that watch the camera, or restart it.');
  }
  const what = error.code === 'camera-not-found' ? `There is no stream at ${path}` : `No stream comes from ${path}`;
  const saw = `${what}: ${error.message}.`;
  if (tried === 0) return failed(saw, error.hint);
  const known = tried === 1 ? 'one path' : `${tried} paths`;
  const works = found.filter(({ confirmed }) => confirmed).map(({ source }) => maskQuery(source));
  if (works.length > 0) return failed(saw, `Of ${known} that cameras use, this works here: ${listed(works)}.`);
  const maybe = found.map(({ source }) => maskQuery(source));
  if (maybe.length > 0) {
    return failed(saw, `Of ${known} that cameras use, this asks for a password here: ${listed(maybe)}.`);
  }
  return failed(saw, `None of ${known} that cameras use works here. ${HOW_TO_FIND}`);
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
