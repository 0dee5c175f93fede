// Below an opened camera: the steps of its examination as they come, each with what was seen and what to do.

import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { StepName } from '../../../src/gateway/api/contract-examination.ts';
import type { Camera } from '../api.ts';
import { Why } from '../forms/field.tsx';
import { failureOfError } from '../forms/failure.ts';
import { language, t } from '../i18n.ts';
import { examinations, findOutWhy, stopExamining, type Examining } from './examining.ts';
import {
  adviceSentence,
  findingWords,
  loadFindingWords,
  problemText,
  seenSentence,
  type FindingWords,
} from './finding-words.ts';
import { rowsOf, type Row } from './rows.ts';

export function DoctorPanel({ camera }: { readonly camera: Camera }): JSX.Element | null {
  const { uid } = camera;
  const examining = examinations.value.get(uid);
  useEffect(() => () => stopExamining(uid), [uid]);
  return examining === undefined ? null : <Shown camera={camera} examining={examining} />;
}

function Shown({ camera, examining }: { readonly camera: Camera; readonly examining: Examining }): JSX.Element {
  const words = t().doctor;
  const section = useRef<HTMLElement>(null);
  useEffect(() => section.current!.scrollIntoView({ block: 'nearest' }), []);
  const lang = language.value;
  useEffect(() => void loadFindingWords(lang), [lang]);
  const findings = findingWords(lang);
  const { steps, running, failure } = examining;
  return (
    <section ref={section} class="doctor">
      <h2>{words.title}</h2>
      <p role="status" class="doctor-sum">
        {failure === null ? sumOf(examining) : ''}
      </p>
      {failure !== null && <Why failure={failureOfError(failure)} />}
      {steps.length > 0 && findings !== undefined && (
        <ol>
          {rowsOf(steps).map((row) => (
            <Step key={row.steps[0]} row={row} findings={findings} />
          ))}
        </ol>
      )}
      <p class="actions">
        {running ? (
          <button type="button" onClick={() => stopExamining(camera.uid)}>
            {words.stop}
          </button>
        ) : (
          <button type="button" onClick={() => findOutWhy(camera)}>
            {words.again}
          </button>
        )}
      </p>
    </section>
  );
}

const TONES = { passed: 'tone-ok', warned: 'tone-warn', failed: 'tone-bad', skipped: 'tone-muted' } as const;

interface StepProps {
  readonly row: Row;
  readonly findings: FindingWords | null;
}

function Step({ row, findings }: StepProps): JSX.Element {
  const words = t().doctor;
  const { steps, state } = row;
  const saw = seenSentence(findings, language.value, row);
  const advice = adviceSentence(findings, language.value, row);
  const problem = saw.lang === 'en' ? '' : problemText(row.seen);
  return (
    <li class={state === 'skipped' ? 'tone-muted' : ''}>
      <span class="doctor-name">{steps.map((step) => words.steps[step]).join(', ')}</span>
      <span class={`doctor-state ${TONES[state]}`}>{words.states[state]}</span>
      <span class="doctor-saw" lang={saw.lang}>
        {saw.text}
        {problem !== '' && (
          <span class="tone-muted" lang="en">
            {` (${problem})`}
          </span>
        )}
      </span>
      {advice.text !== '' && (
        <strong class="doctor-advice" lang={advice.lang}>
          {advice.text}
        </strong>
      )}
    </li>
  );
}

/** What it comes to, or where it is. */
function sumOf({ steps, end, running }: Examining): string {
  const words = t().doctor;
  if (running) return words.looking(words.steps[nextOf(steps.length)]);
  if (end === null) return words.stopped;
  const looks = steps.filter(({ state }) => state === 'warned').length;
  if (end.picture) return looks === 0 ? words.picture : words.pictureBut(looks);
  const failed = steps.find(({ state }) => state === 'failed');
  return failed === undefined ? words.stopped : words.noPicture(words.steps[failed.step]);
}

/** The step that is looked at after so many: the dictionary has them in their order. */
function nextOf(count: number): StepName {
  const names = Object.keys(t().doctor.steps) as StepName[];
  return names[Math.min(count, names.length - 1)]!;
}
