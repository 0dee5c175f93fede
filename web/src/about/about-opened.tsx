// What stands below an opened camera comes when one is opened, so that the wall has its pictures without waiting for it.

import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Camera } from '../api.ts';
import { t } from '../i18n.ts';

type Part = (props: { readonly camera: Camera }) => JSX.Element;

const part = signal<Part | null>(null);

export function AboutOpened({ camera }: { readonly camera: Camera }): JSX.Element | null {
  useEffect(() => void load(), []);
  const Shown = part.value;
  return Shown === null ? null : <Shown camera={camera} />;
}

async function load(): Promise<void> {
  try {
    part.value = (await import('./about.tsx')).About;
  } catch {
    part.value = Gone;
  }
}

/** A server that was replaced meanwhile has other files. */
function Gone(): JSX.Element {
  const { missing, reload } = t().manage.about;
  return (
    <p class="about">
      {missing}{' '}
      <button type="button" onClick={() => location.reload()}>
        {reload}
      </button>
    </p>
  );
}
