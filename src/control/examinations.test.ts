// Examinations as control keeps them: one a camera, read step by step, ended when nobody reads.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SightlineError } from '../base/errors.ts';
import type { Examination, Examine, Patient, StepReport } from '../link/examination.ts';
import { Examinations } from './examinations.ts';
import { CameraRecord } from './registry.ts';

const RULES = { allowed: [], ownPorts: [8080] };
const SEEN = { code: 'name-is-address', values: { host: '192.168.1.20' } } as const;
const STEP: StepReport = {
  ...{ step: 'name', state: 'passed', saw: 'It is there.', advice: '' },
  ...{ seen: SEEN, advised: null, tookMs: 1 },
};
const END: Examination = { source: 'rtsp://h/', steps: [STEP], picture: true, tookMs: 5 };

function record(id: string, guarded = false): CameraRecord {
  const source = { kind: 'rtsp', target: 'rtsp://h/', display: 'rtsp://h/', credentials: null } as const;
  const config = { id, name: id, source, always: false, enabled: true, tlsVerify: true, processors: [] };
  const remember = { setSize: () => undefined, setIdentity: () => undefined };
  return new CameraRecord(
    { config, revision: '', guarded },
    { uid: `uid-${id}`, size: null, identity: null, remember, isProbe: false },
  );
}

/** An examination that the test leads. */
class Led {
  readonly patients: Patient[] = [];
  readonly #ends: PromiseWithResolvers<Examination>[] = [];
  readonly #tells: ((step: StepReport) => void)[] = [];
  readonly signals: AbortSignal[] = [];

  readonly examine: Examine = (patient, { signal, onStep }) => {
    const end = Promise.withResolvers<Examination>();
    this.patients.push(patient);
    this.signals.push(signal);
    this.#ends.push(end);
    this.#tells.push(onStep);
    signal.addEventListener('abort', () => end.resolve({ ...END, picture: false }));
    return end.promise;
  };

  step(at = 0): void {
    this.#tells[at]!(STEP);
  }

  end(at = 0): void {
    this.#ends[at]!.resolve(END);
  }

  fail(error: Error): void {
    this.#ends[0]!.reject(error);
  }
}

function code(expected: string): (error: unknown) => boolean {
  return (error) => error instanceof SightlineError && error.code === expected;
}

test('steps are read as they come, then the end, and then there is nothing more', async () => {
  const led = new Led();
  const examinations = new Examinations({ examine: led.examine, rules: () => RULES });
  const run = examinations.open(record('door'));
  const first = examinations.read(run, 0);
  led.step();
  assert.deepEqual(await first, { steps: [STEP], examination: null });
  const second = examinations.read(run, 1);
  led.end();
  assert.deepEqual(await second, { steps: [], examination: END });
  await assert.rejects(examinations.read(run, 1), code('not-found'));
  await examinations.stop();
});

test('a camera is examined once at a time, and again when that has ended; at most four are', async () => {
  const led = new Led();
  const examinations = new Examinations({ examine: led.examine, rules: () => RULES });
  const run = examinations.open(record('door'));
  assert.throws(() => examinations.open(record('door')), code('too-many-attempts'));
  examinations.close(run);
  assert.equal(led.signals[0]!.aborted, true);
  for (const id of ['door', 'b', 'c', 'd']) examinations.open(record(id));
  assert.throws(() => examinations.open(record('e')), code('too-many-attempts'));
  await examinations.stop();
  assert.ok(led.signals.every(({ aborted }) => aborted));
});

test('a source of the API is dialled by the rules, one of the file by none', async () => {
  const led = new Led();
  const examinations = new Examinations({ examine: led.examine, rules: () => RULES });
  examinations.open(record('door'));
  examinations.open(record('added', true));
  assert.deepEqual(
    led.patients.map(({ rules }) => rules()),
    [null, RULES],
  );
  await examinations.stop();
});

test('a fault of ours is told to whoever reads, and the examination is gone', async () => {
  const led = new Led();
  const examinations = new Examinations({ examine: led.examine, rules: () => RULES });
  const run = examinations.open(record('door'));
  const reading = examinations.read(run, 0);
  led.fail(new Error('a bug'));
  await assert.rejects(reading, code('internal'));
  await assert.rejects(examinations.read(run, 0), code('not-found'));
  await examinations.stop();
});
