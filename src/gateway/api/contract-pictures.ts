// The HTTP contract of pictures: how they are asked for, and what is said of one that is sent in. Runs in a browser: no
// Node imports.

import { z } from 'zod';
import { Token, number, wholeNumber } from './contract-words.ts';

/** Parameters of a moving picture. */
export const StreamQuery = z.object({
  stream: z.string().max(64).optional().describe('Name of a stream of the camera; main when absent'),
  width: wholeNumber(16, 7680)
    .optional()
    .describe("Snaps to 160, 320, 480, 640, 960, 1280, 1920; the camera's own when absent or larger"),
  quality: wholeNumber(1, 100).optional().describe('JPEG quality; snaps to tens from 30 to 90'),
  fps: number(0.1, 120).optional().describe('At most this many pictures per second'),
  token: Token,
});

/** Parameters of one fresh picture. */
export const SnapshotQuery = z.object({
  stream: StreamQuery.shape.stream,
  width: StreamQuery.shape.width,
  quality: StreamQuery.shape.quality,
  maxAgeMs: wholeNumber(0, 600_000).default(1000).describe('The picture is not older than this'),
  token: Token,
});

const UNIX_SECONDS = 'must be Unix time in seconds, such as 1768465800.250000';

/** Headers of PUT /cameras/{id}/frame. */
export const FrameHeaders = z.object({
  'X-Timestamp': z
    .string(UNIX_SECONDS)
    .regex(/^\d{1,11}(?:\.\d{1,9})?$/, UNIX_SECONDS)
    .optional()
    .describe('When the picture was captured: Unix time in seconds, with up to nine decimals'),
  'X-Sequence': z
    .string('must be a whole number')
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .optional()
    .describe("The sender's own number of the picture: a gap says that some are missing"),
});

export type StreamQuery = z.infer<typeof StreamQuery>;
export type SnapshotQuery = z.infer<typeof SnapshotQuery>;
