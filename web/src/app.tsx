// The whole page: the bar, and below it the opened camera, the list and the addresses, or the words for why not.

import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { CopyField } from './copy-field.tsx';
import { Details } from './details.tsx';
import { t } from './i18n.ts';
import { List } from './list.tsx';
import { Opened } from './opened.tsx';
import { followLink, routedId } from './route.ts';
import { seenOf } from './seen.ts';
import { cameras, locked, lostSinceMs, serverNowMs } from './state.ts';
import { countOf, timeOfDay, wordOf } from './words.ts';
import type { Camera } from './api.ts';

export function App(): JSX.Element {
  return (
    <>
      <Bar />
      <main>
        <Content />
      </main>
    </>
  );
}

function Bar(): JSX.Element {
  const list = cameras.value;
  const lost = lostSinceMs.value;
  const count = list === null || list.length === 0 ? '' : countOf(list.map((it) => wordOf(it.status, seenOf(it))));
  return (
    <header class="bar">
      <a class="brand" href="/" onClick={(event) => followLink(event, null)}>
        Sightline
      </a>
      {lost === null ? (
        <p class="count">{count}</p>
      ) : (
        <p class="count tone-warn" role="alert">
          {t().page.lost(timeOfDay(lost, serverNowMs.value, true))}
        </p>
      )}
    </header>
  );
}

function Content(): JSX.Element {
  const list = cameras.value;
  const opened = list === null ? undefined : openedOf(list, routedId.value);
  const title = opened === undefined ? 'Sightline' : `${opened.config.name} · Sightline`;
  useEffect(() => {
    document.title = title;
  }, [title]);
  if (locked.value) return <Locked />;
  if (list === null) return <Waiting />;
  if (list.length === 0) return <Empty />;
  return (
    <div class={list.length > 1 ? 'page many' : 'page'}>
      {opened === undefined ? <Unknown id={routedId.value ?? ''} /> : <Opened key={opened.uid} camera={opened} />}
      {(list.length > 1 || opened === undefined) && <List cameras={list} openedId={opened?.id ?? null} />}
      {opened !== undefined && <Details camera={opened} />}
    </div>
  );
}

/** At / the first camera that is not switched off. */
function openedOf(list: readonly Camera[], id: string | null): Camera | undefined {
  if (id !== null) return list.find((camera) => camera.id === id);
  return list.find((camera) => camera.status.state !== 'disabled') ?? list[0];
}

function Unknown({ id }: { readonly id: string }): JSX.Element {
  return (
    <section class="words">
      <h1>{t().page.unknownCamera(id)}</h1>
      <p>{t().page.unknownCameraWhy}</p>
    </section>
  );
}

function Locked(): JSX.Element {
  return (
    <section class="words">
      <h1>{t().locked.title}</h1>
      <p>{t().locked.why}</p>
      <p>
        <button type="button" onClick={() => location.reload()}>
          {t().locked.enter}
        </button>
      </p>
    </section>
  );
}

function Waiting(): JSX.Element {
  return (
    <section class="words">
      <h1>{lostSinceMs.value === null ? t().page.asking : t().page.silent}</h1>
    </section>
  );
}

function Empty(): JSX.Element {
  return (
    <section class="words">
      <h1>{t().empty.title}</h1>
      <p>{t().empty.how}</p>
      <CopyField label={t().empty.terminal} text="npm start -- rtsp://192.168.1.20/stream1" />
      <p>{t().empty.testCard}</p>
    </section>
  );
}
