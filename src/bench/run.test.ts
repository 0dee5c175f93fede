import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { benchOptions } from './plan.ts';
import { runBench } from './run.ts';
import { cameraOf, ScriptedLoad, sideOf } from '../../test/fixtures/bench-sides.ts';
import type { BenchOptions, BenchReport, Side } from './types.ts';

const options: BenchOptions = { ...benchOptions({ viewers: [1, 4] }), seconds: 0.01, warmupSeconds: 0, windows: 2 };

interface Scene {
  readonly sides: readonly Side[];
  readonly load?: ScriptedLoad;
  readonly signal?: AbortSignal;
  readonly onProgress?: () => void;
}

function go({ sides, load = new ScriptedLoad(() => ({})), signal, onProgress }: Scene): Promise<BenchReport> {
  return runBench({
    ...{ camera: cameraOf({}), sides, absent: [], options },
    startLoad: () => Promise.resolve(load),
    onProgress: onProgress ?? (() => undefined),
    signal: signal ?? new AbortController().signal,
  });
}

/** A side that tells when it starts and stops. */
function talking(name: string, said: string[], changes: Partial<Side> = {}): Side {
  return sideOf({
    name,
    ...changes,
    start: () => {
      said.push(`start ${name}`);
      return Promise.resolve({
        url: name,
        pids: [],
        finish: () => Promise.resolve(75),
        stop: () => {
          said.push(`stop ${name}`);
          return Promise.resolve();
        },
      });
    },
  });
}

describe('a run of the bench', () => {
  it('alternates the sides, reports all windows, and compares what both ends counted', async () => {
    const said: string[] = [];
    const load = new ScriptedLoad(() => ({}));
    const report = await go({ sides: [talking('a', said), talking('b', said)], load });
    assert.deepEqual(load.opened.slice(0, 4), ['a 1', 'b 1', 'a 1', 'b 1']);
    assert.deepEqual(
      report.sides.map(({ name, steps, stopped }) => [name, steps.map(({ windows }) => windows.length), stopped]),
      [
        ['a', [2, 2], null],
        ['b', [2, 2], null],
      ],
    );
    assert.deepEqual(report.sides[0]?.agreement, { client: 75, server: 75 });
    assert.equal(said.filter((word) => word === 'start a').length, said.filter((word) => word === 'stop a').length);
    assert.equal(load.closed, true);
  });

  it('starts a side that captures while nobody watches for each window anew', async () => {
    const said: string[] = [];
    await go({ sides: [talking('always', said, { lifetime: 'window' }), talking('idle', said)] });
    const started = (name: string) => said.filter((word) => word === `start ${name}`).length;
    assert.equal(started('always'), 4 + 1, 'four windows and the comparison of counts');
    assert.equal(started('idle'), 1 + 1);
  });

  it('goes on with the others when one has had enough, or cannot be started', async () => {
    const broken = sideOf({ name: 'broken', start: () => Promise.reject(new Error('no such program')) });
    const load = new ScriptedLoad((url, viewers) => (url === 'slow' && viewers === 4 ? { medianFps: 3 } : {}));
    const { sides } = await go({ sides: [broken, talking('slow', []), talking('fast', [])], load });
    assert.deepEqual(
      sides.map(({ stopped }) => stopped?.reason ?? null),
      ['failed', 'half-rate', null],
    );
    assert.match(sides[0]?.stopped?.text ?? '', /no such program/);
    assert.equal(sides[1]?.steps.length, 2, 'the step that was too much is reported');
  });

  it('tells in words that a server died', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)']);
    await once(child, 'spawn');
    const gone = once(child, 'exit');
    const load = new ScriptedLoad(async () => {
      child.kill('SIGKILL');
      await gone;
      return {} as never;
    });
    const { sides } = await go({ sides: [sideOf({ lifetime: 'window', server: { pids: [child.pid!] } })], load });
    assert.deepEqual(sides[0]?.stopped, {
      viewers: 1,
      reason: 'failed',
      text: 'Its process ended while one viewer watched.',
    });
  });

  it('ends what it started when it is ended, and reports what was measured until then', async () => {
    const said: string[] = [];
    const ending = new AbortController();
    let windows = 0;
    const load = new ScriptedLoad(() => {
      if (++windows < 3) return {};
      ending.abort();
      return new Promise<never>(() => undefined);
    });
    const report = await go({ sides: [talking('a', said), talking('b', said)], load, signal: ending.signal });
    assert.deepEqual(
      report.sides.map(({ steps, stopped }) => [steps.map(({ windows }) => windows.length), stopped?.reason]),
      [
        [[1], 'asked'],
        [[1], 'asked'],
      ],
    );
    assert.deepEqual(said.toSorted(), ['start a', 'start b', 'stop a', 'stop b']);
    assert.equal(load.closed, true);
  });
});
