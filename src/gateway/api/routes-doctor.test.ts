// POST /api/cameras/{id}/doctor and the client's iterator, against a real gateway; what control answers is the test's.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withGateway, type Running } from '../../../test/fixtures/gateway.ts';
import { SightlineError } from '../../base/errors.ts';
import type { Examination, StepReport } from '../../link/examination.ts';
import { createClient } from '../../public/client.ts';

const SEEN = { code: 'name-is-address', values: { host: '192.168.1.20' } } as const;
const STEP: StepReport = {
  ...{ step: 'name', state: 'passed', saw: 'It is there.', advice: '' },
  ...{ seen: SEEN, advised: null, tookMs: 1 },
};
const ROUTE: StepReport = { ...STEP, step: 'route' };
const END: Examination = { source: 'rtsp://h/', steps: [STEP, ROUTE], picture: true, tookMs: 5 };

interface Asked {
  readonly opened: string[];
  readonly closed: string[];
  /** Lets a read of so many known steps be answered. */
  readonly go: PromiseWithResolvers<undefined>;
}

/** An examination of two steps; the second waits for the test. */
function withDoctor(body: (running: Running & Asked) => Promise<void>): Promise<void> {
  return withGateway({ server: { token: 'sesame' } }, async (running) => {
    const asked: Asked = { opened: [], closed: [], go: Promise.withResolvers<undefined>() };
    running.view.answers.openExamination = ({ id }) => {
      asked.opened.push(id);
      return { run: `run-${id}` };
    };
    running.view.answers.readExamination = async ({ known }) => {
      if (known === 0) return { steps: [STEP], examination: null };
      await asked.go.promise;
      return { steps: [ROUTE], examination: END };
    };
    running.view.answers.closeExamination = ({ run }) => {
      asked.closed.push(run);
      asked.go.resolve(undefined);
      return null;
    };
    await body({ ...running, ...asked });
  });
}

test('steps come as they end, each on a line of its own, and what it comes to at last', async () => {
  await withDoctor(async ({ url, go, opened }) => {
    const steps: string[] = [];
    const client = createClient({ baseUrl: url, token: 'sesame' });
    const doctor = client.doctor('door');
    for (let said = await doctor.next(); ; said = await doctor.next()) {
      if (said.done) {
        assert.deepEqual(said.value, { source: 'rtsp://h/', picture: true, tookMs: 5 });
        break;
      }
      steps.push(said.value.step);
      go.resolve(undefined);
    }
    assert.deepEqual(steps, ['name', 'route']);
    assert.deepEqual(opened, ['door']);
  });
});

test('a reader that leaves ends the examination', async () => {
  await withDoctor(async ({ url, go, closed }) => {
    const client = createClient({ baseUrl: url, token: 'sesame' });
    for await (const { step } of client.doctor('door')) {
      assert.equal(step, 'name');
      break;
    }
    await go.promise;
    assert.deepEqual(closed, ['run-door']);
  });
});

test('it is refused with the reason: no login, no such camera, one that runs already', async () => {
  await withDoctor(async ({ url, view }) => {
    const asStranger = await fetch(`${url}/api/cameras/door/doctor`, { method: 'POST' });
    assert.equal(asStranger.status, 401);
    const client = createClient({ baseUrl: url, token: 'sesame' });
    view.answers.openExamination = () => Promise.reject(new SightlineError('not-found', 'There is no camera.'));
    await assert.rejects(client.doctor('none').next(), { code: 'not-found', status: 404 });
    view.answers.openExamination = () => Promise.reject(new SightlineError('too-many-attempts', 'It runs.'));
    await assert.rejects(client.doctor('door').next(), { code: 'too-many-attempts', status: 429 });
  });
});

test('an answer that ends before its last line is an error, not an end', async () => {
  await withDoctor(async ({ url, view }) => {
    view.answers.readExamination = ({ known }) => {
      if (known === 0) return { steps: [STEP], examination: null };
      return Promise.reject(new SightlineError('link-closed', 'Main is gone.'));
    };
    const doctor = createClient({ baseUrl: url, token: 'sesame' }).doctor('door');
    assert.equal((await doctor.next()).done, false);
    await assert.rejects(doctor.next());
  });
});
