// The cameras, one row each: a small picture where that costs no camera anything, name, state and reason.
// The order is the config's and never changes by itself.

import type { JSX } from 'preact';
import type { Camera } from './api.ts';
import { cameraPath } from './api.ts';
import { t } from './i18n.ts';
import { followLink } from './route.ts';
import { seenOf } from './seen.ts';
import { StateShape } from './shape.tsx';
import { Thumb } from './thumb.tsx';
import { problemTitle, wordOf } from './words.ts';

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

interface ListProps {
  readonly cameras: readonly Camera[];
  readonly openedId: string | null;
}

export function List({ cameras, openedId }: ListProps): JSX.Element {
  return (
    <nav class="list" aria-label={t().page.cameras} onKeyDown={moveFocus}>
      <ul>
        {cameras.map((camera) => (
          <Row key={camera.uid} camera={camera} opened={camera.id === openedId} />
        ))}
      </ul>
    </nav>
  );
}

function Row({ camera, opened }: { readonly camera: Camera; readonly opened: boolean }): JSX.Element {
  const word = wordOf(camera.status, seenOf(camera));
  return (
    <li>
      <a
        class="row"
        href={cameraPath(camera.id)}
        aria-current={opened ? 'page' : undefined}
        onClick={(event) => followLink(event, camera.id)}
      >
        <Thumb camera={camera} opened={opened} live={word.live} />
        <span class="row-text">
          <span class="row-name" title={camera.id}>
            {camera.config.name}
          </span>
          <span class={`row-state ${word.live ? 'tone-muted' : `tone-${word.tone}`}`}>
            <StateShape shape={word.shape} tone={word.tone} />
            <span class="ellipsis">{`${word.text} ${word.suffix}`.trimEnd()}</span>
          </span>
          {!word.live && camera.status.reason !== null && (
            <span class="row-reason ellipsis" title={camera.status.reason.text}>
              {problemTitle(camera.status.reason)}
            </span>
          )}
        </span>
      </a>
    </li>
  );
}

/** Arrow keys, Home and End move between the rows; Enter is the link's own. */
function moveFocus(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('a.row')];
  const at = rows.findIndex((row) => row === document.activeElement);
  const step = STEPS[event.key];
  let to: number;
  if (step !== undefined) to = at + step;
  else if (event.key === 'Home') to = 0;
  else if (event.key === 'End') to = rows.length - 1;
  else return;
  event.preventDefault();
  rows[Math.max(0, Math.min(rows.length - 1, to))]?.focus();
}
