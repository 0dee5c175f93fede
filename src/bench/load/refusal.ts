// The problem document (RFC 9457) of an answer that was no pictures, if it is one of ours.

import { z } from 'zod';
import { ERROR_CODES } from '../../base/errors.ts';
import type { ErrorCode, Problem } from '../../base/errors.ts';

const document = z.object({
  code: z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]),
  detail: z.string(),
  hint: z.string().default(''),
});

/** Null: the body is none. */
export function problemIn(body: string): Problem | null {
  const { success, data } = document.safeParse(parsed(body));
  return success ? { code: data.code, text: data.detail, hint: data.hint } : null;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
