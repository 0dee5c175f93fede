// What a try of an address has come to: room for the picture from the beginning, the picture with what it is, or the
// words while it is awaited.

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Probe } from '../api.ts';
import { codecName } from '../codec-name.ts';
import { number, t } from '../i18n.ts';
import type { Trial } from './trial.ts';

export function TrialView({ trial, onCancel }: { readonly trial: Trial; readonly onCancel: () => void }): JSX.Element {
  const { form } = t().manage;
  return (
    <figure class={isIdle(trial) ? 'trial idle' : 'trial'}>
      <div class="trial-stage">
        {trial.kind === 'found' && (
          <img src={`data:image/jpeg;base64,${trial.probe.picture}`} alt={form.pictureOf(trial.host)} />
        )}
        {trial.kind === 'asking' && <Asking host={trial.host} startedMs={trial.startedMs} onCancel={onCancel} />}
        {isIdle(trial) && <p>{form.room}</p>}
      </div>
      <figcaption>
        <span role="status">{trial.kind === 'found' ? whatIsThere(trial.probe) : ''}</span>
      </figcaption>
    </figure>
  );
}

/** True while there is neither a picture nor one awaited. */
export function isIdle({ kind }: Trial): boolean {
  return kind === 'none' || kind === 'failed';
}

interface AskingProps {
  readonly host: string;
  readonly startedMs: number;
  readonly onCancel: () => void;
}

function Asking({ host, startedMs, onCancel }: AskingProps): JSX.Element {
  const { form } = t().manage;
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds(Math.floor((performance.now() - startedMs) / 1000)), 250);
    return () => clearInterval(timer);
  }, [startedMs]);
  return (
    <div class="asking">
      <p>{form.asking(host, number(seconds))}</p>
      <button type="button" onClick={onCancel}>
        {form.cancel}
      </button>
    </div>
  );
}

/** '1280 × 720 · H.264 · 30 fps · after 0.4 s' */
function whatIsThere(probe: Probe): string {
  const { form } = t().manage;
  const video = probe.tracks.find((track) => track.kind === 'video');
  const rate = probe.fps > 0 ? probe.fps : (video?.fps ?? 0);
  const parts = [
    probe.width > 0 ? `${probe.width} × ${probe.height}` : '',
    video === undefined ? '' : codecName(video.codec),
    rate > 0 ? t().facts.rate(number(rate, 1)) : '',
    form.after(number(probe.tookMs / 1000, 1)),
  ];
  return parts.filter((part) => part !== '').join(' · ');
}
