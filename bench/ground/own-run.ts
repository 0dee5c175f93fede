// A run of `npm run bench` as it is written down: bench/out/bench.json, and bench/results/NAME.json of what is worth
// keeping. Whoever reads such a file (--against, docs/tools/performance.ts, a test) reads it through this schema.

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Machine } from '../../src/bench/types.ts';
import type { Figure } from './figures.ts';

/** JSON has no NaN: a figure of which nothing was measured is null there. */
const measured = z.union([z.number(), z.null().transform(() => NaN)]);
const spread = z.strictObject({ median: measured, least: measured, most: measured });

const figure = z.strictObject({
  name: z.string().min(1),
  unit: z.string(),
  ours: spread,
  peers: z
    .array(z.strictObject({ name: z.string().min(1), value: spread.nullable(), own: z.literal(true).optional() }))
    .readonly(),
  target: z
    .strictObject({ of: z.enum(['ours', 'ratio']), bound: z.enum(['at most', 'at least']), value: z.number() })
    .nullable(),
  remark: z.string().optional(),
}) satisfies z.ZodType<Figure>;

export const machineSchema = z.strictObject({
  cpu: z.string().min(1),
  cores: z.int().positive(),
  memoryMb: z.number().positive(),
  system: z.string(),
  node: z.string(),
  sightline: z.string(),
}) satisfies z.ZodType<Machine>;

const ownRun = z.strictObject({
  kind: z.literal('own benchmarks'),
  format: z.literal(1),
  /** When it began, ISO 8601. */
  at: z.iso.datetime(),
  tookSeconds: z.number().nonnegative(),
  machine: machineSchema,
  /** Load average of the last minute before it began: over 0.5 the machine was not its own. */
  loadBefore: z.number().nonnegative(),
  /** Versions by name; null: not on this machine. */
  programs: z.record(z.string(), z.string().nullable()),
  options: z.strictObject({
    quick: z.boolean(),
    hd: z.boolean(),
    soakMinutes: z.number().nonnegative(),
    rounds: z.int().positive(),
    windowMs: z.number().positive(),
  }),
  benchmarks: z.array(
    z.strictObject({
      name: z.string().min(1),
      figures: z.array(figure),
      /** Why it, or a part of it, gave no figures. */
      failures: z.array(z.string()),
    }),
  ),
});

export type OwnRun = z.infer<typeof ownRun>;
export type Measured = OwnRun['benchmarks'][number];

/** Reads a run; rejects with one sentence when the file is none, or of another format. */
export function readOwnRun(path: string): OwnRun {
  return parseOwnRun(JSON.parse(readFileSync(path, 'utf8')), path);
}

export function parseOwnRun(json: unknown, path: string): OwnRun {
  const parsed = ownRun.safeParse(json);
  if (parsed.success) return parsed.data;
  const format = (json as { format?: unknown } | null)?.format;
  const told = format === undefined ? 'not told' : JSON.stringify(format);
  const said = format === 1 ? z.prettifyError(parsed.error) : `its format is ${told}`;
  throw new Error(`${path} is no run of these benchmarks in format 1: ${said}`);
}
