// Server-sent events as text (HTML Living Standard 9.2.6, "Interpreting an event stream"): blocks of `field: value`
// lines, each ended by an empty line. JSON has no line ends of its own, so one data line holds any event.

/** The type of everything below. */
export const EVENT_STREAM = 'text/event-stream';

/** Comes first: where the stream begins (so that a reader who is cut off before the first event misses none). */
export function openingBlock(id: number, retryMs: number): string {
  return `retry: ${retryMs}\nid: ${id}\n\n`;
}

/** An event without a name, which browsers give to `onmessage`. */
export function eventBlock(id: number, data: unknown): string {
  return `id: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** So many were lost to this reader here. Without an id: the last one stays what it was. */
export function droppedBlock(count: number): string {
  return `event: dropped\ndata: ${JSON.stringify({ count })}\n\n`;
}

/** A comment: the connection lives. */
export const HEARTBEAT_BLOCK = ':\n\n';
