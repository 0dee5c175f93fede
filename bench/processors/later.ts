// How much later than the camera's own picture the picture is that a processor makes of the same frame, as two viewers
// of the same server see it. The processor gives its frame back: what is measured is the way, not the work.

import { percentile } from '../../src/bench/statistics.ts';
import { delay } from '../ground/context.ts';
import type { Context } from '../ground/context.ts';
import { openMjpeg } from '../ground/mjpeg-reader.ts';
import type { Part } from '../ground/mjpeg-reader.ts';
import { threadTimes } from '../ground/proc.ts';
import { serving } from './serving.ts';

/** The first ones of a stream wait for the encoder's beginning. */
const SETTLE_MS = 2500;

export interface Later {
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** How long the processor's thread waited for a core, milliseconds a frame. */
  readonly waitedMs: number;
}

export async function laterMs(
  context: Context,
  { source, entry, name }: { readonly source: string; readonly entry: string; readonly name: string },
): Promise<Later[]> {
  return serving(context, [{ id: 'cam', source, processors: [entry] }], async ({ server }) => {
    const main: Part[] = [];
    const derived: Part[] = [];
    const [own, made] = ['', `?stream=${name}`].map((query, index) => {
      return openMjpeg(
        server.port,
        `/cameras/cam/stream.mjpeg${query}`,
        (part) => void [main, derived][index]!.push(part),
      );
    });
    await delay(SETTLE_MS);
    const all: Later[] = [];
    for (let round = 0; round < context.rounds; round++) {
      context.note(`a derived stream, round ${round + 1} of ${context.rounds}`);
      main.length = derived.length = 0;
      const codecs = await server.pids('codec');
      const before = waitedOf(codecs, name);
      await delay(context.windowMs);
      const laters = latersOf(main, derived);
      const waitedMs = ((waitedOf(codecs, name) - before) * 1000) / Math.max(1, derived.length);
      all.push({ p50Ms: percentile(laters, 0.5), p95Ms: percentile(laters, 0.95), waitedMs });
    }
    own!.close();
    made!.close();
    await Promise.all([own!.ended, made!.ended]);
    return all;
  });
}

/** Of each frame that both viewers saw. */
function latersOf(main: readonly Part[], derived: readonly Part[]): number[] {
  const at = new Map(main.map(({ sequence, lastByteUs }) => [sequence, lastByteUs]));
  return derived.flatMap(({ sequence, lastByteUs }) => {
    const first = at.get(sequence);
    return first === undefined ? [] : [(lastByteUs - first) / 1000];
  });
}

/** Seconds; 0 where threads have no names of their own. */
function waitedOf(pids: readonly number[], name: string): number {
  const threads = pids.flatMap((pid) => [...threadTimes(pid).values()]);
  return threads.filter((thread) => thread.name === name).reduce((sum, { waited }) => sum + waited, 0);
}
