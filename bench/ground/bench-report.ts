// The report of a comparison (src/bench/types.ts) as a schema, so that what is kept of them can be checked and read.

import { z } from 'zod';
import { ERROR_CODES } from '../../src/base/errors.ts';
import type { ErrorCode } from '../../src/base/errors.ts';
import type { BenchReport } from '../../src/bench/types.ts';
import { machineSchema } from './own-run.ts';

const count = z.number().nonnegative();
const quantiles = z.strictObject({ p50: z.number(), p95: z.number(), max: z.number(), count }).nullable();
const firstTimes = z.strictObject({ headersMs: quantiles, partMs: quantiles, pictureMs: quantiles });

const problem = z.strictObject({
  code: z.enum(Object.keys(ERROR_CODES) as ErrorCode[]),
  text: z.string(),
  hint: z.string(),
});

const load = z.strictObject({
  viewers: count,
  served: count,
  refused: z.array(z.strictObject({ status: z.number(), problem: problem.nullable(), count })),
  broken: count,
  seconds: count,
  parts: count,
  bytes: count,
  leastFps: count,
  medianFps: count,
  cold: firstTimes,
  hot: firstTimes,
  clientCores: count,
});

const probe = z.strictObject({
  pictures: count,
  unread: count,
  lost: count,
  repeated: count,
  reordered: count,
  delayMs: quantiles,
  delaysMs: z.array(z.number()).max(500),
});

const cost = z.strictObject({
  cores: count,
  cpuUsPerPart: count.nullable(),
  pssMb: count.nullable(),
  sessions: count.nullable(),
  threads: count,
});

const after = z.strictObject({ closedAfterS: count.nullable(), quietAfterS: count.nullable(), limitS: count });

const window = z.strictObject({
  load,
  probe: probe.nullable(),
  cost: cost.nullable(),
  after: after.nullable(),
});

const side = z.strictObject({
  name: z.string().min(1),
  kind: z.enum(['mode', 'peer']),
  words: z.string(),
  steps: z.array(z.strictObject({ viewers: count, windows: z.array(window) })),
  stopped: z
    .strictObject({ viewers: count, reason: z.enum(['half-rate', 'refused', 'failed', 'asked']), text: z.string() })
    .nullable(),
  sessionsAllowed: count.nullable(),
  agreement: z.strictObject({ client: count, server: count }).nullable(),
});

const camera = z.strictObject({
  display: z.string(),
  kind: z.enum(['gstreamer', 'sightline', 'given']),
  codec: z.string(),
  width: count,
  height: count,
  fps: z.number().positive(),
  hasStrip: z.boolean(),
});

const options = z.strictObject({
  viewers: z.array(count),
  modes: z.array(z.enum(['naive', 'threaded', 'shared'])),
  seconds: count,
  warmupSeconds: count,
  windows: count,
  quick: z.boolean(),
});

const report = z.strictObject({
  format: z.literal(1),
  at: z.iso.datetime(),
  tookSeconds: count,
  machine: machineSchema,
  camera,
  options,
  sides: z.array(side),
  absent: z.array(z.strictObject({ name: z.string(), why: z.string() })),
  notes: z.array(z.string()),
});

/** Throws one sentence when it is no report. */
export function parseReport(json: unknown, path: string): BenchReport {
  const parsed = report.safeParse(json);
  if (!parsed.success) throw new Error(`${path} is no report of a comparison: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
