// An examination as a terminal shows it.

import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import type { StepReport } from '../link/examination.ts';
import { DoctorPrinter } from './doctor-text.ts';

function printed(steps: readonly StepReport[], picture: boolean): string {
  const out = new PassThrough({ encoding: 'utf8' });
  const printer = new DoctorPrinter(out);
  printer.begin('rtsp://h/x');
  for (const step of steps) printer.step(step);
  printer.end({ source: 'rtsp://h/x', steps, picture, tookMs: 11_340 });
  return String(out.read());
}

function report(step: StepReport['step'], state: StepReport['state'], saw: string, advice = ''): StepReport {
  return { step, state, saw, advice, seen: { code: 'stopped', values: {} }, advised: null, tookMs: 1 };
}

test('each step has a line with a word, and what to do stands below', () => {
  const text = printed(
    [report('name', 'passed', 'h is 10.0.0.2.'), report('clock', 'warned', 'It is 1 h ahead.', 'Set the time zone.')],
    true,
  );
  assert.equal(
    text,
    [
      'Looking at rtsp://h/x',
      'Name           passed   h is 10.0.0.2.',
      'Clock          look     It is 1 h ahead.',
      '                        -> Set the time zone.',
      'There is a picture; one step is worth a look (11.3 s).',
      '',
    ].join('\n'),
  );
});

test('steps that are skipped for the same reason share a line', () => {
  const text = printed(
    [
      report('login', 'failed', 'No.', 'Give a password.'),
      ...(['path', 'tracks', 'stream'] as const).map((step) => report(step, 'skipped', 'Login failed before.')),
    ],
    false,
  );
  assert.match(text, /\nPath … {9}skipped {2}Login failed before\. \(to Stream\)\n$/);
});

test('on a terminal the last line says what is looked at', () => {
  const out = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY: true, columns: 80 });
  const printer = new DoctorPrinter(out);
  printer.begin('rtsp://h/x');
  printer.step(report('name', 'passed', 'h is 10.0.0.2.'));
  const shown = String(out.read());
  assert.match(shown, /Name {11}…/);
  assert.match(shown, /h is 10\.0\.0\.2\.\n\r.*Route {10}…$/);
});

test('long sentences are broken between words, below one another', () => {
  const saw = Array.from({ length: 30 }, (_, index) => `word${index}`).join(' ');
  const lines = printed([report('name', 'passed', saw)], true).split('\n');
  assert.ok(lines.every((line) => line.length <= 100));
  assert.match(lines[2]!, /^ {24}word/);
});
