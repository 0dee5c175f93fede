// Writes docs/errors.md from the table of error codes: `node docs/tools/errors.ts`. A test keeps the file current.

import { writeFileSync } from 'node:fs';
import { ERROR_CODES } from '../../src/base/errors.ts';
import { problemTitle, problemUri } from '../../src/gateway/api/problem.ts';

const INTRODUCTION = `# Errors

Whatever fails, anywhere, ends as one of these. The API answers with a problem document (RFC 9457,
\`application/problem+json\`) that carries \`type\`, \`title\`, \`status\`, \`detail\`, \`code\` and \`hint\`; a 400 names each
bad parameter in \`errors\`; 429 and 503 carry \`Retry-After\`. The status of a camera carries the same codes in
\`reason\`. This page is written by \`node docs/tools/errors.ts\` from the table in \`src/base/errors.ts\`.

`;

/** The whole page. */
export function errorsPage(): string {
  const rows = Object.entries(ERROR_CODES).map(([code, { status, retryable, hint }]) => {
    return [`\`${code}\``, String(status), retryable ? 'yes' : 'no', hint.replaceAll('|', '\\|')];
  });
  const table = alignedTable([['code', 'status', 'again?', 'what to do'], ...rows]);
  const example = problemUri('camera-refused');
  const title = problemTitle('camera-refused');
  const footer = `\n\`type\` is \`${example}\` and \`title\` is \`${title}\` for \`camera-refused\`, and so for each.\n`;
  return `${INTRODUCTION}${table}${footer}`;
}

/** A Markdown table with columns as wide as their widest cell; the first row is the head. */
function alignedTable([head = [], ...rows]: string[][]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (cells: string[]): string => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |\n`;
  return [head, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('');
}

if (import.meta.main) writeFileSync(new URL('../errors.md', import.meta.url), errorsPage());
