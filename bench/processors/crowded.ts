// Eight processors that are each busy for 100 ms a frame, on four cameras that are watched: what the cameras' own
// pictures lose by them, in windows with and without them in turn, and whether every frame of theirs is accounted for.

import { spread } from '../../src/bench/statistics.ts';
import type { Camera } from '../ground/camera.ts';
import { delay } from '../ground/context.ts';
import type { Context } from '../ground/context.ts';
import type { Figure } from '../ground/figures.ts';
import { openMjpeg } from '../ground/mjpeg-reader.ts';
import type { Part } from '../ground/mjpeg-reader.ts';
import { processorEntry, serving } from './serving.ts';
import type { Serving } from './serving.ts';

const CAMERAS = 4;
const EACH = ['first', 'second'] as const;
const BUSY_MS = 100;
const PATIENT_MS = 20_000;
/** A frame held by the inlet, and one in hand. */
const UNDER_WAY = 2;
/** Counts come with each process's heartbeat. */
const COUNTED_MS = 1500;

export const CROWDED_MOUNTS = CAMERAS;

/** `camera` sends 15 frames a second at 640x360 on four mounts. */
export async function crowded(context: Context, camera: Camera): Promise<Figure[]> {
  const process = `() => { const until = performance.now() + ${BUSY_MS}; while (performance.now() < until); }`;
  const input = "{ width: 640, format: 'gray', fps: 15 }";
  // On a machine that does other work too, a processor of low priority may wait long.
  const processors = EACH.map((name) =>
    processorEntry(context, name, { input, process }).replace(' }', `, timeoutMs: ${PATIENT_MS} }`),
  );
  const entries = Array.from({ length: CAMERAS }, (_, n) => ({ id: `cam${n}`, source: camera.url(n), processors }));
  return serving(context, entries, async (served) => {
    const seen = entries.map((): Part[] => []);
    const viewers = entries.map(({ id }, n) =>
      openMjpeg(served.server.port, `/cameras/${id}/stream.mjpeg`, (part) => void seen[n]!.push(part)),
    );
    const lost: Record<'with' | 'without', number[]> = { with: [], without: [] };
    let before: Counted = [];
    for (let round = 0; round < context.rounds; round++) {
      context.note(`eight busy processors and none, round ${round + 1} of ${context.rounds}`);
      for (const side of ['without', 'with'] as const) {
        await served.switch(side === 'with');
        if (side === 'with') before = await countedOf(served);
        for (const parts of seen) parts.length = 0;
        await delay(context.windowMs);
        lost[side].push((100 * seen.reduce((sum, parts) => sum + lostOf(parts), 0)) / seen.reduce(dueOf, 0));
      }
    }
    const open = await accountsSince(before, served);
    const shed = await served.server.shedding();
    for (const viewer of viewers) viewer.close();
    await Promise.all(viewers.map(({ ended }) => ended));
    return figures(lost, open, shed);
  });
}

function figures(lost: Record<'with' | 'without', number[]>, open: Accounts, shed: readonly string[]): Figure[] {
  const more = lost.with.map((share, round) => share - lost.without[round]!);
  const load = shed.length > 0 ? `against too much load: ${shed.join(', ')}` : 'no process shed load';
  const sides = (['with', 'without'] as const).map((side) => `${side} ${spread(lost[side]).median.toFixed(2)} %`);
  return [
    {
      name: 'eight busy processors on four cameras: frames that the cameras lose more',
      unit: '% of frames',
      ours: spread(more),
      peers: [],
      target: { of: 'ours', bound: 'at most', value: 0 },
      remark: `lost ${sides.join(', ')}; ${load}; of ${open.in} frames for the processors ${open.done} were done, ${open.skipped} skipped`,
    },
    {
      name: 'eight busy processors: frames neither done, skipped nor under way',
      unit: 'frames',
      ours: spread(open.missing),
      peers: [],
      target: { of: 'ours', bound: 'at most', value: 0 },
    },
  ];
}

interface Accounts {
  readonly in: number;
  readonly done: number;
  readonly skipped: number;
  /** Of each processor. */
  readonly missing: readonly number[];
}

/** Since `before`: frames that came, and what became of them. */
async function accountsSince(before: Counted, served: Serving): Promise<Accounts> {
  await delay(COUNTED_MS);
  const now = await countedOf(served);
  const since = now.map((each, index) => ({
    in: each.in - before[index]!.in,
    done: each.done - before[index]!.done,
    skipped: each.skipped - before[index]!.skipped,
  }));
  const sum = (of: 'in' | 'done' | 'skipped'): number => since.reduce((all, each) => all + each[of], 0);
  const missing = since.map((each) => Math.max(0, Math.abs(each.in - each.done - each.skipped) - UNDER_WAY));
  return { in: sum('in'), done: sum('done'), skipped: sum('skipped'), missing };
}

type Counted = readonly Omit<Accounts, 'missing'>[];

async function countedOf(served: Serving): Promise<Counted> {
  return (await served.processors()).map((processor) => processor.frames);
}

/** Numbers of captured frames that no part had. */
function lostOf(parts: readonly Part[]): number {
  const [first, last] = [parts.at(0)?.sequence ?? NaN, parts.at(-1)?.sequence ?? NaN];
  return last - first + 1 - parts.length;
}

function dueOf(sum: number, parts: readonly Part[]): number {
  return sum + parts.length + lostOf(parts);
}
