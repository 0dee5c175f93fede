// What a processor adds to a server that decodes its camera for a viewer anyway: the same server with the processor and
// without it in turn, CPU of ingest and codec. Threads that share a name are told together, so that one sees where it goes.

import { spread } from '../../src/bench/statistics.ts';
import { delay } from '../ground/context.ts';
import type { Context } from '../ground/context.ts';
import { openMjpeg } from '../ground/mjpeg-reader.ts';
import { cpuSeconds, threadTimes } from '../ground/proc.ts';
import type { Server } from '../ground/server.ts';
import { serving } from './serving.ts';
import type { Serving } from './serving.ts';

/** Small and rarely: it is here that the camera is decoded, and costs little. */
const VIEWER = '/cameras/cam/stream.mjpeg?width=320&fps=2';

export interface Added {
  /** Share of a core, 0 to 1. */
  readonly cores: number;
  /** CPU of a frame, milliseconds. */
  readonly frameMs: number;
  /** Share of a core by the name of the thread. */
  readonly threads: ReadonlyMap<string, number>;
  /** How long a thread of codec waited for a core that it could have run on, milliseconds a frame. */
  readonly waitedMs: number;
}

interface Window {
  readonly cores: number;
  readonly threads: ReadonlyMap<string, number>;
  readonly waited: number;
  readonly seconds: number;
  readonly skipped: number;
}

export async function addedBy(
  context: Context,
  { source, entry, fps }: { readonly source: string; readonly entry: string; readonly fps: number },
): Promise<Added[]> {
  return serving(context, [{ id: 'cam', source, processors: [entry] }], async (served) => {
    const viewer = openMjpeg(served.server.port, VIEWER, () => undefined);
    const all: Added[] = [];
    for (let round = 0; round < context.rounds; round++) {
      context.note(`with ${entry.split(':')[0]!} and without, round ${round + 1} of ${context.rounds}`);
      await served.switch(false);
      const without = await windowOf(context, served);
      await served.switch(true);
      all.push(difference(await windowOf(context, served), without, fps));
    }
    viewer.close();
    await viewer.ended;
    return all;
  });
}

/** Of several rounds: where it goes, the largest share first. */
export function threadsText(all: readonly Added[]): string {
  const names = [...new Set(all.flatMap(({ threads }) => [...threads.keys()]))];
  const medians = names.map((name): [string, number] => {
    return [name, spread(all.map(({ threads }) => threads.get(name) ?? 0)).median * 100];
  });
  const told = medians.filter(([, share]) => Math.abs(share) >= 0.05).sort((a, b) => b[1] - a[1]);
  const waited = spread(all.map(({ waitedMs }) => waitedMs)).median;
  const shares = told.map(([name, share]) => `${name} ${share.toFixed(1)}`).join(', ');
  return `by thread, % of a core: ${shares}; threads of codec waited ${waited.toFixed(2)} ms more a frame for a core`;
}

async function windowOf(context: Context, served: Serving): Promise<Window> {
  const { server } = served;
  const [pids, codecs] = [await server.pids('ingest', 'codec'), await server.pids('codec')];
  const before = {
    at: performance.now(),
    cpu: cpuSeconds(pids),
    threads: allThreads(pids),
    skipped: await skips(served),
  };
  const waitedBefore = waits(codecs);
  await delay(context.windowMs);
  const seconds = (performance.now() - before.at) / 1000;
  const threads = new Map<string, number>();
  for (const [id, { name, ran }] of allThreads(pids)) {
    const spent = (ran - (before.threads.get(id)?.ran ?? 0)) / seconds;
    threads.set(name, (threads.get(name) ?? 0) + spent);
  }
  return {
    cores: (cpuSeconds(pids) - before.cpu) / seconds,
    threads,
    waited: waits(codecs) - waitedBefore,
    seconds,
    skipped: (await skips(served)) - before.skipped,
  };
}

function difference(on: Window, off: Window, fps: number): Added {
  const frames = fps * on.seconds - on.skipped;
  const cores = on.cores - off.cores;
  const names = new Set([...on.threads.keys(), ...off.threads.keys()]);
  const shares = [...names].map((name): [string, number] => {
    return [name, (on.threads.get(name) ?? 0) - (off.threads.get(name) ?? 0)];
  });
  return {
    cores,
    frameMs: (cores * on.seconds * 1000) / frames,
    threads: new Map(shares),
    waitedMs: ((on.waited - (off.waited / off.seconds) * on.seconds) * 1000) / frames,
  };
}

function allThreads(pids: readonly number[]): ReturnType<typeof threadTimes> {
  return new Map(pids.flatMap((pid) => [...threadTimes(pid)]));
}

function waits(pids: Awaited<ReturnType<Server['pids']>>): number {
  return [...allThreads(pids).values()].reduce((sum, { waited }) => sum + waited, 0);
}

async function skips(served: Serving): Promise<number> {
  return (await served.processors()).reduce((sum, { frames }) => sum + frames.skipped, 0);
}
