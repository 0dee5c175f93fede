// A report with its figures worked out: what sentences, table and plots are all made from.

import { growth, heldSteps, rateToHold, sideFigures, tellingStep } from '../figures.ts';
import type { Growth, StepFigures } from '../figures.ts';
import type { BenchReport, SideReport } from '../types.ts';

/** A side with its figures. */
export interface Compared {
  readonly side: SideReport;
  readonly steps: readonly StepFigures[];
  /** The most viewers of those measured that it holds; 0: none. */
  readonly holds: number;
  /** At the most viewers that it holds, else at the fewest that were measured; null: nothing was measured. */
  readonly telling: StepFigures | null;
  readonly growth: Growth | null;
}

export interface Comparison {
  readonly report: BenchReport;
  /** Pictures a second that the slowest viewer must get. */
  readonly fps: number;
  readonly sides: readonly Compared[];
  /** The side that others are put beside: `shared`, when it was measured. */
  readonly reference: Compared | null;
  /** All numbers of viewers that somebody was measured with. */
  readonly viewers: readonly number[];
}

export function compare(report: BenchReport): Comparison {
  const fps = rateToHold(report.camera.fps);
  const sides = report.sides.map((side): Compared => {
    const steps = sideFigures(side);
    const holds = heldSteps(steps, fps).at(-1)?.viewers ?? 0;
    return { side, steps, holds, telling: tellingStep(steps, fps), growth: growth(steps, fps) };
  });
  const viewers = new Set(sides.flatMap(({ steps }) => steps.map((step) => step.viewers)));
  return {
    report,
    fps,
    sides,
    reference:
      sides.find(({ side, steps }) => side.kind === 'mode' && side.name === 'shared' && steps.length > 0) ?? null,
    viewers: [...viewers].sort((a, b) => a - b),
  };
}

/** The largest number of viewers at which both gave everybody pictures and CPU of both is known. */
export function largestCommon(one: Compared, other: Compared): [StepFigures, StepFigures] | null {
  const costed = ({ steps }: Compared): StepFigures[] =>
    steps.filter(({ delivered, cpuUsPerPart }) => delivered && cpuUsPerPart !== null);
  for (const mine of costed(one).reverse()) {
    const theirs = costed(other).find(({ viewers }) => viewers === mine.viewers);
    if (theirs !== undefined) return [mine, theirs];
  }
  return null;
}
