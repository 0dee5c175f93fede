// A camera's status in words: what, since when, why, what to do, and the figures behind it.

import type { JSX } from 'preact';
import type { Camera } from '../api.ts';
import { codecName } from '../codec-name.ts';
import { number, t } from '../i18n.ts';
import { statusOf, wordFor } from '../seen.ts';
import { serverNowMs } from '../state.ts';
import { clockOf, problemHint, problemTitle, sentence, timeOfDay } from '../words.ts';
import { shownSource } from '../forms/edit-draft.ts';

export function StatusFacts({ camera }: { readonly camera: Camera }): JSX.Element {
  const { about } = t().manage;
  const { config } = camera;
  const status = statusOf(camera);
  const word = wordFor(camera);
  const { reason } = status;
  return (
    <section>
      <h2>{about.status}</h2>
      {reason !== null && (
        <p class="about-reason">
          {problemTitle(reason)} {problemHint(reason)}
          {t().problems !== null && <span lang="en"> {sentence(reason.text)}</span>}
        </p>
      )}
      <dl class="about-facts">
        <dt>{about.state}</dt>
        <dd>{word.text}</dd>
        <dt>{about.since}</dt>
        <dd>{timeOfDay(Date.parse(status.since), serverNowMs.value, true)}</dd>
        <Tracks camera={camera} />
        <dt>{about.captureTime}</dt>
        <dd>
          {clockOf(status)}
          {status.captureTime.clock !== null && (
            <span class="field-note"> {about.clockMeaning[status.captureTime.clock]}</span>
          )}
        </dd>
        <dt>{about.data}</dt>
        <dd>{about.bitrate(number(status.bitrate / 1e6, 1))}</dd>
        <dt>{about.sessions}</dt>
        <dd>{number(status.sessions)}</dd>
        <dt>{about.restarts}</dt>
        <dd>{about.times(number(status.restarts))}</dd>
        <dt>{about.source}</dt>
        <dd>
          {shownSource(config.source)}
          {status.moved !== null && <span class="field-note"> {about.moved(status.moved.to)}</span>}
        </dd>
        <dt>{about.id}</dt>
        <dd>{camera.id}</dd>
      </dl>
    </section>
  );
}

function Tracks({ camera }: { readonly camera: Camera }): JSX.Element {
  const { about } = t().manage;
  const { status } = camera;
  return (
    <>
      {status.tracks.map((track) => {
        const isVideo = track.kind === 'video';
        const width = isVideo && track.width === 0 ? status.width : track.width;
        const height = isVideo && track.height === 0 ? status.height : track.height;
        const rate = isVideo ? status.fps : 0;
        const parts = [
          codecName(track.codec),
          ...(width > 0 ? [`${width} × ${height}`] : []),
          ...(rate > 0 ? [t().facts.rate(number(rate, 1))] : []),
        ];
        return [
          <dt key={`${track.id} name`}>{isVideo ? about.picture : about.sound}</dt>,
          <dd key={track.id}>{parts.join(', ')}</dd>,
        ];
      })}
    </>
  );
}
