// What control knows of cameras, as the API shows it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeView } from '../../../test/fixtures/fake-media.ts';
import type { ProcessorInfo } from '../../link/control-view.ts';
import type { ProcessorReport } from '../../link/processors.ts';
import { presentCamera } from './present.ts';

const REPORT: ProcessorReport = {
  ...{ uid: 'uid-door', name: 'edges', state: 'running', sinceUs: 0, problem: null, description: '', runs: 'always' },
  ...{ shows: 'picture', eventTypes: [], p50Ms: 1, p95Ms: 2, restarts: 0, reloads: 0, heapBytes: 0, mats: 0 },
  frames: { in: 1, done: 1, skipped: 0 },
  options: { low: 60, high: 200 },
  optionsSchema: { properties: { low: { type: 'number', default: 60 }, high: { type: 'number', default: 160 } } },
};

function optionsOf(changes: Partial<ProcessorInfo>): unknown {
  const processor = { name: 'edges', use: null, enabled: true, options: { low: 90 }, report: REPORT, ...changes };
  const [camera] = new FakeView('door').cameras();
  return presentCamera({ ...camera!, processors: [processor] }, 0).processors[0]?.options;
}

test('the options of a processor that runs are those in force, of one that is switched off those it would have', () => {
  assert.deepEqual(optionsOf({}), { low: 60, high: 200 });
  assert.deepEqual(optionsOf({ enabled: false }), { low: 90, high: 160 });
  assert.deepEqual(optionsOf({ report: null }), { low: 90 });
});
