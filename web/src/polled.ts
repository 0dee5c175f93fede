// An answer of the API that is asked for again and again while something on the page shows it and the page is seen.

import { useEffect, useState } from 'preact/hooks';
import { ApiError, type AskOptions } from './api.ts';

/** What `read` says of a camera. Null until the first answer; the last one stays while the server does not answer. */
export function usePolled<T>(
  read: (id: string, options: AskOptions) => Promise<T>,
  id: string,
  everyMs: number,
): T | null {
  const [answer, setAnswer] = useState<T | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      if (!document.hidden) {
        try {
          const now = await read(id, { signal: stop.signal });
          if (!stop.signal.aborted) setAnswer(now);
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
        }
      }
      if (!stop.signal.aborted) timer = setTimeout(() => void look(), everyMs);
    };
    void look();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [read, id, everyMs]);
  return answer;
}
