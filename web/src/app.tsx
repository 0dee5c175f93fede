// The whole page: the bar, and below it the wall, the opened camera with what is known of it, or the words for why not.

import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Bar } from './bar.tsx';
import { CopyField } from './copy-field.tsx';
import { Details } from './details.tsx';
import { dialog } from './dialog-state.ts';
import { full } from './full-screen.ts';
import { t } from './i18n.ts';
import { Menu } from './menu.tsx';
import { nameOf } from './names.ts';
import { KeysDialog } from './opened/keys-dialog.tsx';
import { Opened } from './opened/opened.tsx';
import { routedId } from './route.ts';
import { locked } from './session.ts';
import { cameras, lostSinceMs } from './state.ts';
import { keepOnly } from './tiles/tiles.ts';
import { followAbove } from './wall/room.ts';
import { Wall } from './wall/wall.tsx';

export function App(): JSX.Element {
  const above = useRef<HTMLDivElement>(null);
  useEffect(() => followAbove(above.current!), []);
  return (
    <>
      <div ref={above} hidden={full.value && routedId.value !== null}>
        <Bar />
      </div>
      <main>
        <Content />
      </main>
      <Menu />
      {dialog.value?.kind === 'keys' && <KeysDialog />}
    </>
  );
}

function Content(): JSX.Element {
  const list = cameras.value;
  const id = routedId.value;
  const opened = list?.find((camera) => camera.id === id);
  const title = opened === undefined ? 'Sightline' : `${nameOf(opened)} · Sightline`;
  useEffect(() => {
    document.title = title;
  }, [title]);
  useEffect(() => {
    if (list !== null) keepOnly(list);
  }, [list]);
  if (locked.value) return <Locked />;
  if (list === null) return <Waiting />;
  if (list.length === 0) return <Empty />;
  if (opened !== undefined) {
    return (
      <div class="page">
        <Opened key={opened.uid} camera={opened} />
        {!full.value && <Details camera={opened} />}
      </div>
    );
  }
  return (
    <>
      {id !== null && <Unknown id={id} />}
      <Wall cameras={list} />
    </>
  );
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

/** Nothing for the moment that an answer takes; words as soon as there is something to say. */
function Waiting(): JSX.Element | null {
  if (lostSinceMs.value === null) return null;
  return (
    <section class="words">
      <h1>{t().page.silent}</h1>
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
