// Asks before a camera is removed, by its name, and says what is lost.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ApiError, remove, type Camera } from '../api.ts';
import { t } from '../i18n.ts';
import { go, routedId } from '../route.ts';
import { poll } from '../state.ts';
import { failureOfError, type Failure } from './failure.ts';
import { Why } from './field.tsx';
import { MayChange } from './may-change.tsx';
import { Sheet } from './sheet.tsx';

interface RemoveProps {
  readonly camera: Camera;
  readonly onClose: () => void;
}

export function RemoveDialog({ camera, onClose }: RemoveProps): JSX.Element {
  return (
    <Sheet title={t().manage.remove.title(camera.config.name)} onClose={onClose}>
      <MayChange>
        <Question camera={camera} onClose={onClose} />
      </MayChange>
    </Sheet>
  );
}

function Question({ camera, onClose }: RemoveProps): JSX.Element {
  const words = t().manage.remove;
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const run = async (): Promise<void> => {
    setBusy(true);
    try {
      await remove(`/api/cameras/${camera.id}`);
      if (routedId.value === camera.id) go('/', 'replace');
      await poll();
      onClose();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFailure(failureOfError(error));
      setBusy(false);
    }
  };
  return (
    <>
      <p>{words.lost}</p>
      {failure !== null && <Why failure={failure} />}
      <div class="actions">
        <button type="button" class="danger" disabled={busy} onClick={() => void run()}>
          {words.remove}
        </button>
        <button type="button" onClick={onClose}>
          {words.keep}
        </button>
      </div>
    </>
  );
}
