// The pages beside the wall and the opened camera: add, settings, login. Escape leads back to the wall.

import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { EventsPage } from '../events/events-page.tsx';
import { t } from '../i18n.ts';
import { go, route, type PageName } from '../route.ts';
import { locked } from '../session.ts';
import { AddPage } from './add-page.tsx';
import { LoginPage } from './login-page.tsx';
import { SettingsPage } from './settings-page.tsx';

/** The page that stands in the place of the wall; null when the wall, or a camera, is to be shown. */
export function managedPage(): JSX.Element | null {
  const { page } = route.value;
  if (page === 'settings') return <Managed key={page} page={page} />;
  if (locked.value) return <LoginPage key="login" />;
  if (page === 'events') return <Managed key={page} page={page} />;
  return page === 'add' || page === 'login' ? <Managed key={page} page={page} /> : null;
}

function Managed({ page }: { readonly page: PageName }): JSX.Element {
  const title = titleOf(page);
  useEffect(() => {
    const leave = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented && document.querySelector('dialog[open]') === null) go('/');
    };
    addEventListener('keydown', leave);
    return () => removeEventListener('keydown', leave);
  }, []);
  useEffect(() => {
    document.title = `${title} · Sightline`;
  }, [title]);
  if (page === 'events') return <EventsPage />;
  if (page === 'add') return <AddPage />;
  return page === 'login' ? <LoginPage /> : <SettingsPage />;
}

function titleOf(page: PageName): string {
  const { add, login, settings } = t().manage;
  if (page === 'events') return t().processors.events.title;
  if (page === 'add') return add.title;
  return page === 'login' ? login.title : settings.title;
}
