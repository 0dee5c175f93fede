// A camera's addresses and the lines for other programs, each with a button that copies it.

import type { JSX } from 'preact';
import { address, type Camera } from '../api.ts';
import { CopyField } from '../copy-field.tsx';
import { t } from '../i18n.ts';
import { isPush } from '../forms/typed-address.ts';
import { session } from '../session.ts';
import { sendingSnippets } from './sending-snippets.ts';
import { snippetsOf } from './snippets.ts';

export function Addresses({ camera }: { readonly camera: Camera }): JSX.Element {
  const { about } = t().manage;
  const kind = session.value?.principal.kind;
  const token = kind === 'token' || kind === 'user';
  const snippets = snippetsOf({ id: camera.id, name: camera.config.name, base: address('/'), token });
  return (
    <section class="addresses">
      {isPush(camera.config.source) && <Sending id={camera.id} />}
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

/** What a program needs that sends pictures to this camera. */
function Sending({ id }: { readonly id: string }): JSX.Element {
  const { about } = t().manage;
  const { curl, python } = sendingSnippets(id, address('/'));
  return (
    <>
      <h2>{about.sending}</h2>
      <p class="tone-muted">{about.sendingWhat}</p>
      <CopyField label={about.sendCurl} text={curl} />
      <CopyField label={about.sendPython} text={python} />
    </>
  );
}
