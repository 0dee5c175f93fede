// The bar at the top: where one is, how the cameras are, and the ways to add one and to the settings. When the server
// is lost it says so here; what a person's action led to stands here for a while.

import type { JSX } from 'preact';
import { Icon } from './icons.tsx';
import { t } from './i18n.ts';
import { notice } from './notice.ts';
import { follow, linkTo, route, showWall } from './route.ts';
import { lost, wordFor } from './seen.ts';
import { cameras, serverNowMs } from './state.ts';
import { stills } from './tiles/tiles.ts';
import { countOf, timeOfDay } from './words.ts';

export function Bar(): JSX.Element {
  return (
    <header class="bar">
      {route.value.page === 'wall' ? <h1 class="brand">Sightline</h1> : <Back />}
      <Sentence />
    </header>
  );
}

/** Stands in the bar, but comes after the cameras for who goes by keys: those are what one comes for. */
export function Ways(): JSX.Element {
  return (
    <nav class="ways" aria-label="Sightline">
      <Way path="/events" label={t().processors.events.way} icon="events" />
      <Way path="/add" label={t().watch.add} icon="plus" />
      <Way path="/settings" label={t().watch.settings} icon="settings" />
    </nav>
  );
}

function Back(): JSX.Element {
  const press = (event: MouseEvent): void => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    showWall();
  };
  return (
    <a class="brand back" href={linkTo('/')} onClick={press}>
      <Icon name="back" />
      <span>{t().watch.all}</span>
    </a>
  );
}

interface WayProps {
  readonly path: string;
  readonly label: string;
  readonly icon: 'events' | 'plus' | 'settings';
}

function Way({ path, label, icon }: WayProps): JSX.Element {
  return (
    <a class="icon-button" href={linkTo(path)} aria-label={label} title={label} onClick={follow}>
      <Icon name={icon} />
    </a>
  );
}

function Sentence(): JSX.Element {
  const lostMs = lost.value;
  if (lostMs !== null) {
    return (
      <p class="count tone-warn" role="alert">
        {t().page.lost(timeOfDay(lostMs, serverNowMs.value, true))}
      </p>
    );
  }
  return (
    <p class="count">
      <span role="status">{notice.value}</span>
      {notice.value === '' && <Count />}
    </p>
  );
}

function Count(): JSX.Element | null {
  const list = cameras.value;
  if (list === null || list.length === 0) return null;
  if (stills.value) return <span title={t().watch.stillsWhy}>{t().watch.stills}</span>;
  return <span>{countOf(list.map((camera) => wordFor(camera)))}</span>;
}
