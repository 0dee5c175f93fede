// The step of the path: whether the camera has a stream where the address says, judged from what it answered; what else
// works there is found by known-paths.ts.

import type { SightlineError } from '../base/errors.ts';
import { maskQuery } from '../config/mask.ts';
import { failed, hintOf, named, passed } from './finding.ts';
import type { Advised, Finding } from './types.ts';

/** Another address of the same camera. */
export interface OtherPath {
  /** Without credentials. */
  readonly source: string;
  /** False: it asks for a password, so that nobody knows yet. */
  readonly confirmed: boolean;
}

/** The path as it may be shown. */
export function shownPath(url: string): string {
  const { pathname, search } = new URL(url);
  return maskQuery(pathname + search);
}

/** What the known paths gave: how many were asked for, and what was found so. */
export interface KnownPaths {
  readonly tried: number;
  readonly found: readonly OtherPath[];
}

/** `error`: what came instead of a stream. */
export function judgePath(url: string, error: SightlineError | null, known: KnownPaths): Finding {
  const path = shownPath(url);
  if (error === null) return passed({ code: 'path-has-stream', values: { path } });
  const problem = error.toProblem();
  if (error.code === 'camera-busy') {
    return failed({ code: 'problem', values: named(problem) }, { code: 'close-others', values: {} });
  }
  const code = error.code === 'camera-not-found' ? 'path-missing' : 'path-gives-nothing';
  return failed({ code, values: { path, ...named(problem) } }, adviceOf(known) ?? hintOf(problem));
}

/** Null when none was tried. */
export function adviceOf({ tried, found }: KnownPaths): Advised {
  if (tried === 0) return null;
  const works = found.filter(({ confirmed }) => confirmed).map(({ source }) => maskQuery(source));
  if (works.length > 0) return { code: 'path-works', values: { tried, sources: works } };
  const sources = found.map(({ source }) => maskQuery(source));
  if (sources.length > 0) return { code: 'path-asks-password', values: { tried, sources } };
  return { code: 'path-none-works', values: { tried } };
}
