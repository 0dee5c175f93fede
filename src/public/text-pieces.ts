// The text of an answer in its pieces, as it comes: lines, or blocks of events.

/** `end`: what stands behind each piece; what comes after the last is left out. `reading`: wraps each read. */
export async function* textPieces(
  { body }: Response,
  end: string,
  reading = <T>(read: Promise<T>): Promise<T> => read,
): AsyncGenerator<string, void, undefined> {
  const reader = body!.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reading(reader.read());
      if (done) return;
      const pieces = (rest + decoder.decode(value, { stream: true })).split(end);
      rest = pieces.pop()!;
      yield* pieces;
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}
