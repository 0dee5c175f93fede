// The HTTP contract of events, which are what processors find: one event, and which of them are asked for. Runs in a
// browser: no Node imports.

import { z } from 'zod';
import { ClockName, Count, IsoTime, Token, wholeNumber } from './contract-words.ts';

/** Something that a processor found. */
export const CameraEvent = z
  .object({
    id: Count.describe('Rises; for Last-Event-ID'),
    camera: z.string().describe('Id at that time'),
    uid: z.string(),
    processor: z.string(),
    type: z.string(),
    capturedAt: IsoTime.describe('Of the frame that it was found in'),
    clock: ClockName,
    sequence: Count,
    boxes: z
      .array(z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }))
      .describe('Parts of the picture, 0 to 1 from left and top'),
    data: z.record(z.string(), z.unknown()),
    snapshot: z.string().nullable().describe('Address of the picture that it was found in; null: not kept any more'),
  })
  .meta({ id: 'CameraEvent' });

export const EventList = z
  .object({ events: z.array(CameraEvent).describe('The newest first') })
  .meta({ id: 'EventList' });

function names(description: string): z.ZodOptional<z.ZodType<string[]>> {
  const one = z.string().min(1).max(64);
  const list = z.preprocess((given) => (typeof given === 'string' ? [given] : given), z.array(one).max(16));
  return list.optional().describe(description);
}

const eventFilter = {
  camera: names('Ids of cameras; all when absent'),
  type: names('Types of events; all when absent'),
  processor: names('Names of processors; all when absent'),
};

/** Which events. */
export const EventFilter = z.object(eventFilter);

/** Where a stream of events begins. */
export const EventStreamQuery = z.object({
  ...eventFilter,
  recent: wholeNumber(0, 1000).default(0).describe('Begins with at most so many of those that are kept'),
  lastEventId: wholeNumber(0, Number.MAX_SAFE_INTEGER)
    .optional()
    .describe('Begins after this event, as the header Last-Event-ID does; either goes before recent'),
  token: Token,
});

/** Which events, and how many. */
export const EventListQuery = z.object({
  ...eventFilter,
  limit: wholeNumber(1, 1000).default(100).describe('At most so many events'),
});

export const EventParams = z.object({
  event: wholeNumber(0, Number.MAX_SAFE_INTEGER).describe('Id of the event'),
});

export const EventSnapshotQuery = z.object({ token: Token });

export type CameraEvent = z.infer<typeof CameraEvent>;
export type EventList = z.infer<typeof EventList>;
export type EventFilter = z.infer<typeof EventFilter>;
export type EventStreamQuery = z.infer<typeof EventStreamQuery>;
export type EventListQuery = z.infer<typeof EventListQuery>;
