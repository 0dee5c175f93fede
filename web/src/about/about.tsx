// Below the opened picture: what is known of the camera, who watches, what happened, and what can be done with it.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ApiError, patch, type Camera } from '../api.ts';
import { openDialog } from '../dialog-state.ts';
import { findOutWhy } from '../doctor/examining.ts';
import { DoctorPanel } from '../doctor/panel.tsx';
import { EventList } from '../events/event-list.tsx';
import { LoginLink, Why } from '../forms/field.tsx';
import { failureOfError, type Failure } from '../forms/failure.ts';
import { obstacle } from '../forms/may-change.tsx';
import { t } from '../i18n.ts';
import { ProcessorPanel } from '../processors/panel.tsx';
import { may } from '../session.ts';
import { poll } from '../state.ts';
import { Addresses } from './addresses.tsx';
import { Happened } from './happened.tsx';
import { StatusFacts } from './status-facts.tsx';
import { ViewerTable } from './viewer-table.tsx';

export function About({ camera }: { readonly camera: Camera }): JSX.Element {
  const finds = camera.processors.length > 0;
  const facts = (
    <>
      <StatusFacts camera={camera} />
      <ViewerTable id={camera.id} />
      <Happened id={camera.id} />
    </>
  );
  return (
    <section class="about" aria-label={t().manage.about.title(camera.config.name)}>
      <div class="about-column">
        <Doings camera={camera} />
        <DoctorPanel camera={camera} />
        <ProcessorPanel camera={camera} />
        {finds ? <Found camera={camera} /> : facts}
      </div>
      <div class="about-column">
        {finds && facts}
        <Addresses camera={camera} />
      </div>
    </section>
  );
}

/** What its processors found. */
function Found({ camera }: { readonly camera: Camera }): JSX.Element {
  return (
    <section class="found">
      <h2>{t().processors.events.title}</h2>
      <EventList key={camera.id} camera={camera.id} />
    </section>
  );
}

/** What can be done with the camera by whoever may. */
function Doings({ camera }: { readonly camera: Camera }): JSX.Element | null {
  const { about } = t().manage;
  const [failure, setFailure] = useState<Failure | null>(null);
  const what = obstacle();
  const why = (
    <button type="button" onClick={() => findOutWhy(camera)}>
      {t().doctor.findOutWhy}
    </button>
  );
  if (what === 'fixed') return may('configure') ? <p class="actions">{why}</p> : null;
  if (what !== null) {
    return (
      <p class="actions">
        <LoginLink />
      </p>
    );
  }
  const { enabled } = camera.config;
  const turn = async (): Promise<void> => {
    try {
      await patch<Camera>(`/api/cameras/${camera.id}`, { enabled: !enabled });
      setFailure(null);
      await poll();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFailure(failureOfError(error));
    }
  };
  return (
    <>
      <p class="actions">
        <button type="button" onClick={() => openDialog({ kind: 'edit', camera })}>
          {about.edit}
        </button>
        <button type="button" onClick={() => void turn()}>
          {enabled ? about.switchOff : about.switchOn}
        </button>
        {why}
        <button type="button" class="danger" onClick={() => openDialog({ kind: 'remove', camera })}>
          {about.remove}
        </button>
      </p>
      {failure !== null && <Why failure={failure} />}
    </>
  );
}
