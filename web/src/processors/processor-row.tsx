// One processor of a camera: whether it is on, what it does and how long that takes, what failed and where, and its
// options.

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Camera, ProcessorStatus, Reason } from '../api.ts';
import { Why } from '../forms/field.tsx';
import { number, t } from '../i18n.ts';
import { StateShape } from '../shape.tsx';
import { Switch } from '../switch.tsx';
import { problemHint, problemTitle, sentence, type Shape, type Tone } from '../words.ts';
import { useChange } from './change.ts';
import { OptionForm } from './option-form.tsx';

const LOOKS: Readonly<Record<ProcessorStatus['state'], readonly [Shape, Tone]>> = {
  off: ['crossed', 'muted'],
  starting: ['ring', 'muted'],
  resting: ['disc', 'muted'],
  running: ['dot', 'ok'],
  failed: ['square', 'bad'],
};
/** A file and a line in it. */
const PLACE = /((?:[\w@.~-]*\/)*[\w.-]+\.[cm]?[jt]sx?:\d+(?::\d+)?)/;

interface ProcessorRowProps {
  readonly camera: Camera;
  readonly processor: ProcessorStatus;
  /** Whoever looks may change it. */
  readonly changeable: boolean;
  readonly open: boolean;
}

export function ProcessorRow({ camera, processor, changeable, open }: ProcessorRowProps): JSX.Element {
  const words = t().processors;
  const { name, description, state, problem } = processor;
  const { change, failure } = useChange(camera);
  const [shape, tone] = LOOKS[state];
  return (
    <li class="processor">
      <div class="processor-head">
        <h3>{name}</h3>
        <span class={`processor-state ${state === 'running' ? 'tone-muted' : `tone-${tone}`}`}>
          <StateShape shape={shape} tone={tone} />
          <span role="status">{words.states[state]}</span>
        </span>
        {changeable && <Power processor={processor} onTurn={(enabled) => change({ [name]: { enabled } })} />}
      </div>
      {description !== '' && (
        <p class="tone-muted" lang="en">
          {description}
        </p>
      )}
      {problem !== null && <Failed problem={problem} stillRuns={state === 'running'} />}
      {failure !== null && <Why failure={failure} />}
      {processor.enabled && <Figures processor={processor} />}
      {changeable && (
        <details class="processor-options" open={open}>
          <summary>
            {words.options}
            <span class="unseen">, {name}</span>
          </summary>
          <OptionForm camera={camera} processor={processor} />
          {processor.use !== null && (
            <button
              type="button"
              class="danger"
              aria-label={words.of(words.remove, name)}
              onClick={() => void change({ [name]: null })}
            >
              {words.remove}
            </button>
          )}
        </details>
      )}
    </li>
  );
}

interface PowerProps {
  readonly processor: ProcessorStatus;
  /** Null is on: what holds where nothing is said. */
  readonly onTurn: (enabled: false | null) => Promise<void>;
}

/** Shows what was wished until the server says what is. */
function Power({ processor, onTurn }: PowerProps): JSX.Element {
  const [wished, setWished] = useState<boolean | null>(null);
  useEffect(() => setWished(null), [processor.enabled]);
  const turn = async (on: boolean): Promise<void> => {
    setWished(on);
    await onTurn(on ? null : false);
    setWished(null);
  };
  const words = t().processors;
  return (
    <Switch
      label={words.of(words.switchedOn, processor.name)}
      on={wished ?? processor.enabled}
      onTurn={(on) => void turn(on)}
    />
  );
}

function Failed({ problem, stillRuns }: { readonly problem: Reason; readonly stillRuns: boolean }): JSX.Element {
  const own = t().problems !== null;
  const text = sentence(problem.text);
  return (
    <div class="processor-problem">
      {own && <p>{problemTitle(problem)}</p>}
      <p lang="en">{text.split(PLACE).map((part, at) => (at % 2 === 1 ? <code key={part}>{part}</code> : part))}</p>
      <p class="tone-muted">{stillRuns && own ? t().processors.kept : problemHint(problem)}</p>
    </div>
  );
}

function Figures({ processor }: { readonly processor: ProcessorStatus }): JSX.Element {
  const words = t().processors;
  const { p50Ms, p95Ms, frames, reloads, restarts } = processor;
  const time = p50Ms === null || p95Ms === null ? words.noTime : words.timeOf(number(p50Ms, 1), number(p95Ms, 1));
  return (
    <dl class="about-facts">
      <dt>{words.time}</dt>
      <dd>{time}</dd>
      <dt>{words.frames}</dt>
      <dd>{words.framesOf(number(frames.done), number(frames.skipped))}</dd>
      <dt>{words.reloads}</dt>
      <dd>{words.reloadsOf(number(reloads))}</dd>
      {restarts > 0 && (
        <>
          <dt>{words.restarts}</dt>
          <dd>{words.reloadsOf(number(restarts))}</dd>
        </>
      )}
    </dl>
  );
}
