// What a client says on WS /cameras/{id}/frames, checked: JSON texts of the contract, nothing else.

import { z } from 'zod';
import type { FramesRequest } from '../../api/contract-frames.ts';

const Request = z.object({ type: z.literal('ack'), sequence: z.number() }) satisfies z.ZodType<FramesRequest>;

/** What was said; null: it is not understood. */
export function understand(data: Buffer, isBinary: boolean): FramesRequest | null {
  if (isBinary) return null;
  try {
    return Request.safeParse(JSON.parse(data.toString())).data ?? null;
  } catch {
    return null;
  }
}
