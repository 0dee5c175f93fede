// The last lines of a camera's log, the newest first. The server writes them in English.

import type { JSX } from 'preact';
import { readLog } from '../api.ts';
import { t } from '../i18n.ts';
import { usePolled } from '../polled.ts';
import { serverNowMs } from '../state.ts';
import { timeOfDay } from '../words.ts';

const EVERY_MS = 4000;
const TONES = { info: '', warn: 'tone-warn', error: 'tone-bad' } as const;

export function Happened({ id }: { readonly id: string }): JSX.Element {
  const { about } = t().manage;
  const log = usePolled(readLog, id, EVERY_MS);
  return (
    <section>
      <h2>{about.log}</h2>
      {log !== null && log.lines.length === 0 && <p class="tone-muted">{about.nothing}</p>}
      {log !== null && log.lines.length > 0 && (
        <ol class="log" tabIndex={0} aria-label={about.log}>
          {log.lines.map((line) => (
            <li key={`${line.at} ${line.text}`}>
              <time dateTime={line.at}>{timeOfDay(Date.parse(line.at), serverNowMs.value, true)}</time>{' '}
              <span class={TONES[line.level]} lang="en">
                {line.text}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
