// Adding a camera: its address, typed or found, then its picture, then a name, then saved. Enter does what comes next.

import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { ApiError, cameraPath, post, type Camera, type CameraCreate } from '../api.ts';
import { FindCameras } from '../discovery/find-cameras.tsx';
import type { Choose } from '../discovery/found-row.tsx';
import { number, t } from '../i18n.ts';
import { go } from '../route.ts';
import { cameras, poll } from '../state.ts';
import { failureOfError, type Failure } from './failure.ts';
import { Field, Why } from './field.tsx';
import { SourceFields, withoutCredentials, type SourceDraft } from './source-fields.tsx';
import { useTrial } from './trial.ts';
import { isIdle, TrialView } from './trial-view.tsx';
import { isPush, nameFrom, PUSH } from './typed-address.ts';

const EMPTY: SourceDraft = { source: '', username: '', password: '' };

/** `brief`: one field to begin with; user and password when the camera asks for them. */
export function AddForm({ brief }: { readonly brief: boolean }): JSX.Element {
  const { form } = t().manage;
  const top = useRef<HTMLFormElement>(null);
  const [draft, setDraft] = useState(EMPTY);
  const [name, setName] = useState<string | null>(null);
  const [asksWho, setAsksWho] = useState(!brief);
  const { trial, failure, start, fail, clear } = useTrial();
  const saving = useSaving(fail);
  const pushed = isPush(draft.source);
  // Of one that is sent its pictures there is nothing to see before.
  const found = trial.kind === 'found' || pushed;
  const wantsWho =
    (!pushed && asksWho) || draft.username !== '' || failure?.field === 'username' || failure?.field === 'password';
  const suggested = name ?? suggestedName(draft.source);

  const change = (next: SourceDraft): void => {
    if (next === draft) return;
    setDraft(next);
    if (next.source !== draft.source) setName(null);
    if (trial.kind !== 'none') clear();
  };
  const show = (wanted: SourceDraft): void => {
    const tidy = withoutCredentials(wanted);
    setDraft(tidy);
    setAsksWho(wantsWho || tidy.username !== '');
    start(sourceOf(tidy));
  };
  const save = (): void => saving.save({ ...sourceOf(draft), name: suggested.trim() });
  const submit = (event: Event): void => {
    event.preventDefault();
    if (found) save();
    else show(draft);
  };
  const choose: Choose = (chosen, called) => {
    setName(called);
    setAsksWho(wantsWho || chosen.username !== '');
    show(chosen);
    top.current?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <>
      <form
        ref={top}
        class={isIdle(trial) ? 'camera-form idle' : 'camera-form'}
        noValidate
        autocomplete="off"
        onSubmit={submit}
      >
        <div class="fields">
          <SourceFields
            draft={draft}
            failure={failure}
            autofocus
            addressOnly={!wantsWho}
            onChange={change}
            onOffer={(source) => show({ ...draft, source })}
          />
          <div class="actions">
            {!pushed && (
              <button
                type={found ? 'button' : 'submit'}
                class={found ? '' : 'primary'}
                onClick={found ? () => show(draft) : undefined}
              >
                {form.showPicture}
              </button>
            )}
            {draft.source.trim() === '' && (
              <button type="button" class="quiet" onClick={() => change({ ...EMPTY, source: PUSH })}>
                {form.pushInstead}
              </button>
            )}
            {!wantsWho && !pushed && (
              <button type="button" class="quiet" onClick={() => setAsksWho(true)}>
                {form.credentials}
              </button>
            )}
            {failure?.askedInVain === true && (
              <button type="button" class="quiet" onClick={save}>
                {form.saveAnyway}
              </button>
            )}
          </div>
          {pushed && <p class="field-note">{form.pushRoom}</p>}
          {(failure?.field === 'form' || failure?.field === 'name' || failure?.field === 'id') && (
            <Why failure={failure} />
          )}
        </div>
        {!pushed && <TrialView trial={trial} onCancel={clear} />}
        {found && (
          <div class="naming">
            <Field name="name" label={form.name} value={suggested} failure={null} autofocus onInput={setName} />
            <button type="submit" class="primary" disabled={saving.busy || suggested.trim() === ''}>
              {saving.busy ? form.saving : form.save}
            </button>
          </div>
        )}
      </form>
      {!found && <FindCameras onChoose={choose} />}
    </>
  );
}

function sourceOf({ source, username, password }: SourceDraft): Pick<CameraCreate, keyof SourceDraft> {
  return {
    source: source.trim(),
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
  };
}

function suggestedName(source: string): string {
  return nameFrom(source) ?? t().manage.add.suggestion(number((cameras.value?.length ?? 0) + 1));
}

interface Saving {
  readonly busy: boolean;
  readonly save: (camera: CameraCreate) => void;
}

/** Saves once at a time, and opens the new camera's page. */
function useSaving(fail: (failure: Failure) => void): Saving {
  const [busy, setBusy] = useState(false);
  const running = useRef(false);
  const run = async (camera: CameraCreate): Promise<void> => {
    try {
      const saved = await post<Camera>('/api/cameras', camera);
      await poll();
      go(cameraPath(saved.id), 'replace');
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      fail(failureOfError(error));
      setBusy(false);
    } finally {
      running.current = false;
    }
  };
  const save = (camera: CameraCreate): void => {
    if (running.current) return;
    running.current = true;
    setBusy(true);
    void run(camera);
  };
  return { busy, save };
}
