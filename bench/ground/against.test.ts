import assert from 'node:assert/strict';
import { it } from 'node:test';
import { compareRuns, comparisonText } from './against.ts';
import type { Change, ChangeVerdict } from './against.ts';
import type { Figure } from './figures.ts';
import { parseOwnRun } from './own-run.ts';
import type { OwnRun } from './own-run.ts';

const MACHINE = { cpu: 'A CPU', cores: 2, memoryMb: 8000, system: 'Linux', node: '24.21.0', sightline: '0.1.0' };

type Values = readonly [least: number, median: number, most: number];

function spreadOf([least, median, most]: Values): Figure['ours'] {
  return { least, median, most };
}

function figure(ours: Values, more: Partial<Figure> = {}): Figure {
  return { name: 'a figure', unit: 'ms', ours: spreadOf(ours), peers: [], target: null, ...more };
}

function beside(peer: Values, own?: true): Partial<Figure> {
  return { peers: [{ name: 'send() in C', value: spreadOf(peer), ...(own === true ? { own } : {}) }] };
}

function run(figures: Figure[], more: Partial<OwnRun> = {}): OwnRun {
  return {
    kind: 'own benchmarks',
    format: 1,
    at: '2026-11-26T10:00:00.000Z',
    tookSeconds: 60,
    machine: MACHINE,
    loadBefore: 0,
    programs: { ffmpeg: '5.1.9' },
    options: { quick: false, hd: false, soakMinutes: 0, rounds: 5, windowMs: 8333 },
    benchmarks: [{ name: 'fanout', figures, failures: [] }],
    ...more,
  };
}

function change(before: Figure, now: Figure): Change {
  return compareRuns(run([before]), run([now])).changes[0]!;
}

function verdict(before: Figure, now: Figure): ChangeVerdict {
  return change(before, now).verdict;
}

it('a figure is worse or better when it moved by more than half of the ranges of both runs', () => {
  assert.equal(verdict(figure([9, 10, 11]), figure([11, 12.5, 13])), 'worse');
  assert.equal(verdict(figure([9, 10, 11]), figure([10, 11.5, 12])), 'within noise');
  assert.equal(verdict(figure([9, 10, 11]), figure([6, 7, 8])), 'better');
  assert.equal(change(figure([9, 10, 11]), figure([11, 12.5, 13])).ratio, 1.25);
});

it('what is better depends on the figure: more pictures are, more bytes only differ', () => {
  const fps = { unit: 'fps' };
  assert.equal(verdict(figure([29, 30, 30], fps), figure([20, 21, 22], fps)), 'worse');
  const bytes = { unit: 'bytes' };
  assert.equal(verdict(figure([100, 101, 102], bytes), figure([200, 201, 202], bytes)), 'changed');
  const target = { unit: '', target: { of: 'ours', bound: 'at least', value: 1 } } as const;
  assert.equal(verdict(figure([1, 2, 3], target), figure([7, 8, 9], target)), 'better');
});

it("the machine's own drift, which a peer of the figure shows, is not held against us", () => {
  const before = figure([9.8, 10, 10.2], beside([9.9, 10, 10.1]));
  const slower = figure([14.7, 15, 15.3], beside([14.8, 15, 15.2]));
  assert.equal(verdict(before, slower), 'within noise');
  assert.deepEqual(change(before, slower).drift, { peer: 'send() in C', ratio: 1.5 });
  assert.equal(verdict(before, figure([14.7, 15, 15.3], beside([9.9, 10, 10.1]))), 'worse');
  assert.equal(verdict(before, figure([9.8, 10, 10.2], beside([14.8, 15, 15.2]))), 'better');
});

it('a peer made of our own code, or absent from one run, says nothing of the machine', () => {
  const [before, now] = [
    figure([9, 10, 11], beside([9, 10, 11], true)),
    figure([19, 20, 21], beside([19, 20, 21], true)),
  ];
  assert.equal(verdict(before, now), 'worse');
  assert.equal(change(before, now).drift, null);
  const absent = { peers: [{ name: 'send() in C', value: null }] };
  assert.equal(change(figure([9, 10, 11], absent), figure([9, 10, 11], beside([1, 2, 3]))).drift, null);
});

it('a peer that wavers makes the noise larger', () => {
  const before = figure([9.9, 10, 10.1], beside([5, 10, 15]));
  assert.equal(verdict(before, figure([11.9, 12, 12.1], beside([5, 10, 15]))), 'within noise');
});

it('a figure that was taken once may move by a tenth in each run before it counts', () => {
  assert.equal(verdict(figure([10, 10, 10]), figure([11, 11, 11])), 'within noise');
  assert.equal(verdict(figure([10, 10, 10]), figure([14, 14, 14])), 'worse');
});

it('figures that are zero, or below, are compared without a ratio', () => {
  const cameras = { unit: 'cameras' };
  assert.equal(verdict(figure([0, 0, 0], cameras), figure([1, 1, 1], cameras)), 'worse');
  assert.equal(verdict(figure([0, 0, 0], cameras), figure([0, 0, 0], cameras)), 'within noise');
  const growth = { unit: 'MB/hour' };
  const grown = change(figure([-5, -3, -1], growth), figure([28, 30, 32], growth));
  assert.deepEqual([grown.ratio, grown.verdict], [null, 'worse']);
});

it('a figure of which nothing was measured any more is worse, one of which nothing was known is not judged', () => {
  assert.equal(verdict(figure([1, 2, 3]), figure([NaN, NaN, NaN])), 'worse');
  assert.equal(verdict(figure([NaN, NaN, NaN]), figure([1, 2, 3])), 'not judged');
});

it('another machine is said, and figures without a peer are not judged then', () => {
  const other = run([figure([90, 100, 110])], { machine: { ...MACHINE, cores: 64 } });
  const comparison = compareRuns(run([figure([9, 10, 11])]), other);
  assert.equal(comparison.changes[0]!.verdict, 'not judged');
  assert.match(comparison.said[0]!, /^another machine: then 2 x A CPU with 8\.0 GB, now 64 x A CPU/);
  const withPeer = run([figure([90, 100, 110], beside([9, 10, 11]))], { machine: { ...MACHINE, cores: 64 } });
  assert.equal(compareRuns(run([figure([9, 10, 11], beside([9, 10, 11]))]), withPeer).changes[0]!.verdict, 'worse');
});

it('other programs, other windows, a quick run and a busy machine are said', () => {
  const options = { quick: true, hd: true, soakMinutes: 0, rounds: 2, windowMs: 3000 };
  const now = run([], { programs: { ffmpeg: null }, options, loadBefore: 3 });
  assert.deepEqual(compareRuns(run([]), now).said, [
    'ffmpeg: then 5.1.9, now absent',
    'windows for each figure: then 5 x 8.3 s, now 2 x 3.0 s',
    'the cameras of the tiles send another size (--hd in one of the runs only)',
    'a quick run is a look, not a result: its windows are few and short',
    'the machine was busy before the later run began (load 3.0)',
  ]);
});

it('figures that only one run has are named; benchmarks that were left out now are not', () => {
  const before = run([figure([1, 2, 3], { name: 'old' })]);
  const both = {
    ...before,
    benchmarks: [...before.benchmarks, { name: 'memory', figures: [figure([1, 2, 3])], failures: [] }],
  };
  const comparison = compareRuns(both, run([figure([1, 2, 3], { name: 'new' })]));
  assert.deepEqual([comparison.gone, comparison.added], [['old'], ['new']]);
});

it('the comparison reads as a table that shouts what got worse', () => {
  const text = comparisonText(compareRuns(run([figure([9, 10, 11])]), run([figure([18, 20, 22])])));
  assert.match(text, /a figure +10 ms +20 ms +2\.00 +- +\+-3 +WORSE/);
  assert.match(text, /1 worse and 0 better by more than the noise, of 1$/);
});

it('a run is the same after it was written down and read, and another format is refused by name', () => {
  const written = run([
    figure([NaN, NaN, NaN], { remark: 'nothing came' }),
    figure([1, 2, 3], beside([4, 5, 6], true)),
  ]);
  assert.deepEqual(parseOwnRun(JSON.parse(JSON.stringify(written)), 'a.json'), written);
  assert.throws(
    () => parseOwnRun({ at: 'then', figures: [] }, 'a.json'),
    /a\.json is no run .* its format is not told/,
  );
  assert.throws(() => parseOwnRun({ ...written, format: 2 }, 'a.json'), /its format is 2/);
});
