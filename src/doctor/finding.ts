// Makes what a step found, and the words that several steps share: figures with their units, and texts that come from
// the network, made harmless before a person sees them.

import type { Finding } from './types.ts';

export function passed(saw: string): Finding {
  return { state: 'passed', saw, advice: '' };
}

export function warned(saw: string, advice: string): Finding {
  return { state: 'warned', saw, advice };
}

export function failed(saw: string, advice: string): Finding {
  return { state: 'failed', saw, advice };
}

/** `why`: what is missing, so that this could not be looked at. */
export function skipped(why: string): Finding {
  return { state: 'skipped', saw: why, advice: '' };
}

/** A text of somebody else's: one line of printable characters, cut. */
export function plain(text: string, most = 80): string {
  const line = text
    .replace(/[^\x20-\x7e\p{L}\p{N}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

/** `0.4 ms`, `38 ms`, `1.4 s`, `2 min 5 s`, `1 h 0 min`, `3 days`. */
export function duration(us: number): string {
  const ms = Math.abs(us) / 1000;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 72 ? `${hours} h ${minutes % 60} min` : `${Math.round(hours / 24)} days`;
}

/** `0.05 %`, `5 %`. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value >= 1 ? Math.round(value * 10) / 10 : Number(value.toPrecision(2))} %`;
}

/** `a, b and c`. */
export function listed(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}
