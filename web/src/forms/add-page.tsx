// The page at /add, and what stands in the place of the wall while there is no camera.

import type { JSX } from 'preact';
import { t } from '../i18n.ts';
import { AddForm } from './add-form.tsx';
import { MayChange } from './may-change.tsx';

export function AddPage(): JSX.Element {
  return (
    <section class="manage">
      <h1>{t().manage.add.title}</h1>
      <MayChange>
        <AddForm brief={false} />
      </MayChange>
    </section>
  );
}

export function EmptyPage(): JSX.Element {
  return (
    <section class="manage empty">
      <h1>{t().manage.add.emptyTitle}</h1>
      <MayChange>
        <AddForm brief />
      </MayChange>
    </section>
  );
}
