import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { benchReport, hostileReport, quickReport } from '../../../test/fixtures/bench-report.ts';
import { reading } from './reading.ts';
import { reportTable } from './table.ts';

const HOSTILE = '\u001b[2Ja name that is longer than any column could ever be';

describe('the table of a report', () => {
  it('fits 120 columns, whoever named what', () => {
    for (const report of [benchReport(), quickReport(), hostileReport(HOSTILE)])
      for (const line of reportTable(report).split('\n')) assert.ok(line.length <= 120, line);
  });

  it('begins with what the figures say, then has one row a side for each number of viewers', () => {
    const report = benchReport();
    const text = reportTable(report);
    assert.ok(text.startsWith(reading(report)[0]!));
    const rows = text.slice(text.indexOf('\n16 viewers\n')).split('\n').slice(2, 7);
    assert.deepEqual(
      rows.map((row) => row.trim().split(/ +/).slice(0, 3).join(' ')),
      ['naive 16 8.40/8.50~1%', 'threaded 16 29.1/29.2~1%', 'shared 16 30.0/30.1', 'article 10 0/9.00', 'motion 16 26.4/26.5~1%'], // prettier-ignore
    );
  });

  it('is plain ASCII, and of what people and servers wrote it takes nothing that moves the cursor', () => {
    assert.match(reportTable(benchReport()), /^[\n\x20-\x7e]*$/);
    assert.doesNotMatch(reportTable(hostileReport(HOSTILE)), /[^\P{Cc}\n]/u);
  });

  it('shows what is not known as a dash and never as a number that is none', () => {
    const quick = reportTable(quickReport());
    assert.match(quick, /^ {2}motion .* - +- +- +- +- +10$/m);
    assert.doesNotMatch(quick, /NaN|Infinity|undefined|~/);
  });

  it('of a run in which nothing could be measured has no rows', () => {
    const report = benchReport();
    const text = reportTable({ ...report, sides: report.sides.map((side) => ({ ...side, steps: [] })) });
    assert.match(text, /^Nothing was measured\.$/m);
    assert.doesNotMatch(text, /fps low/);
  });
});
