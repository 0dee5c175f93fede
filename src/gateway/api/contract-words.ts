// The words that the schemas of the HTTP contract share: times, counts, states, and why something is as it is. Runs in a
// browser: no Node imports.

import { z } from 'zod';

export const StreamStateName = z.enum(['idle', 'opening', 'live', 'stalled', 'failed', 'disabled']);
export const ClockName = z.enum(['rtcp', 'device', 'sender', 'arrival']);
export const Count = z.number().int().min(0);
export const IsoTime = z.string().describe('ISO 8601, UTC, milliseconds');
export const Token = z.string().optional().describe('The token, where no header can be sent');

export const Reason = z
  .object({
    code: z.string().describe('One of the codes in docs/errors.md'),
    text: z.string().describe('What happened'),
    hint: z.string().describe('What a person can do'),
  })
  .meta({ id: 'Reason' });

export function number(least: number, most: number, what = 'a number'): z.ZodCoercedNumber {
  const error = `must be ${what} from ${least} to ${most}`;
  return z.coerce.number(error).min(least, error).max(most, error);
}

export function wholeNumber(least: number, most: number): z.ZodCoercedNumber {
  return number(least, most, 'a whole number').int(`must be a whole number from ${least} to ${most}`);
}

export type Reason = z.infer<typeof Reason>;
