// 'Find cameras' below the address field: a button, then the list of what answers, filling as it comes. Choosing one puts
// its address, and the password typed for it, into the form above.

import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { failureOfError } from '../forms/failure.ts';
import { Why } from '../forms/field.tsx';
import { t } from '../i18n.ts';
import { problemTitle } from '../words.ts';
import { FoundRow, type Choose } from './found-row.tsx';
import { discovery, discoveryCut, discoveryError, endDiscovery, recallDiscovery, startDiscovery } from './search.ts';

interface FindCamerasProps {
  readonly onChoose: Choose;
}

export function FindCameras({ onChoose }: FindCamerasProps): JSX.Element {
  const words = t().discovery;
  const now = discovery.value;
  const error = discoveryError.value;
  const running = now?.state === 'running';
  useEffect(() => void recallDiscovery(), []);
  return (
    <section class="found">
      <div class="found-head">
        {now !== null && <h2>{words.title}</h2>}
        {running ? (
          <button type="button" onClick={() => void endDiscovery()}>
            {words.stop}
          </button>
        ) : (
          <button type="button" onClick={() => void startDiscovery({})}>
            {now === null ? words.find : words.again}
          </button>
        )}
        <p role="status" class="tone-muted">
          {now !== null && <Progress />}
          {discoveryCut.value && ` ${words.cut}`}
        </p>
      </div>
      {error !== null && <Why failure={failureOfError(error)} />}
      {now !== null && now.cameras.length > 0 && (
        <ul class="found-list">
          {now.cameras.map((camera) => (
            <FoundRow key={camera.address} camera={camera} onChoose={onChoose} />
          ))}
        </ul>
      )}
      {now?.state === 'ended' && now.cameras.length === 0 && (
        <p>
          {words.nothing} {words.nothingHow}
        </p>
      )}
    </section>
  );
}

function Progress(): JSX.Element {
  const words = t().discovery;
  const now = discovery.value!;
  const count = now.cameras.length === 0 ? '' : words.count(now.cameras.length);
  if (now.state === 'running') return <>{`${words.looking(now.networks.join(', '))}. ${count}`}</>;
  return <>{now.problem === null ? count : problemTitle(now.problem)}</>;
}
