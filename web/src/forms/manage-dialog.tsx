// The dialogs about one camera: edit and remove, whichever the page has been asked for.

import type { JSX } from 'preact';
import { closeDialog, dialog } from '../dialog-state.ts';
import { EditDialog } from './edit-dialog.tsx';
import { RemoveDialog } from './remove-dialog.tsx';

export function ManageDialog(): JSX.Element | null {
  const name = dialog.value;
  if (name?.kind === 'edit') return <EditDialog key={name.camera.uid} camera={name.camera} onClose={closeDialog} />;
  if (name?.kind === 'remove') return <RemoveDialog key={name.camera.uid} camera={name.camera} onClose={closeDialog} />;
  return null;
}
