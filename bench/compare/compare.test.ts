import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { benchReport } from '../../test/fixtures/bench-report.ts';
import type { BenchReport, SideReport } from '../../src/bench/types.ts';
import { judge } from '../ground/figures.ts';
import type { Figure } from '../ground/figures.ts';
import { joined } from './climb.ts';
import { growthFigures, growthNote } from './growth.ts';
import { figuresOf } from './targets.ts';

const HEIGHTS = { few: [1, 4, 16], many: [64, 256, 1000] };

function named(figures: readonly Figure[], part: string): Figure {
  const figure = figures.find(({ name }) => name.includes(part));
  assert.ok(figure, part);
  return figure;
}

function without(report: BenchReport, name: string): BenchReport {
  return { ...report, sides: report.sides.filter((side) => side.name !== name) };
}

/** Only the steps with so many viewers. */
function part(report: BenchReport, heights: readonly number[], stopped: SideReport['stopped'] = null): BenchReport {
  const sides = report.sides.map((side) => ({
    ...side,
    stopped,
    steps: side.steps.filter(({ viewers }) => heights.includes(viewers)),
  }));
  return { ...report, options: { ...report.options, viewers: heights }, sides };
}

describe('the figures of a comparison', () => {
  it('say how many times less a picture costs than one of naive and of the article’s service', () => {
    const figures = figuresOf(benchReport());
    const naive = judge(named(figures, 'naive with 4'));
    const article = judge(named(figures, 'article with 4'));
    assert.equal(naive.met, true);
    assert.equal(article.met, true);
    assert.ok(naive.ratio! > 1 / 400 && naive.ratio! < 1 / 380, `${naive.ratio}`);
  });

  it('do not judge beside a peer that is absent', () => {
    const verdict = judge(named(figuresOf(without(benchReport(), 'article')), 'article with 4'));
    assert.equal(verdict.met, null);
    assert.match(verdict.words, /absent/);
  });

  it('miss where the shared mode was not measured', () => {
    const figures = figuresOf(without(benchReport(), 'shared'));
    assert.equal(judge(named(figures, 'naive with 4')).met, false);
    assert.equal(judge(named(figures, 'viewers held')).met, false);
  });

  it('say how many viewers each holds, the share of the load client, and whether both ends counted the same', () => {
    const figures = figuresOf(benchReport());
    const held = named(figures, 'viewers held');
    assert.equal(held.ours.median, 1000);
    assert.deepEqual(held.peers.map(({ name, value }) => [name, value?.median]).slice(0, 2), [
      ['naive', 4],
      ['threaded', 16],
    ]);
    assert.equal(judge(named(figures, "of shared's")).met, false, 'the fixture has 119 %');
    assert.equal(judge(named(figures, "of naive's")).met, true);
    assert.equal(judge(named(figures, 'that shared and the load client')).met, true);
  });
});

describe('two runs of a comparison', () => {
  it('are one report: steps of both, what above ended it, and the notes of both once', () => {
    const whole = benchReport();
    const few = { ...part(whole, HEIGHTS.few), notes: ['one', 'both'], tookSeconds: 100 };
    const many = { ...without(part(whole, HEIGHTS.many), 'motion'), notes: ['both', 'two'], tookSeconds: 50 };
    const report = joined(few, many, HEIGHTS);
    const shared = report.sides.find(({ name }) => name === 'shared');
    assert.deepEqual(
      shared?.steps.map(({ viewers }) => viewers),
      [1, 4, 16, 64, 256, 1000],
    );
    assert.equal(shared.stopped, null);
    assert.deepEqual(report.notes, ['one', 'both', 'two']);
    assert.equal(report.tookSeconds, 150);
    assert.deepEqual(report.options.viewers, [1, 4, 16, 64, 256, 1000]);
  });

  it('say of a peer that it was not asked further', () => {
    const few = part(benchReport(), HEIGHTS.few);
    const motion = joined(few, null, HEIGHTS).sides.find(({ name }) => name === 'motion');
    assert.equal(motion?.stopped?.reason, 'asked');
    assert.match(motion.stopped.text, /up to 16/);
  });

  it('keep why a side went no further', () => {
    const stopped = { viewers: 16, reason: 'half-rate', text: 'It got too few.' } as const;
    const report = joined(part(benchReport(), HEIGHTS.few, stopped), null, HEIGHTS);
    assert.deepEqual(report.sides[0]?.stopped, stopped);
  });
});

describe('the article’s service under ASGI', () => {
  const ours = { seconds: 13, status: 200, pictures: 390, mbPerSecond: 0.1, mbPerSecondAfter: 0, overLimit: false };
  const asgi = { ...ours, pictures: 0, mbPerSecond: 3.6, mbPerSecondAfter: 3.5 };

  it('is told by its figures and one sentence', () => {
    const figures = growthFigures({ ours, asgi });
    assert.equal(named(figures, 'pictures that one viewer gets').peers[0]?.value?.median, 0);
    assert.equal(named(figures, 'while one viewer').peers[0]?.value?.median, 3.6);
    assert.match(growthNote({ ours, asgi })[0] ?? '', /gave its one viewer 0 pictures in 13 s.*3\.6 MB.*3\.5/);
  });

  it('is absent where it is not installed', () => {
    assert.equal(growthFigures({ ours, asgi: null })[0]?.peers[0]?.value, null);
    assert.deepEqual(growthNote({ ours, asgi: null }), []);
  });
});
