// Makes what a step found, of codes with values and in English words, and makes texts that come from the network
// harmless before a person sees them.

import { ERROR_CODES } from '../base/errors.ts';
import type { Problem } from '../base/errors.ts';
import { HINTS } from '../base/hints.ts';
import type { StepState } from '../link/examination.ts';
import type { Advice, Seen, SeenValues } from '../link/finding-codes.ts';
import type { Advised, Finding } from './types.ts';
import { adviceText, seenText } from './words.ts';

export function passed(seen: Seen): Finding {
  return finding('passed', seen, null);
}

export function warned(seen: Seen, advised: Advised): Finding {
  return finding('warned', seen, advised);
}

export function failed(seen: Seen, advised: Advised): Finding {
  return finding('failed', seen, advised);
}

/** `why`: what is missing, so that this could not be looked at. */
export function skipped(why: Seen): Finding {
  return finding('skipped', why, null);
}

function finding(state: StepState, seen: Seen, advised: Advised): Finding {
  const coded = advised === null || advised.code === null ? null : advised;
  return { state, saw: seenText(seen), advice: adviceText(advised), seen, advised: coded };
}

/** A problem inside a finding. */
export function named({ code, text }: Problem): SeenValues['problem'] {
  return { problem: code, text };
}

const BY_HINT: ReadonlyMap<string, Advice> = new Map<string, Advice>([
  [HINTS.throughFfmpeg, { code: 'open-through-ffmpeg', values: {} }],
  [HINTS.h264OrFfmpeg, { code: 'choose-h264-or-ffmpeg', values: {} }],
  [HINTS.ownAddress, { code: 'write-own-address', values: {} }],
  [HINTS.webAddress, { code: 'write-web-address', values: {} }],
  [HINTS.onItsPage, { code: 'look-on-its-page', values: {} }],
  [HINTS.digestBefore, { code: 'switch-off-and-on', values: {} }],
  [HINTS.readableFile, { code: 'let-read-file', values: {} }],
  [HINTS.videoGroup, { code: 'join-video-group', values: {} }],
  [HINTS.videoDevice, { code: 'choose-video-device', values: {} }],
]);

/** The advice of a problem: its code's, unless it has a hint of its own. */
export function hintOf({ code, hint }: Problem): Advised {
  if (hint === ERROR_CODES[code].hint) return { code: 'as-problem', values: { problem: code } };
  return BY_HINT.get(hint) ?? { code: null, hint };
}

/** A text of somebody else's: one line of printable characters, cut. */
export function plain(text: string, most = 80): string {
  const line = text
    .replace(/[^\x20-\x7e\p{L}\p{N}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}
