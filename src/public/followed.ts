// Answers that come in pieces, as async iterators, for browsers and for Node: events, which connect again by themselves
// after the last one that they had, and examinations. Each ends with its signal or with the loop that it is read in.

import type { ExaminationEnd, ExaminationLine, ExaminationStep } from '../gateway/api/contract-examination.ts';
import type { QueryInputOf } from '../gateway/api/contract-routes.ts';
import type { CameraEvent } from '../gateway/api/contract-events.ts';

/** Three signs of life that did not come: the connection is dead. */
const SILENCE_MS = 45_000;

export interface EventsOptions {
  /** Which events, and where to begin. */
  readonly query?: QueryInputOf<'streamEvents'>;
  /** Aborted: the iteration ends. */
  readonly signal?: AbortSignal;
  /** So many were lost here, because they were read too slowly. */
  readonly onDropped?: (count: number) => void;
  /** The connection was lost, and is tried again until it is there. */
  readonly onInterrupted?: (error: unknown) => void;
}

/** Opens the stream; rejects when it cannot be had. */
export type Connect = (query: QueryInputOf<'streamEvents'>, signal: AbortSignal) => Promise<Response>;

/** Fields of one message, by name. */
interface Block {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
  readonly retry?: string;
}

/** `isFinal`: true for a failure that another try does not mend. What fails before the first answer is thrown too. */
export async function* followEvents(
  connect: Connect,
  isFinal: (error: unknown) => boolean,
  { query = {}, signal, onDropped, onInterrupted }: EventsOptions,
): AsyncGenerator<CameraEvent, void, undefined> {
  let lastEventId = query.lastEventId;
  let retryMs = 2000;
  let hasBegun = false;
  const isOver = (): boolean => signal?.aborted === true;
  while (!isOver()) {
    const line = new AbortController();
    const watched = <T>(read: Promise<T>): Promise<T> => {
      const silence = setTimeout(() => line.abort(), SILENCE_MS);
      return read.finally(() => clearTimeout(silence));
    };
    try {
      const either = signal === undefined ? line.signal : AbortSignal.any([signal, line.signal]);
      const response = await connect({ ...query, lastEventId }, either);
      hasBegun = true;
      for await (const piece of textPieces(response, '\n\n', watched)) {
        const { id, event, data, retry } = blockOf(piece);
        if (retry !== undefined) retryMs = Number(retry);
        if (id !== undefined) lastEventId = Number(id);
        if (data === undefined) continue;
        if (event === 'dropped') onDropped?.((JSON.parse(data) as { count: number }).count);
        else yield JSON.parse(data) as CameraEvent;
      }
      onInterrupted?.(null);
    } catch (error) {
      if (isOver()) return;
      if (!hasBegun || isFinal(error)) throw error;
      onInterrupted?.(error);
    } finally {
      line.abort();
    }
    await pause(retryMs, signal);
  }
}

function blockOf(text: string): Block {
  const fields = text.split('\n').map((line) => {
    const colon = line.indexOf(': ');
    return [line.slice(0, colon), line.slice(colon + 2)] as const;
  });
  return Object.fromEntries(fields);
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal?.addEventListener('abort', over);
    if (signal?.aborted === true) over();
  });
}

/** Gives each step, and at the end what it comes to. Rejects when the answer ends before that. */
export async function* followExamination(
  open: () => Promise<Response>,
): AsyncGenerator<ExaminationStep, ExaminationEnd, undefined> {
  for await (const line of textPieces(await open(), '\n')) {
    const said = JSON.parse(line) as ExaminationLine;
    if (!('step' in said)) return said;
    yield said;
  }
  throw new Error('cut off');
}

/** `end`: what stands behind each piece; what comes after the last is left out. `reading`: wraps each read. */
async function* textPieces(
  { body }: Response,
  end: string,
  reading = <T>(read: Promise<T>): Promise<T> => read,
): AsyncGenerator<string, void, undefined> {
  const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reading(reader.read());
      if (done) return;
      const pieces = (rest + value).split(end);
      rest = pieces.pop()!;
      yield* pieces;
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}
