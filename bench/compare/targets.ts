// What the comparison is judged by: figures of its report beside their targets. An absent peer is not judged, and a side
// that was not measured with so many viewers is nothing to be better than.

import { heldSteps, rateToHold, sideFigures } from '../../src/bench/figures.ts';
import type { StepFigures } from '../../src/bench/figures.ts';
import type { BenchReport, SideReport } from '../../src/bench/types.ts';
import type { Spread } from '../../src/bench/statistics.ts';
import type { Figure, Peer } from '../ground/figures.ts';

const MOST_VIEWERS = 1000;
/** Where naive and the article's service are compared: beyond, they serve no longer whom they count. */
const NAIVE_VIEWERS = 4;
const TIMES_LESS = { naive: 200, article: 300 };
/** The load client's CPU as a share of the server's. */
const CLIENT_SHARES = { naive: 0.25, threaded: 0.25, shared: 1 };
const NOTHING: Spread = { median: NaN, least: NaN, most: NaN };

export function figuresOf(report: BenchReport): Figure[] {
  return [
    costBeside(report, 'naive'),
    costBeside(report, 'article'),
    viewersHeld(report),
    ...clientShares(report),
    ...agreements(report),
    ratesOfOne(report),
  ];
}

function costBeside(report: BenchReport, other: 'naive' | 'article'): Figure {
  const times = TIMES_LESS[other];
  const theirs = stepOf(report, other, NAIVE_VIEWERS)?.cpuUsPerPart ?? null;
  return {
    name: `compare: CPU of a delivered picture, shared with 1,000 viewers, ${other} with ${NAIVE_VIEWERS}`,
    unit: 'us',
    ours: plain(stepOf(report, 'shared', MOST_VIEWERS)?.cpuUsPerPart),
    peers: [{ name: other, value: theirs === null ? null : plain(theirs), ...own(report, other) }],
    target: { of: 'ratio', bound: 'at most', value: 1 / times },
    remark: `at most one ${times}th`,
  };
}

function viewersHeld(report: BenchReport): Figure {
  const fps = rateToHold(report.camera.fps);
  const held = (side: SideReport | undefined): Spread => {
    const viewers = heldSteps(side === undefined ? [] : sideFigures(side), fps).at(-1)?.viewers ?? 0;
    return { median: viewers, least: viewers, most: viewers };
  };
  const others = report.sides.filter(({ name }) => name !== 'shared');
  return {
    name: `compare: viewers held at ${fps} pictures a second`,
    unit: 'viewers',
    ours: held(sideOf(report, 'shared')),
    peers: [...others.map((side): Peer => ({ name: side.name, value: held(side), ...own(report, side.name) }))],
    target: { of: 'ours', bound: 'at least', value: MOST_VIEWERS },
    remark: 'modes are tried with up to 1,000 viewers, peers with up to 16',
  };
}

/** Of the step where the share is largest. */
function clientShares(report: BenchReport): Figure[] {
  return Object.entries(CLIENT_SHARES).map(([name, value]) => {
    const shares = stepsOf(report, name).flatMap(({ clientShare }) => (clientShare === null ? [] : [clientShare]));
    const largest = shares.sort((a, b) => b.median - a.median)[0];
    return {
      name: `compare: CPU of the load client, of ${name}'s`,
      unit: '',
      ours: plain(largest),
      peers: [],
      target: { of: 'ours', bound: 'at most', value },
    };
  });
}

/** Parts that only one end counted. */
function agreements({ sides }: BenchReport): Figure[] {
  const modes = sides.filter(({ kind }) => kind === 'mode');
  return modes.map(({ name, agreement }) => {
    const off = agreement === null ? NaN : Math.abs(agreement.client - agreement.server);
    return {
      name: `compare: parts that ${name} and the load client count differently`,
      unit: 'parts',
      ours: { median: off, least: off, most: off },
      peers: [],
      target: { of: 'ours', bound: 'at most', value: 0 },
      ...(agreement === null ? {} : { remark: `of ${agreement.server}` }),
    };
  });
}

function ratesOfOne(report: BenchReport): Figure {
  const rate = (name: string): Spread => plain(stepOf(report, name, 1)?.medianFps);
  const others = report.sides.filter(({ name }) => name !== 'shared');
  return {
    name: 'compare: pictures a second, one viewer',
    unit: '/s',
    ours: rate('shared'),
    peers: [
      ...others.map(({ name }): Peer => ({ name, value: rate(name), ...own(report, name) })),
      ...report.absent.map(({ name }): Peer => ({ name, value: null })),
    ],
    target: null,
  };
}

function sideOf({ sides }: BenchReport, name: string): SideReport | undefined {
  return sides.find((side) => side.name === name);
}

function stepsOf(report: BenchReport, name: string): StepFigures[] {
  const side = sideOf(report, name);
  return side === undefined ? [] : sideFigures(side);
}

function stepOf(report: BenchReport, name: string, viewers: number): StepFigures | undefined {
  return stepsOf(report, name).find((step) => step.viewers === viewers);
}

function own(report: BenchReport, name: string): { own?: true } {
  return sideOf(report, name)?.kind === 'mode' ? { own: true } : {};
}

function plain(figure: Spread | null | undefined): Spread {
  if (!figure) return NOTHING;
  const { median, least, most } = figure;
  return { median, least, most };
}
