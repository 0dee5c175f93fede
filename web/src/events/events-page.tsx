// The page at /events: what the processors of all cameras found.

import type { JSX } from 'preact';
import { t } from '../i18n.ts';
import { EventList } from './event-list.tsx';

export function EventsPage(): JSX.Element {
  return (
    <section class="manage events-page">
      <h1>{t().processors.events.title}</h1>
      <EventList camera={null} />
    </section>
  );
}
