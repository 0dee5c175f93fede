// How steps become rows.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ExaminationStep } from '../../../src/gateway/api/contract-examination.ts';
import { rowsOf } from './rows.ts';

function step(name: ExaminationStep['step'], state: ExaminationStep['state'], saw: string): ExaminationStep {
  return { step: name, state, saw, advice: '', seen: { code: 'stopped', values: {} }, advised: null, tookMs: 1 };
}

it('steps that are skipped for the same reason share a row, others stand alone', () => {
  const rows = rowsOf([
    step('name', 'passed', 'x'),
    step('route', 'passed', 'x'),
    step('tracks', 'skipped', 'No picture came.'),
    step('stream', 'failed', 'No.'),
    step('keyframes', 'skipped', 'stream failed before'),
    step('timestamps', 'skipped', 'stream failed before'),
    step('clock', 'skipped', 'another reason'),
  ]);
  assert.deepEqual(
    rows.map(({ steps }) => steps),
    [['name'], ['route'], ['tracks'], ['stream'], ['keyframes', 'timestamps'], ['clock']],
  );
});
