// The HTTP contract of processors: what was wished of one and what it does. Runs in a browser: no Node imports.

import { z } from 'zod';
import { Count, IsoTime, Reason } from './contract-words.ts';

/** A processor of a camera: what was wished and what it does. */
export const ProcessorStatus = z
  .object({
    name: z.string().describe('Of its stream and its events'),
    use: z.string().nullable().describe('Name of the built-in; null: a file of its own'),
    enabled: z.boolean(),
    description: z.string(),
    state: z.enum(['off', 'starting', 'resting', 'running', 'failed']).describe('resting: runs while somebody watches'),
    since: IsoTime,
    problem: Reason.nullable().describe('The newest failure, with file and line; also of a new version not taken'),
    shows: z.enum(['picture', 'drawings', 'nothing']).nullable().describe('Null: not known yet'),
    eventTypes: z.array(z.string()),
    options: z.record(z.string(), z.unknown()).describe('In force, defaults included'),
    optionsSchema: z.record(z.string(), z.unknown()).nullable().describe('JSON Schema; null before it was loaded'),
    p50Ms: z.number().nullable().describe('Time for a frame, median; null before the first'),
    p95Ms: z.number().nullable(),
    frames: z.object({ in: Count, done: Count, skipped: Count }),
    restarts: Count,
    reloads: Count.describe('New versions of its files that were taken'),
    memoryBytes: Count.describe("OpenCV's heap"),
    mats: Count.describe('Mats that its own code holds'),
  })
  .meta({ id: 'ProcessorStatus' });

export type ProcessorStatus = z.infer<typeof ProcessorStatus>;
