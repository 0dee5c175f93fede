// A camera's addresses and the lines for other programs, each with a button that copies it.

import type { JSX } from 'preact';
import { address, type Camera } from '../api.ts';
import { CopyField } from '../copy-field.tsx';
import { t } from '../i18n.ts';
import { session } from '../session.ts';
import { snippetsOf } from './snippets.ts';

export function Addresses({ camera }: { readonly camera: Camera }): JSX.Element {
  const { about } = t().manage;
  const kind = session.value?.principal.kind;
  const token = kind === 'token' || kind === 'user';
  const snippets = snippetsOf({ id: camera.id, name: camera.config.name, base: address('/'), token });
  return (
    <section class="addresses">
      <h2>{about.addresses}</h2>
      {token && <p class="tone-muted">{about.token}</p>}
      <CopyField label={about.inPage} text={snippets.image} />
      <CopyField label={about.moving} text={snippets.stream} />
      <CopyField label={about.one} text={snippets.snapshot} />
      <CopyField label={about.ffmpeg} text={snippets.ffmpeg} />
      <CopyField label={about.openCv} text={snippets.openCv} />
      <CopyField label={about.homeAssistant} text={snippets.homeAssistant} />
    </section>
  );
}
