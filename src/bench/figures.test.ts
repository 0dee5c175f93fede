import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { benchReport, quickReport } from '../../test/fixtures/bench-report.ts';
import { growth, heldSteps, rateToHold, sideFigures } from './figures.ts';
import type { StepFigures } from './figures.ts';
import type { SideReport, WindowResult } from './types.ts';

function figuresOf(name: string, report = benchReport()): StepFigures[] {
  return sideFigures(report.sides.find((side) => side.name === name)!);
}

/** A side whose steps have one window each that differs from a good one in what is given. */
function sideOf(steps: readonly { viewers: number; fps: number; cores: number; served?: number }[]): SideReport {
  const [side] = benchReport().sides;
  const sample = side!.steps[0]!.windows[0]!;
  const windowOf = ({ viewers, fps, cores, served = viewers }: (typeof steps)[number]): WindowResult => ({
    ...sample,
    load: { ...sample.load, viewers, served, leastFps: fps, medianFps: fps },
    cost: { ...sample.cost!, cores },
  });
  return { ...side!, steps: steps.map((it) => ({ viewers: it.viewers, windows: [windowOf(it)] })) };
}

describe('figures of a side', () => {
  it('are the median of their windows, with the least and the most', () => {
    const [one] = figuresOf('naive');
    assert.deepEqual(one!.cores, { median: 0.22, least: 0.22 * 0.97, most: 0.22 * 1.02, windows: 3 });
    assert.equal(figuresOf('naive', quickReport())[0]!.cores!.windows, 1);
  });

  it('that nothing is known of are absent instead of nought, also when they were read back from JSON', () => {
    const side = benchReport().sides.at(-1)!;
    const parsed = JSON.parse(
      JSON.stringify(side, (key, value: unknown) => (key === 'leastFps' ? NaN : value)),
    ) as SideReport;
    const [one] = sideFigures(parsed);
    assert.deepEqual([one!.cores, one!.clientShare, one!.leastFps], [null, null, null]);
    assert.equal(one!.hot.pictureMs, null, 'nobody came while another watched');
  });

  it('come in the order of viewers, without steps that were never measured', () => {
    const side = sideOf([{ viewers: 16, fps: 30, cores: 1 }, { viewers: 4, fps: 30, cores: 1 }]); // prettier-ignore
    const steps = sideFigures({ ...side, steps: [...side.steps, { viewers: 64, windows: [] }] });
    assert.deepEqual(
      steps.map(({ viewers }) => viewers),
      [4, 16],
    );
  });
});

describe('viewers are held', () => {
  it('at 25 pictures a second, or five sixths of what a slower camera sends', () => {
    assert.equal(rateToHold(30), 25);
    assert.equal(rateToHold(60), 25);
    assert.equal(rateToHold(15), 12.5);
    assert.equal(rateToHold(0), 25, 'the rate is not known');
  });

  it('when the slowest gets that, and nobody is without a picture', () => {
    const steps = sideFigures(
      sideOf([
        { viewers: 4, fps: 25, cores: 1 },
        { viewers: 16, fps: 24.9, cores: 1 },
        { viewers: 64, fps: 30, served: 63, cores: 1 },
      ]),
    );
    assert.deepEqual(
      heldSteps(steps, 25).map(({ viewers }) => viewers),
      [4],
    );
  });
});

describe('growth of CPU', () => {
  const growthOf = (cores: readonly (readonly [number, number])[]): ReturnType<typeof growth> =>
    growth(sideFigures(sideOf(cores.map(([viewers, used]) => ({ viewers, cores: used, fps: 30 })))), 25);

  it('is a line when each viewer costs the same', () => {
    const grown = growthOf([[1, 0.25], [4, 1], [8, 2]]); // prettier-ignore
    assert.equal(grown!.kind, 'linear');
    assert.ok(Math.abs(grown!.coresPerViewer - 0.25) < 1e-9);
  });

  it('is flat when a hundred viewers more cost no more than the first', () => {
    assert.equal(growthOf([[1, 0.21], [64, 0.23], [1000, 0.58]])!.kind, 'flat'); // prettier-ignore
    assert.equal(growthOf([[1, 0.21], [16, 0.2]])!.kind, 'flat'); // prettier-ignore
  });

  it('is neither when no line explains it, and unknown from one number of viewers', () => {
    assert.equal(growthOf([[1, 0.1], [4, 1.9], [16, 0.5], [64, 1.2]])!.kind, 'uneven'); // prettier-ignore
    assert.equal(growthOf([[4, 1]]), null); // prettier-ignore
  });

  it('is told from the steps that are held: where cores are used up, CPU grows no more', () => {
    const side = sideOf([
      { viewers: 1, fps: 30, cores: 0.25 },
      { viewers: 4, fps: 30, cores: 1 },
      { viewers: 64, fps: 2, cores: 2 },
    ]);
    assert.ok(Math.abs(growth(sideFigures(side), 25)!.coresPerViewer - 0.25) < 1e-9);
  });
});
