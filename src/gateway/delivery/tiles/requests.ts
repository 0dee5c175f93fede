// What a page says on WS /tiles, checked: JSON texts of the contract, nothing else.

import { z } from 'zod';
import { SightlineError, type Problem } from '../../../base/errors.ts';
import type { TileRequest } from '../../api/contract-tiles.ts';

const tile = z.int().min(0).max(65_535);
const measure = z.number().min(0).max(1e9).nullable();

const Request = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('show'),
    tile,
    camera: z.string().max(200),
    stream: z.string().max(64).exactOptional(),
    width: z.int().min(1).max(16_384).nullable(),
    fps: z.number().min(0.1).max(120).nullable(),
  }),
  z.object({ type: z.literal('hide'), tile }),
  z.object({ type: z.literal('ack'), tile, sequence: z.number() }),
  z.object({ type: z.literal('clock'), id: z.number() }),
  z.object({
    type: z.literal('delays'),
    delays: z.array(z.object({ tile, delayMs: measure, uncertaintyMs: measure })).max(1000),
  }),
]) satisfies z.ZodType<TileRequest>;

/** What was said, or why it was not understood. */
export type Understood =
  { readonly request: TileRequest } | { readonly tile: number | null; readonly problem: Problem };

export function understand(text: string): Understood {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { tile: null, problem: problem('A message is no JSON.') };
  }
  const { data, error } = Request.safeParse(value);
  if (data !== undefined) return { request: data };
  const [issue] = error.issues;
  const where = issue?.path.join('.') ?? '';
  const given = (value as { tile?: unknown } | null)?.tile;
  return {
    tile: tile.safeParse(given).data ?? null,
    problem: problem(`A message was not understood${where === '' ? '' : ` at ${where}`}: ${issue?.message ?? ''}`),
  };
}

export function problem(text: string): Problem {
  return new SightlineError('request-invalid', text).toProblem();
}
