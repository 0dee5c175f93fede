// One viewer of any MJPEG server, for what is not timed: whether pictures come at all, and how large they are.

import { nowUs } from '../../src/base/clock.ts';
import { MultipartParser, boundaryOf } from '../../src/media/multipart.ts';

export interface Watched {
  /** Of the answer; 0: there was none in time. */
  readonly status: number;
  readonly pictures: number;
  readonly meanBytes: number;
  readonly first: Buffer | null;
}

/** Watches until so many pictures have come, or for so long. */
export async function watch(url: string, limit: { readonly pictures: number; readonly ms: number }): Promise<Watched> {
  const seen = { status: 0, pictures: 0, bytes: 0, first: null as Buffer | null };
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), limit.ms);
  try {
    const answer = await fetch(url, { signal: stop.signal });
    seen.status = answer.status;
    const parser = new MultipartParser({
      boundary: boundaryOf(answer.headers.get('content-type') ?? ''),
      quirk: () => undefined,
      part({ bytes }) {
        seen.first ??= bytes;
        seen.pictures += 1;
        seen.bytes += bytes.length;
        if (seen.pictures >= limit.pictures) stop.abort();
      },
    });
    for await (const chunk of answer.body ?? []) parser.push(Buffer.from(chunk as Uint8Array), nowUs());
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
  const { status, pictures, bytes, first } = seen;
  return { status, pictures, meanBytes: bytes / pictures, first };
}
