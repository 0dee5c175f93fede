// One camera that was found: its name, what it is, and its streams to use. One that wants a password gets it here, is
// looked at again with it, and then stands in the form with both.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { FoundCamera } from '../api.ts';
import { codecName } from '../codec-name.ts';
import type { SourceDraft } from '../forms/source-fields.tsx';
import { Field } from '../forms/field.tsx';
import { t } from '../i18n.ts';
import { nameOf } from '../names.ts';
import { cameras } from '../state.ts';
import { discovery, startDiscovery, untilEnded } from './search.ts';

/** Somebody chose an address; `name`: what the device calls itself, null when it says nothing. */
export type Choose = (draft: SourceDraft, name: string | null) => void;

interface FoundRowProps {
  readonly camera: FoundCamera;
  readonly onChoose: Choose;
}

const NOBODY = { username: '', password: '' };

export function FoundRow({ camera, onChoose }: FoundRowProps): JSX.Element {
  const words = t().discovery;
  const [asks, setAsks] = useState(false);
  const name = nameOfFound(camera);
  const spoken = spokenName(camera);
  const added = (cameras.value ?? []).filter(({ id }) => camera.cameras.includes(id)).map(nameOf);
  return (
    <li class="found-camera">
      <p class="found-name">
        <strong>{name}</strong> <span class="tone-muted">{whatItIs(camera, name)}</span>
      </p>
      {added.length > 0 && <p class="tone-muted">{words.already(added.join(', '))}</p>}
      {camera.needsPassword ? (
        !asks && (
          <div class="actions">
            <span>{words.wantsPassword}</span>
            <button type="button" aria-label={`${words.enterPassword}, ${spoken}`} onClick={() => setAsks(true)}>
              {words.enterPassword}
            </button>
          </div>
        )
      ) : (
        <Streams camera={camera} name={spoken} onUse={(source) => onChoose({ source, ...NOBODY }, camera.name)} />
      )}
      {camera.needsPassword && asks && <Login camera={camera} onChoose={onChoose} />}
    </li>
  );
}

interface StreamsProps {
  readonly camera: FoundCamera;
  readonly name: string;
  readonly onUse: (source: string) => void;
}

function Streams({ camera, name, onUse }: StreamsProps): JSX.Element {
  const words = t().discovery;
  if (camera.streams.length === 0) return <p class="tone-muted">{words.noStream}</p>;
  return (
    <ul class="found-streams">
      {camera.streams.map((stream) => {
        const facts = [
          stream.label,
          stream.width > 0 ? `${stream.width} × ${stream.height}` : '',
          stream.codec === '' ? '' : codecName(stream.codec),
        ].filter((fact) => fact !== '');
        return (
          <li key={stream.source}>
            <button type="button" aria-label={words.useOf(stream.label, name)} onClick={() => onUse(stream.source)}>
              {words.use}
            </button>
            <span>{facts.join(' · ')}</span>
          </li>
        );
      })}
    </ul>
  );
}

function Login({ camera, onChoose }: FoundRowProps): JSX.Element {
  const { discovery: words, manage } = t();
  const [login, setLogin] = useState(NOBODY);
  const [state, setState] = useState<'typing' | 'asking' | 'in-vain'>('typing');
  const run = async (): Promise<void> => {
    const known = best(camera);
    if (known !== undefined) {
      onChoose({ source: known, ...login }, camera.name);
      return;
    }
    setState('asking');
    if (!(await startDiscovery({ address: camera.address, ...login }))) {
      setState('typing');
      return;
    }
    const ended = await untilEnded();
    const found = ended?.cameras.find(({ address }) => address === camera.address);
    const source = found === undefined ? undefined : best(found);
    if (source === undefined) setState('in-vain');
    else onChoose({ source, ...login }, found?.name ?? camera.name);
  };
  const busy = state === 'asking' || (discovery.value?.state === 'running' && best(camera) === undefined);
  return (
    <form
      class="found-login"
      noValidate
      autocomplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        void run();
      }}
    >
      <div class="pair">
        <Field
          name="username"
          label={manage.form.username}
          value={login.username}
          failure={null}
          autofocus
          onInput={(username) => setLogin({ ...login, username })}
        />
        <Field
          name="password"
          label={manage.form.password}
          value={login.password}
          failure={null}
          secret
          onInput={(password) => setLogin({ ...login, password })}
        />
      </div>
      <div class="actions">
        <button type="submit" disabled={busy || login.username === ''}>
          {state === 'asking' ? words.asking : words.ask}
        </button>
      </div>
      {state === 'in-vain' && <p role="alert">{words.stillNone(camera.address)}</p>}
    </form>
  );
}

function best({ streams }: FoundCamera): string | undefined {
  return streams[0]?.source;
}

function nameOfFound({ name, model, maker }: FoundCamera): string {
  return name ?? ([maker, model].filter((word) => word !== null).join(' ') || t().discovery.unnamed);
}

/** What its buttons are called after: with its address where another one found has the same name. */
function spokenName(camera: FoundCamera): string {
  const name = nameOfFound(camera);
  const namesakes = (discovery.value?.cameras ?? []).filter((each) => nameOfFound(each) === name);
  return namesakes.length > 1 ? `${name}, ${camera.address}` : name;
}

/** 'Reolink RLC-410 · 192.168.1.20 · ec:71:db:00:11:22', without what the name says already. */
function whatItIs({ maker, model, address, mac }: FoundCamera, name: string): string {
  const kind = [maker, model].filter((word) => word !== null && !name.includes(word)).join(' ');
  return [kind, address, mac ?? ''].filter((fact) => fact !== '').join(' · ');
}
