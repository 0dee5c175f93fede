// Single values and single pairs as YAML text, quoted where YAML would read something else. Used by camera-text.ts,
// which puts them into a config file.

import { Document, Scalar } from 'yaml';

export type ScalarValue = string | boolean;

/** How a text is quoted: as the value was that it takes the place of. */
export type Quotes = 'QUOTE_SINGLE' | 'QUOTE_DOUBLE' | null;

/** What a block's line can hold in single quotes or none; all else is written with escapes in double quotes. */
const ONE_LINE = /^[^\p{Cc}\p{Zl}\p{Zp}\ufeff]*$/u;

/** One value on one line of a block. A text reads as that text, never as a number, a flag, a reference or an alias. */
export function scalarText(value: ScalarValue, quotes: Quotes = null): string {
  const node = new Scalar<ScalarValue>(typeof value === 'string' ? escapeReferences(value) : value);
  if (typeof value === 'string') {
    if (!ONE_LINE.test(value)) node.type = 'QUOTE_DOUBLE';
    else if (quotes !== null) node.type = quotes;
  }
  const options = { lineWidth: 0, blockQuote: false, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER } as const;
  return new Document(node).toString(options).replace(/\n$/, '');
}

/** One value between `{` and `}`, where more characters mean something. */
export function flowScalarText(value: ScalarValue, quotes: Quotes = null): string {
  return scalarText(value, quotes ?? (typeof value === 'string' ? 'QUOTE_DOUBLE' : null));
}

/** `{ source: "rtsp://…", always: true }` */
export function flowMapText(pairs: readonly (readonly [string, ScalarValue])[]): string {
  return `{ ${pairs.map(([key, value]) => `${key}: ${flowScalarText(value)}`).join(', ')} }`;
}

/** Any plain value on one line: JSON, which YAML reads as it is. */
export function flowText(value: unknown): string {
  return escapeReferences(JSON.stringify(value));
}

/** `${` is a reference for who wrote the file by hand; a text that was given is no reference. */
function escapeReferences(text: string): string {
  return text.replaceAll('${', () => '$${');
}
