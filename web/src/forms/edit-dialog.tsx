// Changing a camera. The patch names the revision that was shown: when somebody else was quicker, their values are shown
// beside what is typed here, and nothing typed is lost.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ApiError, cameraPath, get, patch, type Camera, type ProbeRequest } from '../api.ts';
import { t } from '../i18n.ts';
import { go, routedId } from '../route.ts';
import { poll } from '../state.ts';
import { changedFields, draftOf, isMoved, patchOf, rebased, type EditDraft } from './edit-draft.ts';
import { failureOfError, failureOfTyped } from './failure.ts';
import { Check, Field, Why } from './field.tsx';
import { MayChange } from './may-change.tsx';
import { Sheet } from './sheet.tsx';
import { SourceFields } from './source-fields.tsx';
import { useTrial } from './trial.ts';
import { isIdle, TrialView } from './trial-view.tsx';
import { isPush, problemOf } from './typed-address.ts';

interface EditProps {
  readonly camera: Camera;
  readonly onClose: () => void;
}

export function EditDialog({ camera, onClose }: EditProps): JSX.Element {
  return (
    <Sheet title={t().manage.edit.title(camera.config.name)} onClose={onClose}>
      <MayChange>
        <EditForm camera={camera} onClose={onClose} />
      </MayChange>
    </Sheet>
  );
}

function EditForm({ camera, onClose }: EditProps): JSX.Element {
  const { form } = t().manage;
  const [draft, setDraft] = useState(() => draftOf(camera));
  const { trial, failure, start, fail, clear } = useTrial();
  const { met, busy, save } = useSave(camera, {
    fail,
    onClose,
    onMet: (before, now) => setDraft((typed) => rebased(typed, before, now)),
  });
  const shown = met?.now ?? camera;
  const moved = isMoved(draftOf(shown).source, draft.source);
  const set = (change: Partial<EditDraft>): void => {
    setDraft({ ...draft, ...change });
    if (failure !== null) clear();
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    const typed = draft.source === draftOf(shown).source ? null : problemOf(draft.source);
    if (typed === null) save(shown, draft);
    else fail(failureOfTyped(typed));
  };
  return (
    <form class="camera-form" noValidate autocomplete="off" onSubmit={submit}>
      <div class="fields">
        {met !== null && <Met before={met.before} now={met.now} />}
        <Field
          name="name"
          label={form.name}
          value={draft.name}
          failure={failure}
          autofocus
          onInput={(name) => set({ name })}
        />
        <SourceFields
          draft={draft}
          failure={failure}
          passwordPlaceholder={passwordNote(shown, moved)}
          onChange={set}
          onOffer={(source) => set({ source })}
        />
        <Field name="id" label={form.id} value={draft.id} failure={failure} onInput={(id) => set({ id })} />
        {draft.id !== camera.id && <p class="field-note">{form.idWhy}</p>}
        <div class="checks">
          <Check label={form.enabled} checked={draft.enabled} onChange={(enabled) => set({ enabled })} />
          <Check label={form.always} checked={draft.always} onChange={(always) => set({ always })} />
          {/^(rtsps|https):/i.test(draft.source.trim()) && (
            <Check label={form.tlsVerify} checked={draft.tlsVerify} onChange={(tlsVerify) => set({ tlsVerify })} />
          )}
        </div>
        {failure?.field === 'form' && <Why failure={failure} />}
        {!isIdle(trial) && <TrialView trial={trial} onCancel={clear} />}
        <div class="actions">
          <button type="submit" class="primary" disabled={busy}>
            {busy ? form.saving : form.save}
          </button>
          {!isPush(draft.source) && (
            <button type="button" onClick={() => start(probeOf(shown, draft), isStored(shown, draft))}>
              {form.showPicture}
            </button>
          )}
          <button type="button" class="quiet" onClick={onClose}>
            {form.cancel}
          </button>
        </div>
      </div>
    </form>
  );
}

function passwordNote(shown: Camera, moved: boolean): string {
  const { form } = t().manage;
  if (!shown.config.password) return form.ofCamera;
  return moved ? form.neededAgain : form.storedPassword;
}

function isStored(shown: Camera, draft: EditDraft): boolean {
  return draft.source.trim() === draftOf(shown).source;
}

/** The stored address goes back masked as it came: the server knows it. At its host the stored password serves. */
function probeOf(shown: Camera, draft: EditDraft): ProbeRequest {
  return {
    source: isStored(shown, draft) ? shown.config.source : draft.source.trim(),
    like: shown.id,
    tlsVerify: draft.tlsVerify,
    ...(draft.username === '' ? {} : { username: draft.username }),
    ...(draft.password === '' ? {} : { password: draft.password }),
  };
}

interface MetEdit {
  readonly before: Camera;
  readonly now: Camera;
}

/** What somebody else has changed meanwhile. */
function Met({ before, now }: MetEdit): JSX.Element {
  const { edit, form } = t().manage;
  const labels: Readonly<Record<keyof EditDraft, string>> = {
    id: form.id,
    name: form.name,
    source: form.address,
    username: form.username,
    password: form.password,
    always: form.always,
    enabled: form.enabled,
    tlsVerify: form.tlsVerify,
  };
  const values = { ...draftOf(now), password: now.config.password ? form.storedPassword : edit.none };
  const said = (value: string | boolean): string => {
    if (typeof value === 'boolean') return value ? edit.yes : edit.no;
    return value === '' ? edit.none : value;
  };
  return (
    <div class="met" role="alert">
      <p>{edit.changed}</p>
      <ul>
        {changedFields(before, now).map((field) => (
          <li key={field}>{edit.changedTo(labels[field], said(values[field]))}</li>
        ))}
      </ul>
    </div>
  );
}

interface SaveOptions {
  readonly fail: ReturnType<typeof useTrial>['fail'];
  readonly onClose: () => void;
  readonly onMet: (before: Camera, now: Camera) => void;
}

interface Save {
  /** Set once somebody else was quicker. */
  readonly met: MetEdit | null;
  readonly busy: boolean;
  readonly save: (shown: Camera, draft: EditDraft) => void;
}

function useSave(camera: Camera, { fail, onClose, onMet }: SaveOptions): Save {
  const [met, setMet] = useState<MetEdit | null>(null);
  const [busy, setBusy] = useState(false);
  const run = async (shown: Camera, draft: EditDraft): Promise<void> => {
    const changes = patchOf(shown, draft);
    if (Object.keys(changes).length === 0) {
      onClose();
      return;
    }
    try {
      const saved = await patch<Camera>(`/api/cameras/${shown.id}`, changes, { ifMatch: shown.revision });
      await poll();
      if (routedId.value === camera.id && saved.id !== camera.id) go(cameraPath(saved.id), 'replace');
      onClose();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 'revision-mismatch') {
        const now = await latest(shown);
        setMet({ before: shown, now });
        onMet(shown, now);
      } else fail(failureOfError(error));
    } finally {
      setBusy(false);
    }
  };
  const save = (shown: Camera, draft: EditDraft): void => {
    if (busy) return;
    setBusy(true);
    void run(shown, draft);
  };
  return { met, busy, save };
}

/** The camera as it is now; as it was shown when nobody can say. */
async function latest(shown: Camera): Promise<Camera> {
  try {
    return await get<Camera>(`/api/cameras/${shown.id}`);
  } catch (error) {
    if (error instanceof ApiError) return shown;
    throw error;
  }
}
