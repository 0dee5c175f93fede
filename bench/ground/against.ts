// Compares a run with an earlier one, figure by figure, and says what changed by more than the noise seen. Noise is half
// of the range of the windows, of both runs. Where a program that is not ours was measured beside a figure, its own
// change between the two runs is taken for the machine's, and taken out of ours before it is judged.

import type { Spread } from '../../src/bench/statistics.ts';
import { columns, number } from './columns.ts';
import type { Figure } from './figures.ts';
import type { OwnRun } from './own-run.ts';
import { differences } from './same-ground.ts';

export type ChangeVerdict = 'worse' | 'better' | 'changed' | 'within noise' | 'not judged';

export interface Change {
  readonly name: string;
  readonly unit: string;
  readonly before: Spread;
  readonly now: Spread;
  /** Medians, now to before; null where one is not above zero. */
  readonly ratio: number | null;
  /** What the machine did to the peer of this figure; null: it has none in both runs. */
  readonly drift: { readonly peer: string; readonly ratio: number } | null;
  /** A change below this is noise, in the figure's unit. */
  readonly noise: number;
  readonly verdict: ChangeVerdict;
}

export interface Comparison {
  /** Sentences: what is not the same about the two runs. */
  readonly said: readonly string[];
  readonly changes: readonly Change[];
  /** Figures of the same benchmarks that only one of the runs has. */
  readonly gone: readonly string[];
  readonly added: readonly string[];
}

/** Noise of a figure that was measured once in a run, as nothing says more. */
const UNKNOWN_NOISE = 0.1;
/** Of these, more is better; of the others named, less. What has another unit only changes. */
const MORE_UNITS = ['fps', 'a second'];
const LESS_UNITS = [
  'ms',
  'us',
  'frames',
  'cores',
  '% of a core',
  'MB',
  'MB/hour',
  '% of frames',
  'cameras',
  'pictures',
];

export function compareRuns(before: OwnRun, now: OwnRun): Comparison {
  const ground = differences(before, now);
  const earlier = new Map(figuresOf(before).map((figure) => [figure.name, figure]));
  const later = new Map(figuresOf(now).map((figure) => [figure.name, figure]));
  const measured = new Set(now.benchmarks.map(({ name }) => name));
  const comparable = figuresOf(before, measured);
  return {
    said: ground.said,
    changes: [...later.values()].flatMap((figure) => {
      const old = earlier.get(figure.name);
      return old === undefined ? [] : [changeOf(old, figure, ground.sameMachine)];
    }),
    gone: comparable.filter(({ name }) => !later.has(name)).map(({ name }) => name),
    added: [...later.keys()].filter((name) => !earlier.has(name)),
  };
}

function figuresOf(run: OwnRun, names?: ReadonlySet<string>): Figure[] {
  return run.benchmarks.flatMap(({ name, figures }) => (names?.has(name) === false ? [] : figures));
}

function changeOf(old: Figure, figure: Figure, sameMachine: boolean): Change {
  const [before, now] = [old.ours, figure.ours];
  const drift = driftOf(old, figure);
  const scale = drift?.ratio ?? 1;
  const noise = Math.hypot(noiseOf(before) + noiseOf(now) / scale, Math.abs(before.median) * (drift?.noise ?? 0));
  const moved = now.median / scale - before.median;
  return {
    name: figure.name,
    unit: figure.unit,
    before,
    now,
    ratio: before.median > 0 && now.median > 0 ? now.median / before.median : null,
    drift: drift === null ? null : { peer: drift.peer, ratio: drift.ratio },
    noise,
    verdict: sameMachine || drift !== null ? verdictOf(figure, moved, noise) : 'not judged',
  };
}

function verdictOf(figure: Figure, moved: number, noise: number): ChangeVerdict {
  if (!Number.isFinite(moved)) return Number.isFinite(figure.ours.median) ? 'not judged' : 'worse';
  if (Math.abs(moved) <= noise) return 'within noise';
  const better = directionOf(figure);
  if (better === null) return 'changed';
  return moved > 0 === (better === 'more') ? 'better' : 'worse';
}

function directionOf({ target, unit }: Figure): 'more' | 'less' | null {
  if (target !== null) return target.bound === 'at most' ? 'less' : 'more';
  if (MORE_UNITS.includes(unit)) return 'more';
  return LESS_UNITS.includes(unit) ? 'less' : null;
}

function noiseOf({ median, least, most }: Spread): number {
  return most > least ? (most - least) / 2 : Math.abs(median) * UNKNOWN_NOISE;
}

interface Drift {
  readonly peer: string;
  readonly ratio: number;
  /** As a share of it. */
  readonly noise: number;
}

/** The first peer that both runs have and that is not made of our code. */
function driftOf(old: Figure, figure: Figure): Drift | null {
  for (const { name, value, own } of figure.peers) {
    const before = old.peers.find((peer) => peer.name === name)?.value ?? null;
    if (own === true || value === null || before === null) continue;
    const ratio = value.median / before.median;
    if (!(ratio > 0) || !Number.isFinite(ratio)) continue;
    return { peer: name, ratio, noise: Math.hypot(noiseOf(before) / before.median, noiseOf(value) / value.median) };
  }
  return null;
}

const HEAD = ['figure', 'before', 'now', 'ratio', 'the peer', 'noise', 'change'];

/** For people: what is different about the runs, the figures, and how many got worse. */
export function comparisonText({ said, changes, gone, added }: Comparison): string {
  const worse = changes.filter(({ verdict }) => verdict === 'worse').length;
  const better = changes.filter(({ verdict }) => verdict === 'better').length;
  return [
    ...said,
    changes.length > 0 ? columns([HEAD, ...changes.map(row)]) : 'the two runs have no figure in common',
    ...gone.map((name) => `not measured any more: ${name}`),
    ...added.map((name) => `not measured before: ${name}`),
    `${worse} worse and ${better} better by more than the noise, of ${changes.length}`,
  ].join('\n');
}

function row({ name, unit, before, now, ratio, drift, noise, verdict }: Change): string[] {
  return [
    name,
    `${number(before.median)} ${unit}`.trim(),
    `${number(now.median)} ${unit}`.trim(),
    ratio === null ? '-' : ratio.toFixed(2),
    drift === null ? '-' : `${drift.peer} ${drift.ratio.toFixed(2)}`,
    Number.isFinite(noise) ? `+-${number(noise)}` : '-',
    verdict === 'worse' || verdict === 'better' ? verdict.toUpperCase() : verdict,
  ];
}
