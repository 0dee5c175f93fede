// The processors of a camera, on its own page: each with its state and options, and the built-in ones that it could have.

import type { JSX } from 'preact';
import type { Camera } from '../api.ts';
import { Why } from '../forms/field.tsx';
import { obstacle } from '../forms/may-change.tsx';
import { t } from '../i18n.ts';
import { useChange } from './change.ts';
import { ProcessorRow } from './processor-row.tsx';

const BUILT_IN = ['motion', 'overlay', 'qr'] as const;

export function ProcessorPanel({ camera }: { readonly camera: Camera }): JSX.Element | null {
  const words = t().processors;
  const changeable = obstacle() === null;
  const { processors } = camera;
  if (processors.length === 0 && !changeable) return null;
  return (
    <section class="processors">
      <h2>{words.title}</h2>
      {processors.length === 0 && (
        <p class="tone-muted">
          {words.none} {words.noneHow}
        </p>
      )}
      {processors.length > 0 && (
        <ul>
          {processors.map((processor) => (
            <ProcessorRow
              key={processor.name}
              camera={camera}
              processor={processor}
              changeable={changeable}
              open={processors.length === 1}
            />
          ))}
        </ul>
      )}
      {changeable && <AddBuiltIn camera={camera} />}
    </section>
  );
}

function AddBuiltIn({ camera }: { readonly camera: Camera }): JSX.Element | null {
  const words = t().processors;
  const { change, failure } = useChange(camera);
  const missing = BUILT_IN.filter((it) => !camera.processors.some(({ name, use }) => name === it || use === it));
  if (missing.length === 0) return null;
  return (
    <>
      <p class="actions">
        {missing.map((name) => (
          <button key={name} type="button" title={words.builtIn[name]} onClick={() => void change({ [name]: {} })}>
            {words.addOne(name)}
          </button>
        ))}
      </p>
      {failure !== null && <Why failure={failure} />}
    </>
  );
}
