import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { benchReport, hostileReport, quickReport } from '../../../test/fixtures/bench-report.ts';
import { reading } from './reading.ts';
import type { BenchReport, SideReport } from '../types.ts';

function withSides(change: (side: SideReport) => SideReport): BenchReport {
  const report = benchReport();
  return { ...report, sides: report.sides.map(change) };
}

describe('the reading of a report', () => {
  it('says word for word what the figures say, what matters to a person first', () => {
    assert.deepEqual(reading(benchReport()), [
      'On this machine the naive API holds 4 viewers at 25 fps, the threaded one 16, the shared one 1000.',
      'Beside them, article holds 4 viewers at 25 fps, motion 16.',
      'A number of viewers is held when each of them gets pictures and the slowest 25 fps; tried were 1, 4, 16, 64, 256 and 1000.',
      'Measured with no more than they hold, so that they may hold more: shared and motion.',
      'naive went no further than 16 viewers: its slowest viewer got 8.4 fps, the camera sends 30.',
      'threaded went no further than 64 viewers: its slowest viewer got 7.2 fps, the camera sends 30.',
      'article went no further than 16 viewers: 6 of 16 viewers got no picture.',
      'The CPU of naive grows in a line from 1 to 4 viewers: each viewer more costs 0.22 of a core.',
      'The CPU of threaded grows in a line from 1 to 16 viewers: each viewer more costs 0.0762 of a core.',
      'The CPU of shared is nearly flat from 1 to 1000 viewers: a hundred viewers more cost 0.037 of a core, the first one 0.21.',
      'The CPU of article grows in a line from 1 to 4 viewers: each viewer more costs 0.213 of a core.',
      'With 16 viewers, a picture delivered costs naive 31.2 times the CPU that it costs shared: 14,044 microseconds beside 451.',
      'With 64 viewers, a picture delivered costs threaded 34.4 times the CPU that it costs shared: 4131 microseconds beside 120.',
      'With 4 viewers, a picture delivered costs article 4.94 times the CPU that it costs shared: 8700 microseconds beside 1761.',
      'Each at the most viewers that it holds at 25 fps, beside the 19.4 microseconds a picture of shared with 1000: naive (4 viewers) 382 times, threaded (16 viewers) 152 times and article (4 viewers) 448 times.',
      'CPU and memory of motion are not known: its processes were not named.',
      'First whole picture on a closed camera: naive 590 ms (572 to 602); threaded 590 ms (572 to 602); shared 590 ms (572 to 602); article 590 ms (572 to 602); motion 590 ms (572 to 602).',
      'First whole picture while others watch, half of the viewers within: naive 702 ms, 95 % within 1123 ms (4 viewers); threaded 61 ms, 95 % within 97.6 ms (16 viewers); shared 118 ms, 95 % within 189 ms (1000 viewers); article 1040 ms, 95 % within 1664 ms (4 viewers); motion 240 ms, 95 % within 384 ms (16 viewers).',
      'Delay from capture to arrival, half of the pictures within: naive 72.2 ms, 95 % within 95.4 ms (4 viewers); threaded 85.6 ms, 95 % within 114 ms (16 viewers); shared 73.8 ms, 95 % within 97.6 ms (1000 viewers); article 207 ms, 95 % within 276 ms (4 viewers); motion 87.2 ms, 95 % within 115 ms (16 viewers).',
      "Of the camera's frames, at the same numbers of viewers: naive none lost, none repeated; threaded 2 % lost, 2 repeated; shared none lost, none repeated; article none lost, none repeated; motion none lost, none repeated.",
      'The load client ran in a process of its own and is counted in no server\'s figure; its CPU was at most 4.5 % of that of naive, 4.3 % of that of threaded, 119 % of that of shared and 3.2 % of that of article.',
      'Warning: the load client used more than 100 % of the CPU of shared (119 % with 1000): it may have held the server back.',
      'Server and load client counted the same parts: shared (1,340,992).',
      'Absent here, therefore not compared: go2rtc (no path to its binary was given).',
      'Each figure is the median of 3 windows of 10 s after 3 s of warm-up, with its range.',
    ]); // prettier-ignore
  });

  it('of one window a figure gives no range', () => {
    const sentences = reading(quickReport());
    assert.equal(sentences.at(-1), 'Each figure is one window of 10 s after 3 s of warm-up: no range.');
    assert.ok(sentences.includes('First whole picture on a closed camera: naive 590 ms; threaded 590 ms; shared 590 ms; article 590 ms; motion 590 ms.')); // prettier-ignore
  });

  it('of a camera without test card says what is not known, how many sessions it allows, and what was not measured', () => {
    const sentences = reading(hostileReport('no'));
    assert.ok(sentences.includes('This camera allows 4 sessions: it refused naive more.'));
    assert.ok(sentences.includes('The pictures of this camera carry no test card: delay, lost and repeated frames are not known.')); // prettier-ignore
    assert.ok(sentences.includes('threaded could not be measured: its slowest viewer got 7.2 fps, the camera sends 30.')); // prettier-ignore
    assert.ok(!sentences.some((it) => /threaded (one|API)/.test(it)), 'is no part of what is compared');
  });

  it('compares nobody with somebody who is absent, or with a side whose processes are not known', () => {
    const told = reading(benchReport()).filter((it) => /times/.test(it));
    assert.ok(!told.some((it) => /go2rtc|motion/.test(it)));
  });

  it('warns where both ends counted other numbers, and says of a naive API that holds nobody that it holds none', () => {
    const report = withSides((side) =>
      side.name === 'shared'
        ? { ...side, agreement: { client: 99, server: 100 } }
        : { ...side, steps: side.steps.slice(2) },
    );
    const sentences = reading(report);
    assert.equal(sentences[0], 'On this machine the naive API holds no viewer at 25 fps, the threaded one 16, the shared one 1000.'); // prettier-ignore
    assert.ok(sentences.includes('Warning: shared counted 100 parts sent, the load client 99 received.'));
  });

  it('of nothing measured says so, and holds no figure that is not a number', () => {
    assert.equal(reading(withSides((side) => ({ ...side, steps: [] })))[0], 'Nothing was measured.');
    for (const report of [benchReport(), quickReport(), hostileReport('no')])
      assert.doesNotMatch(reading(report).join(' '), /NaN|Infinity|undefined|null/);
  });
});
