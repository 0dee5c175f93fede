// Which dialog is open over the page: whoever wants one says so here, and the page shows it.

import { signal } from '@preact/signals';
import type { Camera } from './api.ts';

export type DialogName =
  { readonly kind: 'add' | 'settings' | 'keys' } | { readonly kind: 'edit' | 'remove'; readonly camera: Camera };

/** Null: none. */
export const dialog = signal<DialogName | null>(null);

export function openDialog(name: DialogName): void {
  dialog.value = name;
}

export function closeDialog(): void {
  dialog.value = null;
}
