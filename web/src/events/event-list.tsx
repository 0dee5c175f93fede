// Events, the newest first: what, when, where, and the picture that it was found in. Grows to its room and no further.

import type { JSX } from 'preact';
import { cameraPath, type Camera } from '../api.ts';
import { t } from '../i18n.ts';
import { nameOf } from '../names.ts';
import { linkTo, openLink } from '../route.ts';
import { cameras, serverNowMs } from '../state.ts';
import { number } from '../i18n.ts';
import { timeOfDay } from '../words.ts';
import { wordsOf } from './event-words.ts';
import { useFeed, type CameraEvent } from './feed.ts';

interface EventListProps {
  /** Null: of all cameras. */
  readonly camera: string | null;
}

export function EventList({ camera }: EventListProps): JSX.Element {
  const feed = useFeed(camera);
  const words = t().processors.events;
  const events = feed.events.value;
  const state = feed.state.value;
  return (
    <>
      {state === 'cut' && <p class="tone-warn">{words.cut}</p>}
      {feed.missed.value > 0 && <p class="tone-muted">{words.missed(number(feed.missed.value))}</p>}
      {events.length === 0 && state === 'open' && <Empty all={camera === null} />}
      {events.length > 0 && (
        <ol class="events" tabIndex={camera === null ? undefined : 0} aria-label={words.title}>
          {events.map((event) => (
            <EventRow key={event.id} event={event} named={camera === null} />
          ))}
        </ol>
      )}
    </>
  );
}

function Empty({ all }: { readonly all: boolean }): JSX.Element {
  const words = t().processors.events;
  const finding = (cameras.value ?? []).some(({ processors }) => processors.length > 0);
  return <p class="tone-muted">{all && !finding ? words.noProcessors : `${words.none} ${words.noneHow}`}</p>;
}

interface EventRowProps {
  readonly event: CameraEvent;
  /** With the name of the camera: among those of others. */
  readonly named: boolean;
}

function EventRow({ event, named }: EventRowProps): JSX.Element {
  const camera = cameras.value?.find(({ uid }) => uid === event.uid);
  const { title, rest } = wordsOf(event, camera);
  return (
    <li class="event">
      <span class="event-picture">
        {event.snapshot !== null && (
          <img src={event.snapshot} alt={t().processors.events.pictureOf(title)} loading="lazy" decoding="async" />
        )}
      </span>
      <p class="event-words">
        <strong>{title}</strong> {rest !== '' && <span class="tone-muted">{rest}</span>}
      </p>
      <p class="event-where tone-muted">
        <time dateTime={event.capturedAt}>{timeOfDay(Date.parse(event.capturedAt), serverNowMs.value, true)}</time>
        {' · '}
        {named && <Where event={event} camera={camera} />}
        {named && ' · '}
        {event.processor}
      </p>
    </li>
  );
}

function Where({ event, camera }: { readonly event: CameraEvent; readonly camera: Camera | undefined }): JSX.Element {
  if (camera === undefined) return <>{event.camera}</>;
  return (
    <a href={linkTo(cameraPath(camera.id))} onClick={(click) => openLink(click, camera.id)}>
      {nameOf(camera)}
    </a>
  );
}
