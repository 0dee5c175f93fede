// Figures as text, the same in sentences, table and page: three digits, units beside them, ranges compact.

import type { Figure } from '../figures.ts';

const grouped = new Intl.NumberFormat('en-GB', { useGrouping: 'min2', maximumFractionDigits: 0 });

/** 0.00041, 0.412, 4.1, 25, 412, 4120, 41,200: three digits, and no noughts behind the point. */
export function digits(value: number): string {
  if (Math.abs(value) >= 100) return grouped.format(value);
  return Math.abs(value) < 1e-6 ? '0' : String(Number(value.toPrecision(3)));
}

/** Three digits with the noughts that make columns even: 25.0, 0.430. */
export function even(value: number): string {
  if (Math.abs(value) >= 100) return grouped.format(value);
  if (Math.abs(value) < 0.001) return Math.abs(value) < 1e-6 ? '0' : String(Number(value.toPrecision(2)));
  return value.toPrecision(3);
}

export function whole(value: number): string {
  return Number.isInteger(value) ? grouped.format(value) : digits(value);
}

export function percent(share: number): string {
  return `${digits(Math.abs(share) >= 0.1 ? Math.round(share * 100) : Number((share * 100).toPrecision(2)))} %`;
}

/** `24.8 to 25.1`; null: one window, or all of them alike. */
export function range(figure: Figure, text: (value: number) => string = digits): string | null {
  const least = text(figure.least);
  const most = text(figure.most);
  return figure.windows < 2 || least === most ? null : `${least} to ${most}`;
}

/** Half the range of the windows as a share of the median: `~3%`; empty: no range, or less than half a per cent. */
export function noise({ median, least, most, windows }: Figure): string {
  const share = Math.round(((most - least) / 2 / median) * 100);
  return windows < 2 || !Number.isFinite(share) || share < 1 ? '' : `~${share}%`;
}

export function viewersText(count: number): string {
  return `${grouped.format(count)} ${count === 1 ? 'viewer' : 'viewers'}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)!}`;
}

/** On one line, without what moves a terminal's cursor: names and reasons come from people and from servers. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
