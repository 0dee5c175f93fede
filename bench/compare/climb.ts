// Two runs make one comparison: all sides with few viewers, then the modes that still climb with many. Peers are not
// asked further: the article's service has a thread a viewer, and no more of them than it needs for that.

import { runBench } from '../../src/bench/run.ts';
import type { BenchRequest } from '../../src/bench/run.ts';
import type { BenchReport, SideReport } from '../../src/bench/types.ts';

export interface Heights {
  readonly few: readonly number[];
  readonly many: readonly number[];
}

export async function climb(
  request: Omit<BenchRequest, 'options'>,
  options: BenchReport['options'],
  heights: Heights,
): Promise<BenchReport> {
  const few = await runBench({ ...request, options: { ...options, viewers: heights.few } });
  const climbing = new Set(few.sides.filter(mayClimb).map(({ name }) => name));
  const sides = request.sides.filter(({ name }) => climbing.has(name));
  if (sides.length === 0) return joined(few, null, heights);
  const many = await runBench({ ...request, sides, options: { ...options, viewers: heights.many } });
  return joined(few, many, heights);
}

function mayClimb({ kind, stopped }: SideReport): boolean {
  return kind === 'mode' && stopped === null;
}

/** The report of both runs. */
export function joined(few: BenchReport, many: BenchReport | null, heights: Heights): BenchReport {
  return {
    ...few,
    tookSeconds: few.tookSeconds + (many?.tookSeconds ?? 0),
    options: { ...few.options, viewers: [...heights.few, ...heights.many] },
    sides: few.sides.map((side) => {
      const above = many?.sides.find(({ name }) => name === side.name);
      return above === undefined ? atMost(side, heights) : withSteps(side, above);
    }),
    notes: [...new Set([...few.notes, ...(many?.notes ?? [])])],
  };
}

function withSteps(below: SideReport, above: SideReport): SideReport {
  return { ...above, steps: [...below.steps, ...above.steps], agreement: above.agreement ?? below.agreement };
}

function atMost(side: SideReport, { few, many }: Heights): SideReport {
  if (side.stopped !== null) return side;
  const text = `Peers are measured with up to ${few.at(-1)} viewers.`;
  return { ...side, stopped: { viewers: many[0] ?? 0, reason: 'asked', text } };
}
