// Below the opened picture: which of the camera's streams it is, and whether what was found is marked on it.

import type { JSX } from 'preact';
import { MAIN, type Camera } from '../api.ts';
import { t } from '../i18n.ts';
import { chooseStream } from '../route.ts';
import { Switch } from '../switch.tsx';
import { findingsShown } from './findings.tsx';

interface StreamRowProps {
  readonly camera: Camera;
  readonly stream: string;
}

export function StreamRow({ camera, stream }: StreamRowProps): JSX.Element {
  const words = t().processors;
  const finds = camera.processors.some(({ eventTypes }) => eventTypes.length > 0);
  return (
    <div class="stream-row">
      <div class="segments" role="group" aria-label={words.stream}>
        {camera.streams.map((name) => (
          <button key={name} type="button" aria-pressed={name === stream} onClick={() => chooseStream(name)}>
            {name === MAIN ? words.main : name}
          </button>
        ))}
      </div>
      {finds && (
        <Switch
          label={words.showFindings}
          on={findingsShown.value}
          onTurn={(on) => (findingsShown.value = on)}
          labelled
        />
      )}
    </div>
  );
}
