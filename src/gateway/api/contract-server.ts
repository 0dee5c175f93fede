// The HTTP contract of the server itself: how it is, what happened, what is plugged into its machine. Runs in a browser: no
// Node imports.

import { z } from 'zod';
import { Count, IsoTime, Reason, StreamStateName, wholeNumber } from './contract-words.ts';

export const ProcessStatus = z
  .object({
    title: z.string(),
    role: z.enum(['main', 'gateway', 'ingest', 'codec']),
    pid: z.number().int(),
    since: IsoTime,
    restarts: Count,
    loopDelayMs: z.number().nullable().describe("99th percentile of the event loop's delay; null before it is known"),
    memoryBytes: Count.nullable(),
    nativeCalls: Count.nullable(),
    load: z
      .enum(['normal', 'no-new-encodings', 'half-rate'])
      .describe('What the process does against too much load: its event loop was late for ten seconds'),
  })
  .meta({ id: 'ProcessStatus' });

export const System = z
  .object({
    version: z.string(),
    since: IsoTime,
    processes: z.array(ProcessStatus),
    viewers: Count,
    kernelQueueBytes: Count.nullable().describe('Bound on unsent bytes in the kernel per viewer; null: unbounded'),
    config: z.object({
      file: z.string().nullable().describe('Null while there is none'),
      fixed: Reason.nullable().describe('Why cameras cannot be changed here; null when they can'),
      problem: Reason.nullable().describe('What is wrong with the file as it stands; the last good one is in force'),
      restartNeeded: z.array(z.string()).describe('Keys whose new values wait for a restart'),
    }),
    warnings: z.array(z.string()).describe('What works less well than it could, and what to do'),
  })
  .meta({ id: 'System' });

export const Health = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });

export const Readiness = z
  .object({
    status: z.literal('ready'),
    cameras: z.record(z.string(), StreamStateName).describe('State by camera id'),
    live: z.array(z.string()).describe('Ids of the cameras that send pictures now'),
  })
  .meta({ id: 'Readiness' });

export const Devices = z
  .object({ devices: z.array(z.object({ path: z.string(), name: z.string() })) })
  .meta({ id: 'Devices' });

export const LogLine = z
  .object({
    at: IsoTime,
    level: z.enum(['info', 'warn', 'error']),
    camera: z.string().nullable().describe('Id at that time; null: the server itself'),
    text: z.string(),
    code: z.string().nullable(),
  })
  .meta({ id: 'LogLine' });

export const Log = z.object({ lines: z.array(LogLine).describe('The newest first') }).meta({ id: 'Log' });

/** How many lines of the log. */
export const LogQuery = z.object({
  limit: wholeNumber(1, 1000).default(100).describe('At most so many lines'),
});

export type System = z.infer<typeof System>;
export type Readiness = z.infer<typeof Readiness>;
export type Devices = z.infer<typeof Devices>;
export type Log = z.infer<typeof Log>;
export type LogQuery = z.infer<typeof LogQuery>;
